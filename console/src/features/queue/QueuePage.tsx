import { Button, SegmentedControl } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueEntry } from '../../api/types';
import { useAccess } from '../../app/access';
import { undoLatest } from '../../app/undo';
import type { Shortcuts } from '../../app/shortcuts';
import { BulkBar } from '../../components/grid/BulkBar';
import { useColumns } from '../../components/grid/columns';
import { Grid } from '../../components/grid/Grid';
import { ListFoot } from '../../components/grid/ListFoot';
import { useGridKeys } from '../../components/grid/useGridKeys';
import { useSelection } from '../../components/grid/useSelection';
import { Page, Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { StatusPopover } from '../contacts/list/StatusPopover';
import { contactName } from '../contacts/name';
import { idOf, useQueue, useQueueCount } from './api';
import { useQueueColumns } from './columns';
import { MoveDialog } from './MoveDialog';
import { Refusals } from './Refusals';
import { useMove } from './useMove';

/** The opt-in queue: look at each lead, then move it to a group. */
export function QueuePage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const navigate = useNavigate();
  const { sort = 'newest' } = useSearch({ from: '/queue' });
  const queue = useQueue(sort);
  const { data: waiting } = useQueueCount(true);
  const present = useMemo(() => queue.items.map(idOf), [queue.items]);
  const selection = useSelection(present, sort);
  const { moving, refusals, dismiss, move } = useMove(queue.drop);
  const [choosing, dialog] = useDisclosure(false);
  const [asked, setAsked] = useState<{ id: string; mark: HTMLElement } | null>(null);
  const onMark = useCallback((entry: QueueEntry, _channel: unknown, mark: HTMLElement) => {
    setAsked({ id: entry.contact_id, mark });
  }, []);
  const columns = useColumns('queue', useQueueColumns(moving, onMark));
  const mayMove = can('queue.move');

  // With nothing ticked, the row that the keyboard is on is meant.
  const meant =
    selection.ids.length > 0 ? selection.ids : selection.active ? [selection.active] : [];
  const chosen = queue.items.filter(({ contact_id }) => meant.includes(contact_id));
  const nothing = !queue.isPending && !queue.error && queue.items.length === 0 && !queue.hasMore;
  const row = asked && queue.items.find(({ contact_id }) => contact_id === asked.id);

  const open = (contactId: string) => {
    void navigate({ to: '/contacts/$contactId', params: { contactId } });
  };
  const more: Shortcuts = {
    u: () => {
      undoLatest();
    },
  };
  if (mayMove) {
    more.m = () => {
      if (chosen.length > 0) dialog.open();
    };
  }
  useGridKeys({
    selection,
    selectable: mayMove,
    nameOf: (id) => {
      const entry = queue.items.find(({ contact_id }) => contact_id === id);
      return entry ? contactName(entry) : '';
    },
    onOpen: open,
    more,
  });

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
      <BulkBar
        selection={selection}
        loaded={present.length}
        matching={waiting}
        hasMore={queue.hasMore}
      >
        {null}
      </BulkBar>
      <Section title={t('queue.leads')} flush>
        {queue.isPending && <Loading rows={6} />}
        {queue.error && <Failed error={queue.error} retry={queue.retry} />}
        {nothing && (
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
          <Grid
            label={t('queue.title')}
            rows={queue.items}
            idOf={idOf}
            nameOf={contactName}
            columns={columns.shown}
            selection={selection}
            selectable={mayMove}
            busy={moving}
            onOpen={open}
            onSee={queue.see}
          />
        )}
        <ListFoot list={queue} />
      </Section>
      {asked && row && (
        <StatusPopover
          row={{ ...row, id: row.contact_id }}
          mark={asked.mark}
          onClose={() => {
            setAsked(null);
          }}
        />
      )}
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
