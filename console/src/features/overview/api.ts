import { useQuery } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { LIVE_MS } from '../../app/queryClient';

export function useOverview(refreshEvery = 4 * LIVE_MS) {
  return useQuery({
    queryKey: ['overview'],
    queryFn: () => ask(api.GET('/api/v1/overview')),
    refetchInterval: refreshEvery,
  });
}
