/** Imports of contacts: the earlier ones, one of them live, its preview, and what moves it on. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { api, ask } from '../../../api/client';
import { refreshLists } from '../../../api/liveList';
import { usePages } from '../../../api/pages';
import type { components } from '../../../api/schema';
import { LIVE_MS } from '../../../app/queryClient';
import { takeStep, type ContactImport, type ImportState, type Step } from '../routes';

type Schemas = components['schemas'];

export type Options = Schemas['ContactImportOptions'];
export type Preview = Schemas['PreviewView'];
export type ColumnChoice = Schemas['ColumnChoice'];
export type Holds = Schemas['Holds'];

const KEY = 'contacts-imports';
/** States in which an import changes only when a person does something. */
const AT_REST = new Set<ImportState>(['checked', 'finished', 'cancelled', 'failed']);

const at = (id: string) => ({ params: { path: { import_id: id } } });

export function useContactImports() {
  return usePages<ContactImport>({
    queryKey: [KEY, 'list'],
    load: (cursor) => ask(api.GET('/api/v1/contact-imports', { params: { query: { cursor } } })),
    refreshEvery: 2 * LIVE_MS,
  });
}

/** One import; lists of contacts look again once it has ended. */
export function useContactImport(id: string | null) {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: [KEY, 'one', id],
    queryFn: () => ask(api.GET('/api/v1/contact-imports/{import_id}', at(id ?? ''))),
    refetchInterval: ({ state }) => (state.data && AT_REST.has(state.data.state) ? false : LIVE_MS),
    enabled: id !== null,
  });
  const state = query.data?.state;
  const before = useRef(state);
  useEffect(() => {
    if (before.current && before.current !== state && state === 'finished') {
      refreshLists();
      void queries.invalidateQueries({ queryKey: ['groups'] });
      void queries.invalidateQueries({ queryKey: ['directory', 'count'] });
    }
    before.current = state;
  }, [state, queries]);
  return query;
}

/** How the beginning of the file reads with the options that are kept. */
export function useContactPreview(one: ContactImport, enabled: boolean) {
  return useQuery({
    queryKey: [KEY, 'preview', one.id, one.options],
    queryFn: () => ask(api.GET('/api/v1/contact-imports/{import_id}/preview', at(one.id))),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    enabled,
  });
}

function useKeep() {
  const queries = useQueryClient();
  return (one: ContactImport) => {
    queries.setQueryData([KEY, 'one', one.id], one);
    return queries.invalidateQueries({ queryKey: [KEY, 'list'] });
  };
}

export function useCreateContactImport() {
  return useMutation({
    mutationFn: (file: File) =>
      ask(
        api.POST('/api/v1/contact-imports', {
          body: { file_name: file.name.slice(-200), size: file.size },
        }),
      ),
    onSuccess: useKeep(),
  });
}

export function useChoose(id: string) {
  return useMutation({
    mutationFn: (body: Options) =>
      ask(api.PUT('/api/v1/contact-imports/{import_id}/options', { ...at(id), body })),
    onSuccess: useKeep(),
  });
}

export function useContactStep(id: string) {
  return useMutation({
    mutationFn: async (step: Step) => (await takeStep('contacts', id, step)) as ContactImport,
    onSuccess: useKeep(),
  });
}

export function loadSample(): Promise<ArrayBuffer> {
  return ask<ArrayBuffer>(api.GET('/api/v1/contact-import-sample', { parseAs: 'arrayBuffer' }));
}
