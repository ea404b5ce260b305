/** Imports of numbers: the earlier ones, one of them live, and what moves it on. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ask } from '../../api/client';
import { usePages } from '../../api/pages';
import { LIVE_MS } from '../../app/queryClient';
import { takeStep, type Step } from '../imports/routes';
import { useRefresh } from './api';
import { routes, type Import, type ImportState, type NewImport } from './routes';

/** States in which an import changes only when a person does something. */
const AT_REST = new Set<ImportState>(['checked', 'finished', 'cancelled', 'failed']);

const at = (id: string) => ({ params: { path: { import_id: id } } });

export function useImports() {
  return usePages<Import>({
    queryKey: ['opt-outs-imports', 'list'],
    load: (cursor) => ask(routes.GET('/api/v1/opt-out-imports', { params: { query: { cursor } } })),
    refreshEvery: 2 * LIVE_MS,
  });
}

/** One import; the opt-out list is read again once it has ended. */
export function useImport(id: string | null) {
  const refresh = useRefresh();
  const query = useQuery({
    queryKey: ['opt-outs-imports', 'one', id],
    queryFn: () => ask(routes.GET('/api/v1/opt-out-imports/{import_id}', at(id ?? ''))),
    refetchInterval: ({ state }) => (state.data && AT_REST.has(state.data.state) ? false : LIVE_MS),
    enabled: id !== null,
  });
  const state = query.data?.state;
  const before = useRef(state);
  useEffect(() => {
    if (before.current && before.current !== state && state === 'finished') void refresh();
    before.current = state;
  }, [state, refresh]);
  return query;
}

function useKeep() {
  const queries = useQueryClient();
  return (one: Import) => {
    queries.setQueryData(['opt-outs-imports', 'one', one.id], one);
    return queries.invalidateQueries({ queryKey: ['opt-outs-imports', 'list'] });
  };
}

export function useCreateImport() {
  return useMutation({
    mutationFn: (body: NewImport) => ask(routes.POST('/api/v1/opt-out-imports', { body })),
    onSuccess: useKeep(),
  });
}

export function useStep(id: string) {
  return useMutation({
    mutationFn: async (step: Step) => (await takeStep('opt-outs', id, step)) as Import,
    onSuccess: useKeep(),
  });
}
