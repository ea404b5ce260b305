/** Imports of contacts: what only they have, above all the choices and their preview. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../../api/client';
import { refreshLists } from '../../../api/liveList';
import type { components } from '../../../api/schema';
import { useImport, useKeepImport } from '../api';
import type { ContactImport } from '../routes';

type Schemas = components['schemas'];

export type Options = Schemas['ContactImportOptions'];
export type Preview = Schemas['PreviewView'];
export type ColumnChoice = Schemas['ColumnChoice'];
export type Holds = Schemas['Holds'];

const at = (id: string) => ({ params: { path: { import_id: id } } });

/** One import; lists of contacts look again once it has ended. */
export function useContactImport(id: string | null) {
  const queries = useQueryClient();
  return useImport('contacts', id, () => {
    refreshLists();
    void queries.invalidateQueries({ queryKey: ['groups'] });
    void queries.invalidateQueries({ queryKey: ['directory', 'count'] });
  });
}

/** How the beginning of the file reads with the options that are kept. */
export function useContactPreview(one: ContactImport, enabled: boolean) {
  return useQuery({
    queryKey: ['contacts-imports', 'preview', one.id, one.options],
    queryFn: () => ask(api.GET('/api/v1/contact-imports/{import_id}/preview', at(one.id))),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    enabled,
  });
}

export function useCreateContactImport() {
  return useMutation({
    mutationFn: (file: File) =>
      ask(
        api.POST('/api/v1/contact-imports', {
          body: { file_name: file.name.slice(-200), size: file.size },
        }),
      ),
    onSuccess: useKeepImport('contacts'),
  });
}

export function useChoose(id: string) {
  return useMutation({
    mutationFn: (body: Options) =>
      ask(api.PUT('/api/v1/contact-imports/{import_id}/options', { ...at(id), body })),
    onSuccess: useKeepImport('contacts'),
  });
}

export function loadSample(): Promise<ArrayBuffer> {
  return ask<ArrayBuffer>(api.GET('/api/v1/contact-import-sample', { parseAs: 'arrayBuffer' }));
}
