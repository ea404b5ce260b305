import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import type { Broadcast } from '../../api/types';
import { LIVE_MS } from '../../app/queryClient';

/** States in which nothing moves by itself any more. */
const AT_REST = new Set(['draft', 'finished', 'cancelled', 'failed']);

export function isAtRest({ state }: Broadcast): boolean {
  return AT_REST.has(state);
}

function isMoving(broadcast: Broadcast): boolean {
  return !isAtRest(broadcast) && broadcast.state !== 'scheduled' && broadcast.state !== 'paused';
}

/** For how long after its end a report is asked for by itself. */
const RECEIPTS_MS = 600_000;

/** Receipts and opt-outs still come in for a while after the last copy has gone. */
function stillComesIn({ finished_at: ended }: Broadcast): boolean {
  return Boolean(ended) && Date.now() - Date.parse(ended ?? '') < RECEIPTS_MS;
}

export function useBroadcasts() {
  return usePages<Broadcast>({
    queryKey: ['broadcasts', 'list'],
    load: (cursor) =>
      ask(api.GET('/api/v1/broadcasts', { params: { query: { cursor, limit: 50 } } })),
    refreshEvery: (shown) => (shown.some(isMoving) ? LIVE_MS : 3 * LIVE_MS),
  });
}

export function useBroadcast(id: string) {
  return useQuery({
    queryKey: ['broadcasts', 'one', id],
    queryFn: () =>
      ask(api.GET('/api/v1/broadcasts/{broadcast_id}', { params: { path: { broadcast_id: id } } })),
    refetchInterval: ({ state: { data } }) => {
      if (!data || !isAtRest(data)) return LIVE_MS;
      return stillComesIn(data) ? 4 * LIVE_MS : false;
    },
  });
}

const at = (id: string) => ({ params: { path: { broadcast_id: id } } });

const STEPS = {
  pause: (id: string) => ask(api.POST('/api/v1/broadcasts/{broadcast_id}/pause', at(id))),
  resume: (id: string) => ask(api.POST('/api/v1/broadcasts/{broadcast_id}/resume', at(id))),
  cancel: (id: string) => ask(api.POST('/api/v1/broadcasts/{broadcast_id}/cancel', at(id))),
  unschedule: (id: string) => ask(api.POST('/api/v1/broadcasts/{broadcast_id}/unschedule', at(id))),
};

/** What can happen to a broadcast because somebody wants it. */
export type Step = keyof typeof STEPS;

export function useStep(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (step: Step) => STEPS[step](id),
    // What was asked before would show the state as it was.
    onMutate: () => queries.cancelQueries({ queryKey: ['broadcasts', 'one', id] }),
    onSuccess: (shown) => {
      // What only the page's own question is told stays until it is asked again.
      queries.setQueryData<Broadcast>(['broadcasts', 'one', id], (before) => ({
        ...shown,
        cost: before?.cost,
        report: { ...shown.report, failures: before?.report.failures },
      }));
    },
    // The answer is shown already: what can be done next does not wait for the rest.
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['broadcasts'] });
    },
  });
}

export function useDuplicate(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST('/api/v1/broadcasts/{broadcast_id}/duplicate', at(id))),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['broadcasts', 'list'] }),
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
