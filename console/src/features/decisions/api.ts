/** Messages that may be opt-outs: reading them live, counting them, deciding. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import type { Doubt } from '../../api/consent';
import { usePages } from '../../api/pages';
import { useAfterFirstRows } from '../../app/firstRows';
import { LIVE_MS } from '../../app/queryClient';

export function useDoubts() {
  return usePages<Doubt>({
    queryKey: ['decisions', 'list'],
    load: (cursor) => ask(api.GET('/api/v1/decisions', { params: { query: { cursor } } })),
    refreshEvery: LIVE_MS,
  });
}

export function useDoubtCount(enabled: boolean) {
  const free = useAfterFirstRows();
  return useQuery({
    queryKey: ['decisions', 'count'],
    queryFn: () => ask(api.GET('/api/v1/decisions/count')),
    refetchInterval: LIVE_MS,
    enabled: enabled && free,
  });
}

interface Decision {
  id: string;
  optOut: boolean;
}

export function useDecide() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, optOut }: Decision) =>
      ask(
        api.POST('/api/v1/decisions/{decision_id}', {
          params: { path: { decision_id: id } },
          body: { opt_out: optOut },
        }),
      ),
    // After a refusal too: somebody else has decided, so the list is old.
    onSettled: () => {
      for (const key of ['decisions', 'contacts', 'opt-outs', 'queue', 'groups']) {
        void queries.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}
