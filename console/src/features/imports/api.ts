/** Imports of either kind: the earlier ones, one of them live, and what moves it on. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { usePages } from '../../api/pages';
import { LIVE_MS } from '../../app/queryClient';
import {
  listImports,
  oneImport,
  takeStep,
  type ImportKind,
  type ImportOf,
  type ImportState,
  type Step,
} from './routes';

/** States in which an import changes only when a person does something. */
const AT_REST = new Set<ImportState>(['checked', 'finished', 'cancelled', 'failed']);

const keyOf = (kind: ImportKind) => `${kind}-imports`;

export function useImports<Kind extends ImportKind>(kind: Kind) {
  return usePages<ImportOf[Kind]>({
    queryKey: [keyOf(kind), 'list'],
    load: (cursor) => listImports(kind, cursor),
    refreshEvery: 2 * LIVE_MS,
  });
}

/** One import, followed while it works; `onFinished` is called once it has done its rows. */
export function useImport<Kind extends ImportKind>(
  kind: Kind,
  id: string | null,
  onFinished: () => void,
) {
  const query = useQuery<ImportOf[Kind]>({
    queryKey: [keyOf(kind), 'one', id],
    queryFn: () => oneImport(kind, id ?? ''),
    refetchInterval: ({ state }) => (state.data && AT_REST.has(state.data.state) ? false : LIVE_MS),
    enabled: id !== null,
  });
  const state = query.data?.state;
  const before = useRef(state);
  useEffect(() => {
    if (before.current && before.current !== state && state === 'finished') onFinished();
    before.current = state;
  }, [state, onFinished]);
  return query;
}

/** Keeps what the API answered about an import, and reads the list again. */
export function useKeepImport<Kind extends ImportKind>(kind: Kind) {
  const queries = useQueryClient();
  return (one: ImportOf[Kind]) => {
    queries.setQueryData([keyOf(kind), 'one', one.id], one);
    return queries.invalidateQueries({ queryKey: [keyOf(kind), 'list'] });
  };
}

export function useImportStep<Kind extends ImportKind>(kind: Kind, id: string) {
  return useMutation({
    mutationFn: (step: Step) => takeStep(kind, id, step),
    onSuccess: useKeepImport(kind),
  });
}
