import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import type { Channel } from '../../components/ChannelMark';
import type { Integration } from '../../api/types';

export function useIntegrations() {
  return usePages<Integration>({
    queryKey: ['integrations'],
    load: () => ask(api.GET('/api/v1/integrations')),
  });
}

export interface NewIntegration {
  name: string;
  disclosure: string;
  /** What the disclosure covers. */
  channels: Channel[];
  allowed_origins: string[];
  redirect_urls: string[];
  double_opt_in: boolean;
}

function useRefresh() {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['integrations'] }),
      queries.invalidateQueries({ queryKey: ['overview'] }),
    ]);
}

export function useCreateIntegration() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: NewIntegration) => ask(api.POST('/api/v1/integrations', { body })),
    onSuccess: refresh,
  });
}

export function useSetState(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (state: Integration['state']) =>
      ask(
        api.PATCH('/api/v1/integrations/{integration_id}', {
          params: { path: { integration_id: id } },
          body: { state },
        }),
      ),
    onSuccess: refresh,
  });
}
