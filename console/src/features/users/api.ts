/** Who works in the account, what they may do, and what was changed of that. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import type { components } from '../../api/schema';
import { LIVE_MS } from '../../app/queryClient';

type Schemas = components['schemas'];

export type User = Schemas['AccountUserView'];
export type UserChange = Schemas['UserChange'];
export type Change = Schemas['TeamChange'];

const KEY = ['users'];

export function useUsers() {
  return useQuery({
    queryKey: [...KEY, 'list'],
    queryFn: () => ask(api.GET('/api/v1/users')),
    refetchInterval: 2 * LIVE_MS,
  });
}

export function useChanges() {
  return usePages<Change>({
    queryKey: [...KEY, 'changes'],
    load: (cursor) => ask(api.GET('/api/v1/users/changes', { params: { query: { cursor } } })),
    refreshEvery: 2 * LIVE_MS,
  });
}

/** What a change of users may have changed besides: one's own rights among them. */
function useRefresh() {
  const queries = useQueryClient();
  return () =>
    Promise.all(
      [KEY, ['me'], ['deletion-rights']].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
}

export function useChangeUser(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: UserChange) =>
      ask(api.PATCH('/api/v1/users/{user_id}', { params: { path: { user_id: id } }, body })),
    onSettled: refresh,
  });
}

export function useRemoveUser(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () =>
      ask(api.DELETE('/api/v1/users/{user_id}', { params: { path: { user_id: id } } })),
    onSettled: refresh,
  });
}
