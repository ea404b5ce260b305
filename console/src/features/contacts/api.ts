import { useQuery } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import type { TimelineItem } from '../../api/types';
import { LIVE_MS } from '../../app/queryClient';

export function useContact(id: string | null) {
  return useQuery({
    queryKey: ['contacts', id],
    queryFn: () =>
      ask(api.GET('/api/v1/contacts/{contact_id}', { params: { path: { contact_id: id ?? '' } } })),
    refetchInterval: 2 * LIVE_MS,
    enabled: id !== null,
  });
}

export function useTimeline(id: string | null) {
  return usePages<TimelineItem>({
    queryKey: ['contacts', id, 'timeline'],
    load: () =>
      ask(
        api.GET('/api/v1/contacts/{contact_id}/timeline', {
          params: { path: { contact_id: id ?? '' } },
        }),
      ),
    refreshEvery: 2 * LIVE_MS,
    enabled: id !== null,
  });
}
