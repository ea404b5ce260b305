import { Button, NativeSelect } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueEntry } from '../../api/types';
import { useAccess } from '../../app/access';
import { undoLatest } from '../../app/undo';
import type { QueueSearch } from '../../app/router';
import { ColumnChooser } from '../../components/grid/ColumnChooser';
import { useColumns } from '../../components/grid/columns';
import { Grid } from '../../components/grid/Grid';
import { ListFoot } from '../../components/grid/ListFoot';
import { useGridKeys } from '../../components/grid/useGridKeys';
import { useSelection } from '../../components/grid/useSelection';
import { Page, Section } from '../../components/Page';
import { SearchBox } from '../../components/SearchBox';
import { Searching } from '../../components/Searching';
import { Empty, Failed, Loading } from '../../components/States';
import { useSearchText } from '../../components/useSearchText';
import { StatusPopover } from '../contacts/list/StatusPopover';
import classes from '../contacts/list/Contacts.module.css';
import { contactName } from '../contacts/name';
import { useLabels } from '../labels/api';
import { idOf, queueFilter, useMatching, useQueue } from './api';
import { useQueueColumns } from './columns';
import { QueueActions } from './QueueActions';
import { Refusals } from './Refusals';
import { useMove } from './useMove';

const SORTS = ['newest', 'oldest', 'favourites'] as const;

/** The opt-in queue: look at each lead, then move it to a group. */
export function QueuePage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const navigate = useNavigate();
  const search = useSearch({ from: '/queue' });
  const { sort = 'newest' } = search;
  const text = useSearchText('queue');
  const filter = useMemo(() => queueFilter(search, text.asked), [text.asked, search]);
  const filtered = Object.keys(filter).length > 0;
  const queue = useQueue(filter, sort);
  const stale = queue.stale || text.typing;
  const labels = useLabels();
  const present = useMemo(() => queue.items.map(idOf), [queue.items]);
  const selection = useSelection(present, JSON.stringify([filter, sort]), stale);
  const { data: matching } = useMatching(filter, queue.hasMore && selection.ids.length > 0);
  const mover = useMove(queue.drop);
  const [asked, setAsked] = useState<{ id: string; mark: HTMLElement } | null>(null);
  const onMark = useCallback((entry: QueueEntry, _channel: unknown, mark: HTMLElement) => {
    setAsked({ id: entry.contact_id, mark });
  }, []);
  const columns = useColumns('queue', useQueueColumns(mover.moving, onMark));
  const mayMove = can('queue.move');
  const nothing = !queue.isPending && !queue.error && queue.items.length === 0 && !queue.hasMore;
  const row = asked && queue.items.find(({ contact_id }) => contact_id === asked.id);

  const open = (contactId: string) => {
    void navigate({ to: '/contacts/$contactId', params: { contactId } });
  };
  const show = (next: QueueSearch) =>
    void navigate({ to: '/queue', search: next, replace: true, resetScroll: false });
  useGridKeys({
    selection,
    selectable: mayMove,
    nameOf: (id) => {
      const entry = queue.items.find(({ contact_id }) => contact_id === id);
      return entry ? contactName(entry) : '';
    },
    onOpen: open,
    more: {
      u: () => {
        undoLatest();
      },
    },
  });
  const clear = () => {
    text.ask('');
    show({ sort: search.sort });
  };

  return (
    <Page
      title={t('queue.title')}
      lead={t('queue.lead')}
      width="full"
      actions={
        <QueueActions
          queue={queue}
          selection={selection}
          filter={filter}
          matching={matching}
          mover={mover}
          place="head"
        />
      }
    >
      <Refusals refusals={mover.refusals} onClose={mover.dismiss} />
      <div className={classes.toolbar} role="search" aria-label={t('queue.title')}>
        <SearchBox label={t('queue.search')} placeholder={t('contacts.searchHint')} text={text} />
        <NativeSelect
          aria-label={t('contacts.filter.label')}
          value={search.label ?? ''}
          data={[
            { value: '', label: t('queue.anyLabel') },
            ...(labels.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => {
            show({ ...search, label: event.currentTarget.value || undefined });
          }}
        />
        <Button
          variant={search.favourite ? 'light' : 'default'}
          aria-pressed={search.favourite ?? false}
          onClick={() => {
            show({ ...search, favourite: search.favourite ? undefined : true });
          }}
        >
          {t('queue.onlyFavourites')}
        </Button>
        <NativeSelect
          aria-label={t('queue.sort')}
          value={sort}
          data={SORTS.map((value) => ({ value, label: t(`contacts.sorts.${value}`) }))}
          onChange={(event) => {
            const next = SORTS.find((one) => one === event.currentTarget.value);
            show({ ...search, sort: next === 'newest' ? undefined : next });
          }}
        />
        <ColumnChooser choice={columns} />
      </div>
      <QueueActions
        queue={queue}
        selection={selection}
        filter={filter}
        matching={matching}
        mover={mover}
        place="bar"
      />
      <Section title={t('queue.leads')} action={stale && <Searching />} flush>
        {queue.isPending && <Loading rows={6} />}
        {queue.error && <Failed error={queue.error} retry={queue.retry} />}
        {nothing && filtered && (
          <Empty
            icon="search"
            title={t('queue.noMatch')}
            action={
              <Button variant="default" onClick={clear}>
                {t('contacts.clearFilters')}
              </Button>
            }
          >
            {t('contacts.noMatchWhy')}
          </Empty>
        )}
        {nothing && !filtered && (
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
            busy={mover.moving}
            stale={stale}
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
    </Page>
  );
}
