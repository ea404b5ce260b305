import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import type { components } from '../../api/schema';
import { useAfterFirstRows } from '../../app/firstRows';
import { follow } from '../jobs/followed';

export type Group = components['schemas']['GroupView'];

/** Every group, those that are archived too. */
export function useAllGroups() {
  return usePages<Group>({
    queryKey: ['groups'],
    load: () => ask(api.GET('/api/v1/groups')),
    enabled: useAfterFirstRows(),
  });
}

/** The groups that can be chosen. */
export function useGroups() {
  const all = useAllGroups();
  return { ...all, items: all.items.filter(({ archived }) => !archived) };
}

/** The name of a group by its id; nothing while the groups are not known. */
export function useGroupNames(): (id: string) => string {
  const { items } = useAllGroups();
  return useCallback((id: string) => items.find((group) => group.id === id)?.name ?? '', [items]);
}

function useRefresh() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['groups'] });
}

export function useCreateGroup() {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (name: string) => ask(api.POST('/api/v1/groups', { body: { name } })),
    onSuccess,
  });
}

const at = (id: string) => ({ params: { path: { group_id: id } } });

export function useChangeGroup(id: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (body: { name?: string; archived?: boolean }) =>
      ask(api.PATCH('/api/v1/groups/{group_id}', { ...at(id), body })),
    onSuccess,
  });
}

/** What deleting the group would do. */
export function useGroupDeletion(id: string) {
  return useQuery({
    queryKey: ['groups', id, 'deletion'],
    queryFn: () => ask(api.GET('/api/v1/groups/{group_id}/deletion', at(id))),
    staleTime: 0,
  });
}

export function useDeleteGroup(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => ask(api.DELETE('/api/v1/groups/{group_id}', at(id))),
    onSuccess: (job) => {
      follow(job);
      return refresh();
    },
  });
}
