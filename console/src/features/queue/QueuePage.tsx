import { Button, SegmentedControl } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { announce } from '../../app/announce';
import { useShortcuts, type Shortcuts } from '../../app/shortcuts';
import { LoadMore } from '../../components/LoadMore';
import { Page, Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { contactName } from '../contacts/name';
import { useQueue } from './api';
import { MoveDialog } from './MoveDialog';
import { QueueTable } from './QueueTable';
import { Refusals } from './Refusals';
import { useMove } from './useMove';
import { useSelection } from './useSelection';

function focusRow(id: string | null): void {
  if (id) document.querySelector<HTMLElement>(`tr[data-row="${CSS.escape(id)}"]`)?.focus();
}

/** The opt-in queue: look at each lead, then move it to a group. */
export function QueuePage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const navigate = useNavigate();
  const { sort = 'newest' } = useSearch({ from: '/queue' });
  const queue = useQueue(sort);
  const present = useMemo(() => queue.items.map(({ contact_id }) => contact_id), [queue.items]);
  const selection = useSelection(present);
  const { moving, refusals, dismiss, move } = useMove();
  const [choosing, dialog] = useDisclosure(false);
  const mayMove = can('queue.move');

  // With nothing ticked, the row that the keyboard is on is meant.
  const meant =
    selection.ids.length > 0 ? selection.ids : selection.active ? [selection.active] : [];
  const chosen = queue.items.filter(({ contact_id }) => meant.includes(contact_id));

  const open = (contactId: string) => {
    void navigate({ to: '/contacts/$contactId', params: { contactId } });
  };
  const step = (by: number) => {
    focusRow(selection.step(by));
  };
  const shortcuts: Shortcuts = {
    j: () => {
      step(1);
    },
    ArrowDown: () => {
      step(1);
    },
    k: () => {
      step(-1);
    },
    ArrowUp: () => {
      step(-1);
    },
    o: () => {
      if (selection.active) open(selection.active);
    },
    Escape: selection.clear,
  };
  if (mayMove) {
    shortcuts.x = () => {
      const entry = queue.items.find(({ contact_id }) => contact_id === selection.active);
      if (!entry) return;
      const key = selection.has(entry.contact_id) ? 'queue.unticked' : 'queue.ticked';
      selection.toggle(entry.contact_id);
      announce(t(key, { name: contactName(entry) }));
    };
    shortcuts.m = () => {
      if (chosen.length > 0) dialog.open();
    };
  }
  useShortcuts(shortcuts);

  return (
    <Page
      title={t('queue.title')}
      lead={t('queue.lead')}
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t('queue.sort')}
            value={sort}
            onChange={(value) =>
              void navigate({
                to: '/queue',
                search: value === 'oldest' ? { sort: 'oldest' } : {},
                replace: true,
              })
            }
            data={[
              { value: 'newest', label: t('queue.newest') },
              { value: 'oldest', label: t('queue.oldest') },
            ]}
          />
          {mayMove && (
            <Button
              disabled={chosen.length === 0}
              onClick={dialog.open}
              rightSection={<kbd>m</kbd>}
            >
              {selection.ids.length > 0
                ? t('queue.moveCount', { count: selection.ids.length })
                : t('queue.move')}
            </Button>
          )}
        </>
      }
    >
      <Refusals refusals={refusals} onClose={dismiss} />
      <Section title={t('queue.leads')} flush>
        {queue.isPending && <Loading rows={6} />}
        {queue.error && <Failed error={queue.error} retry={queue.retry} />}
        {!queue.isPending && !queue.error && queue.items.length === 0 && (
          <Empty
            icon="queue"
            title={t('queue.empty')}
            action={
              <>
                <Button component={Link} to="/try" variant="default">
                  {t('nav.tryit')}
                </Button>
                <Button component={Link} to="/integrations" variant="default">
                  {t('queue.emptyAction')}
                </Button>
              </>
            }
          >
            {t('queue.emptyWhy')}
          </Empty>
        )}
        {queue.items.length > 0 && (
          <QueueTable
            entries={queue.items}
            selection={selection}
            moving={moving}
            selectable={mayMove}
            onOpen={open}
          />
        )}
        <LoadMore pages={queue} />
      </Section>
      <MoveDialog
        count={chosen.length}
        opened={choosing}
        onClose={dialog.close}
        onMove={(to) => {
          dialog.close();
          void move(chosen, to);
        }}
      />
    </Page>
  );
}
