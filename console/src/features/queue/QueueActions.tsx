import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveList } from '../../api/liveList';
import type { QueueCount, QueueEntry } from '../../api/types';
import { useAccess } from '../../app/access';
import { useShortcuts, type Shortcuts } from '../../app/shortcuts';
import { tellFailed } from '../../app/toast';
import { BarButton } from '../../components/grid/BarButton';
import { BulkBar } from '../../components/grid/BulkBar';
import type { Selection } from '../../components/grid/useSelection';
import { DeleteAllDialog } from '../contacts/DeleteAllDialog';
import { useStartJob, type NewJob } from '../jobs/api';
import { LabelDialog } from '../labels/LabelDialog';
import { MOVE_AT_ONCE, type Destination, type QueueFilter } from './api';
import { MoveDialog } from './MoveDialog';
import type { Move } from './useMove';

interface Props {
  queue: LiveList<QueueEntry>;
  selection: Selection;
  filter: QueueFilter;
  matching: QueueCount | undefined;
  mover: Move;
  /** In the head of the page: the one move. In the bar: all else, and the keys. */
  place: 'head' | 'bar';
}

/** What can be done with the leads that are meant: m, l, f, #. */
export function QueueActions({ queue, selection, filter, matching, mover, place }: Props) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const start = useStartJob();
  const [asked, setAsked] = useState<'move' | 'label' | 'delete-all' | null>(null);
  const mayMove = can('queue.move');
  const mayLabel = can('groups.edit');
  const { everything } = selection;
  const mayDelete = can(everything ? 'contacts.delete_all' : 'contacts.delete');

  // With nothing ticked, the row that the keyboard is on is meant.
  const meant =
    selection.ids.length > 0 ? selection.ids : selection.active ? [selection.active] : [];
  const chosen = queue.items.filter(({ contact_id }) => meant.includes(contact_id));
  const count = everything ? (matching?.count ?? chosen.length) : chosen.length;
  const any = everything || chosen.length > 0;

  const inQueue = { ...filter, queued: true };

  const run = (job: Omit<NewJob, 'contact_ids' | 'filter'>) => {
    const whom = everything
      ? { filter: inQueue }
      : { contact_ids: chosen.map(({ contact_id }) => contact_id) };
    start.mutate(
      { ...job, ...whom },
      {
        onSuccess: selection.clear,
        onError: (error) => {
          tellFailed(t, error);
        },
      },
    );
  };
  const move = (to: Destination) => {
    setAsked(null);
    if (!everything && chosen.length <= MOVE_AT_ONCE) {
      void mover.move(chosen, to);
      return;
    }
    const target = 'id' in to ? { group_id: to.id } : { new_group_name: to.newName };
    run({ action: 'move', ...target });
  };
  const allStarred = chosen.length > 0 && chosen.every(({ favourite }) => favourite);
  const star = () => {
    run({ action: allStarred && !everything ? 'unfavourite' : 'favourite' });
  };
  const openMove = () => {
    setAsked('move');
  };
  const openLabel = () => {
    setAsked('label');
  };
  // All that match: how many, and the account's name typed, as anywhere else.
  const remove = () => {
    if (everything) setAsked('delete-all');
    else run({ action: 'delete' });
  };
  const shortcuts: Shortcuts = {};
  if (place === 'bar' && any) {
    if (mayMove) shortcuts.m = openMove;
    if (mayLabel) {
      shortcuts.l = openLabel;
      shortcuts.f = star;
    }
    if (mayDelete) shortcuts['#'] = remove;
  }
  useShortcuts(shortcuts);
  const dialog = (
    <MoveDialog
      count={count}
      opened={asked === 'move'}
      onClose={() => {
        setAsked(null);
      }}
      onMove={move}
    />
  );

  if (place === 'head') {
    return (
      mayMove && (
        <>
          <Button disabled={!any} onClick={openMove} rightSection={<kbd>m</kbd>}>
            {selection.ids.length > 0 ? t('queue.moveCount', { count }) : t('queue.move')}
          </Button>
          {dialog}
        </>
      )
    );
  }
  return (
    <>
      <BulkBar
        selection={selection}
        loaded={queue.items.length}
        matching={matching}
        hasMore={queue.hasMore}
      >
        {mayMove && (
          <BarButton icon="groups" onClick={openMove}>
            {t('bulk.move')}
          </BarButton>
        )}
        {mayLabel && (
          <>
            <BarButton icon="label" onClick={openLabel}>
              {t('bulk.label_')}
            </BarButton>
            <BarButton icon="star" onClick={star}>
              {t(allStarred && !everything ? 'bulk.unfavourite' : 'bulk.favourite')}
            </BarButton>
          </>
        )}
        {mayDelete && (
          <BarButton icon="trash" danger onClick={remove}>
            {t('bulk.delete')}
          </BarButton>
        )}
      </BulkBar>
      {dialog}
      <DeleteAllDialog
        filter={inQueue}
        opened={asked === 'delete-all'}
        onClose={() => {
          setAsked(null);
        }}
        onConfirmed={selection.clear}
      />
      <LabelDialog
        title={t('bulk.labelTitle', { count })}
        opened={asked === 'label'}
        has={everything ? [] : (chosen[0]?.labels ?? [])}
        onClose={() => {
          setAsked(null);
        }}
        onChoose={(labelId, on) => {
          run({ action: on ? 'add_label' : 'remove_label', label_id: labelId });
        }}
      />
    </>
  );
}
