import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import type { Broadcast } from '../../api/types';
import { LIVE_MS } from '../../app/queryClient';

/** States in which nothing moves any more, so that the page need not ask again. */
const AT_REST = new Set(['draft', 'finished', 'cancelled', 'failed']);

export function isAtRest({ state }: Broadcast): boolean {
  return AT_REST.has(state);
}

export function useBroadcasts() {
  return usePages<Broadcast>({
    queryKey: ['broadcasts', 'list'],
    load: (cursor) =>
      ask(api.GET('/api/v1/broadcasts', { params: { query: { cursor, limit: 50 } } })),
    refreshEvery: 3 * LIVE_MS,
  });
}

export function useBroadcast(id: string) {
  return useQuery({
    queryKey: ['broadcasts', 'one', id],
    queryFn: () =>
      ask(api.GET('/api/v1/broadcasts/{broadcast_id}', { params: { path: { broadcast_id: id } } })),
    refetchInterval: ({ state }) => (state.data && isAtRest(state.data) ? false : LIVE_MS),
  });
}

export interface Draft {
  name: string;
  groups: string[];
  template: string;
  /** UTC time in ISO form, or null for now. */
  at: string | null;
}

/**
 * Creates a broadcast and schedules it: two calls, one decision.
 *
 * When the second call fails, trying again schedules the draft that the first one made.
 */
export function useSendBroadcast() {
  const queries = useQueryClient();
  const made = useRef<{ id: string; of: string } | null>(null);
  return useMutation({
    mutationFn: async ({ at, ...body }: Draft) => {
      const of = JSON.stringify(body);
      if (made.current?.of !== of) {
        const { id } = await ask(api.POST('/api/v1/broadcasts', { body }));
        made.current = { id, of };
      }
      const { id } = made.current;
      return ask(
        api.POST('/api/v1/broadcasts/{broadcast_id}/schedule', {
          params: { path: { broadcast_id: id } },
          body: { at },
        }),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['broadcasts'] }),
  });
}

export function useCancelBroadcast(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/broadcasts/{broadcast_id}/cancel', {
          params: { path: { broadcast_id: id } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['broadcasts'] }),
  });
}

/** Why a contact was, or was not, sent this broadcast. */
export function useWhy(broadcastId: string, contactId: string | undefined) {
  return useQuery({
    queryKey: ['broadcasts', 'why', broadcastId, contactId],
    queryFn: () =>
      ask(
        api.GET('/api/v1/broadcasts/{broadcast_id}/why/{contact_id}', {
          params: { path: { broadcast_id: broadcastId, contact_id: contactId ?? '' } },
        }),
      ),
    enabled: Boolean(contactId),
    staleTime: 0,
  });
}
