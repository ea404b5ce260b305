/** Files that are written in the background: begun, followed, fetched by a link. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import type { components } from '../../api/schema';
import { LIVE_MS } from '../../app/queryClient';

type Schemas = components['schemas'];

export type Export = Schemas['ExportView'];

export function useExports() {
  return usePages<Export>({
    queryKey: ['exports'],
    load: (cursor) => ask(api.GET('/api/v1/exports', { params: { query: { cursor } } })),
    refreshEvery: LIVE_MS,
  });
}

export function useExportContacts() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['NewContactExport']) =>
      ask(api.POST('/api/v1/exports/contacts', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['exports'] }),
  });
}

export function useExportOptOuts() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['OptOutFilter']) =>
      ask(api.POST('/api/v1/exports/opt-outs', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['exports'] }),
  });
}

export function useExportLink() {
  return useMutation({
    mutationFn: (id: string) =>
      ask(api.POST('/api/v1/exports/{export_id}/link', { params: { path: { export_id: id } } })),
    onSuccess: ({ url, file_name: name }) => {
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
    },
  });
}
