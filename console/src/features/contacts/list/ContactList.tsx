import { Button, NativeSelect } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveList } from '../../../api/liveList';
import { useAccess } from '../../../app/access';
import { undoLatest } from '../../../app/undo';
import { BulkBar } from '../../../components/grid/BulkBar';
import { ColumnChooser } from '../../../components/grid/ColumnChooser';
import { useColumns } from '../../../components/grid/columns';
import { Grid } from '../../../components/grid/Grid';
import { ListFoot } from '../../../components/grid/ListFoot';
import { useGridKeys } from '../../../components/grid/useGridKeys';
import { useSelection } from '../../../components/grid/useSelection';
import { Icon } from '../../../components/Icon';
import { Section } from '../../../components/Page';
import { SearchBox } from '../../../components/SearchBox';
import { Searching } from '../../../components/Searching';
import { Empty, Failed, Loading } from '../../../components/States';
import type { SearchText } from '../../../components/useSearchText';
import { contactName } from '../name';
import { ViewsMenu } from '../views/ViewsMenu';
import { BulkActions } from './BulkActions';
import { idOf, useContactCount, useContacts, type ContactRow } from './api';
import { useContactColumns } from './columns';
import classes from './Contacts.module.css';
import { CountPill } from './CountPill';
import { FilterChips, FilterPanel } from './Filters';
import {
  contactFilter,
  isFiltered,
  SORTS,
  type ContactFilter,
  type ContactSearch,
  type FilterName,
} from './search';
import { StatusPopover } from './StatusPopover';

interface Props {
  label: string;
  search: ContactSearch;
  onSearch: (search: ContactSearch) => void;
  text: SearchText;
  fixed?: FilterName;
  /** Offers saved views. */
  views?: boolean;
  /** What is shown when the account, or the group, has nobody. */
  empty: ReactNode;
}

/** The contacts that match: search, filters, order, columns, and what can be done with them. */
export function ContactList(props: Props) {
  const { label, search, onSearch, text, fixed, empty } = props;
  const { t } = useTranslation();
  const { can } = useAccess();
  const navigate = useNavigate();
  const filter = useMemo(() => contactFilter(search, text.asked), [search, text.asked]);
  const list = useContacts(filter, search.sort);
  const stale = list.stale || text.typing;
  const counted = useContactCount(filter, list.hasMore);
  // What is loaded whole needs no counting.
  const whole = !list.hasMore && !list.isPending;
  const count = useMemo(
    () => (whole ? { count: list.items.length, capped: false } : counted.data),
    [whole, list.items.length, counted.data],
  );
  const [panelOpen, panel] = useDisclosure(false);
  const [asked, setAsked] = useState<{ id: string; mark: HTMLElement } | null>(null);
  const onMark = useCallback((row: ContactRow, _channel: unknown, mark: HTMLElement) => {
    setAsked({ id: row.id, mark });
  }, []);
  const columns = useColumns('contacts', useContactColumns(onMark));
  const present = useMemo(() => list.items.map(idOf), [list.items]);
  const selection = useSelection(present, JSON.stringify([filter, search.sort]), stale);
  const selectable = can('queue.move');
  const filtered =
    isFiltered({ ...search, ...(fixed && { [fixed]: undefined }) }) || text.asked !== '';
  const open = (id: string) => {
    void navigate({ to: '/contacts/$contactId', params: { contactId: id } });
  };
  useGridKeys({
    selection,
    selectable,
    nameOf: (id) => {
      const row = list.items.find((one) => one.id === id);
      return row ? contactName(row) : '';
    },
    onOpen: open,
    more: {
      u: () => {
        undoLatest();
      },
    },
  });
  const row = asked && list.items.find(({ id }) => id === asked.id);
  const meant =
    selection.ids.length > 0 ? selection.ids : selection.active ? [selection.active] : [];
  const chosen = list.items.filter(({ id }) => meant.includes(id));
  const actions = (visible: boolean) => (
    <BulkActions
      visible={visible}
      chosen={chosen}
      everything={selection.everything}
      filter={filter}
      count={selection.everything ? (count?.count ?? 0) : chosen.length}
      group={fixed === 'group' ? search.group : undefined}
      onDone={selection.clear}
    />
  );
  const used = Object.keys(search).filter((name) => name !== 'sort' && name !== fixed).length;

  return (
    <>
      <div className={classes.toolbar} role="search" aria-label={label}>
        <SearchBox
          label={t('contacts.search')}
          placeholder={t('contacts.searchHint')}
          text={text}
        />
        <Button
          variant={panelOpen ? 'light' : 'default'}
          leftSection={<Icon name="filter" size={15} />}
          aria-expanded={panelOpen}
          onClick={panel.toggle}
        >
          {used > 0 ? t('contacts.filterCount', { count: used }) : t('contacts.filterButton')}
        </Button>
        <NativeSelect
          aria-label={t('contacts.sort')}
          value={search.sort ?? 'newest'}
          data={SORTS.map((value) => ({ value, label: t(`contacts.sorts.${value}`) }))}
          onChange={(event) => {
            const sort = SORTS.find((one) => one === event.currentTarget.value);
            onSearch({ ...search, sort: sort === 'newest' ? undefined : sort });
          }}
        />
        <ColumnChooser choice={columns} />
        {props.views && <ViewsMenu search={search} onChoose={onSearch} />}
      </div>
      {panelOpen && <FilterPanel search={search} fixed={fixed} onChange={onSearch} />}
      <FilterChips search={search} fixed={fixed} onChange={onSearch} />
      <BulkBar
        selection={selection}
        loaded={present.length}
        matching={count}
        hasMore={list.hasMore}
      >
        {actions(true)}
      </BulkBar>
      {selection.ids.length === 0 && !selection.everything && actions(false)}
      <Section title={label} action={stale ? <Searching /> : <CountPill count={count} />} flush>
        <Body
          list={list}
          filtered={filtered}
          empty={empty}
          onClear={() => {
            text.ask('');
            onSearch({ sort: search.sort, ...(fixed && { [fixed]: search[fixed] }) });
          }}
        />
        {list.items.length > 0 && (
          <Grid
            key={JSON.stringify([filter, search.sort])}
            label={label}
            rows={list.items}
            idOf={idOf}
            nameOf={contactName}
            columns={columns.shown}
            selection={selection}
            selectable={selectable}
            stale={stale}
            onOpen={open}
            onSee={list.see}
          />
        )}
        <ListFoot list={list} />
      </Section>
      {asked && row && (
        <StatusPopover
          row={row}
          mark={asked.mark}
          onClose={() => {
            setAsked(null);
          }}
        />
      )}
    </>
  );
}

interface BodyProps {
  list: LiveList<ContactRow>;
  filtered: boolean;
  empty: ReactNode;
  onClear: () => void;
}

/** In place of rows: not yet, not at all, or none. */
function Body({ list, filtered, empty, onClear }: BodyProps) {
  const { t } = useTranslation();
  if (list.isPending) return <Loading rows={8} />;
  if (list.error) return <Failed error={list.error} retry={list.retry} />;
  if (list.items.length > 0 || list.hasMore) return null;
  if (!filtered) return empty;
  return (
    <Empty
      icon="search"
      title={t('contacts.noMatch')}
      action={
        <Button variant="default" onClick={onClear}>
          {t('contacts.clearFilters')}
        </Button>
      }
    >
      {t('contacts.noMatchWhy')}
    </Empty>
  );
}

export type { ContactFilter };
