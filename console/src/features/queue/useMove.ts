import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshLists } from '../../api/liveList';
import type { QueueEntry } from '../../api/types';
import { announce } from '../../app/announce';
import { tellDone, tellFailed } from '../../app/toast';
import { contactName } from '../contacts/name';
import { moveContacts, type Destination } from './api';
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
    setMoving(new Set(names.keys()));
    setRefusals([]);
    try {
      const { group, moved, refused } = await moveContacts([...names.keys()], to);
      drop?.(new Set(moved));
      if (moved.length > 0) {
        const message = t('move.done', { count: moved.length, group: group.name });
        tellDone(t, message);
        announce(message);
      }
      setRefusals(
        refused.map((one) => ({ ...one, name: names.get(one.contact_id) ?? one.contact_id })),
      );
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
