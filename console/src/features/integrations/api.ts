import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import type { Channel } from '../../components/ChannelMark';
import { useAfterFirstRows } from '../../app/firstRows';
import { LIVE_MS } from '../../app/queryClient';
import type { Integration } from '../../api/types';

export function useIntegrations() {
  return usePages<Integration>({
    queryKey: ['integrations'],
    load: () => ask(api.GET('/api/v1/integrations')),
    refreshEvery: 4 * LIVE_MS,
    enabled: useAfterFirstRows(),
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

const at = (id: string) => ({ params: { path: { integration_id: id } } });

export type State = Exclude<Integration['state'], 'deleted'>;

export function useSetState(id: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (state: State) =>
      ask(api.PATCH('/api/v1/integrations/{integration_id}', { ...at(id), body: { state } })),
    onSuccess,
  });
}

export function useDeleteIntegration(id: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: () => ask(api.DELETE('/api/v1/integrations/{integration_id}', at(id))),
    onSuccess,
  });
}

/** Makes a new API key; the old one ends within seconds. */
export function useRenewKey(id: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: () => ask(api.POST('/api/v1/integrations/{integration_id}/key', at(id))),
    onSuccess,
  });
}

/** Gives the form a new address; the old one ends within seconds. */
export function useRenewForm(id: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: () => ask(api.POST('/api/v1/integrations/{integration_id}/form', at(id))),
    onSuccess,
  });
}
