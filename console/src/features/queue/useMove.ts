import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshLists } from '../../api/liveList';
import type { MoveRefusal, QueueEntry } from '../../api/types';
import { tellFailed } from '../../app/toast';
import { tellUndoable } from '../../app/undo';
import { contactName } from '../contacts/name';
import { moveContacts, undoMove, type Destination } from './api';
import type { NamedRefusal } from './Refusals';

export interface Move {
  moving: ReadonlySet<string>;
  refusals: NamedRefusal[];
  dismiss: () => void;
  move: (entries: QueueEntry[], to: Destination) => Promise<void>;
}

/**
 * Moves contacts and says what came of it.
 *
 * A row leaves the list only when the API has said so: another operator may have been faster, or
 * the contact may have texted STOP meanwhile.
 */
export function useMove(drop?: (ids: ReadonlySet<string>) => void): Move {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [moving, setMoving] = useState<ReadonlySet<string>>(new Set());
  const [refusals, setRefusals] = useState<NamedRefusal[]>([]);

  const move = async (entries: QueueEntry[], to: Destination) => {
    const names = new Map(entries.map((entry) => [entry.contact_id, contactName(entry)]));
    const named = (some: MoveRefusal[]) =>
      some.map((one) => ({ ...one, name: names.get(one.contact_id) ?? one.contact_id }));
    setMoving(new Set(names.keys()));
    setRefusals([]);
    try {
      const { group, moved, refused } = await moveContacts([...names.keys()], to);
      drop?.(new Set(moved));
      if (moved.length > 0) {
        const message = t('move.done', { count: moved.length, group: group.name });
        tellUndoable(t, message, async () => {
          const back = await undoMove(moved, group.id);
          refreshLists();
          setRefusals(named(back));
        });
      }
      setRefusals(named(refused));
    } catch (error) {
      tellFailed(t, error);
    } finally {
      refreshLists();
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['queue'] }),
        queries.invalidateQueries({ queryKey: ['groups'] }),
      ]);
      setMoving(new Set());
    }
  };

  return {
    moving,
    refusals,
    dismiss: () => {
      setRefusals([]);
    },
    move,
  };
}
