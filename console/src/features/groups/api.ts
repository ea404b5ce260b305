import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import type { components } from '../../api/schema';
import { useAfterFirstRows } from '../../app/firstRows';
import { follow } from '../jobs/followed';

export type Group = components['schemas']['GroupView'];

export type GroupName = components['schemas']['GroupName'];

/** Groups with their sizes by name, page by page, those that are archived too. */
export function useGroupPages(search: string) {
  return usePages<Group>({
    queryKey: ['groups', 'pages', search],
    load: (cursor) => ask(api.POST('/api/v1/groups/search', { body: { search, cursor } })),
  });
}

/** One group with its size. */
export function useGroup(id: string | null) {
  return useQuery({ ...oneGroup(id ?? ''), enabled: id !== null });
}

/** Some groups with their sizes; without those of which nothing is known. */
export function useSomeGroups(ids: readonly string[]) {
  const found = useQueries({ queries: ids.map(oneGroup) });
  return {
    items: found.flatMap(({ data }) => (data ? [data] : [])),
    isPending: found.some(({ isPending }) => isPending),
  };
}

const oneGroup = (id: string) => ({
  queryKey: ['groups', 'one', id],
  queryFn: () => ask(api.GET('/api/v1/groups/{group_id}', at(id))),
});

/** The names of all groups: some hundreds a request, uncounted, since pickers look through all. */
async function allNames(): Promise<GroupName[]> {
  const names: GroupName[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(api.GET('/api/v1/group-names', { params: { query: { cursor } } }));
    names.push(...page.items);
    cursor = page.cursor ?? undefined;
  } while (cursor);
  return names;
}

function useAllNames() {
  const enabled = useAfterFirstRows();
  return useQuery({ queryKey: ['groups', 'names'], queryFn: allNames, enabled });
}

const NONE: GroupName[] = [];

/** The groups that can be chosen, by name. */
export function useGroups() {
  const all = useAllNames();
  const items = useMemo(() => all.data?.filter(({ archived }) => !archived) ?? NONE, [all.data]);
  return {
    items,
    isPending: all.isPending,
    error: all.data ? null : all.error,
    retry: () => void all.refetch(),
  };
}

/** The name of a group by its id; nothing while the groups are not known. */
export function useGroupNames(): (id: string) => string {
  const items = useAllNames().data ?? NONE;
  return useCallback((id: string) => items.find((group) => group.id === id)?.name ?? '', [items]);
}

/** Some groups by name, as a list in words; dots while they are asked for, ids of what is gone. */
export function useGroupList(): (ids: readonly string[]) => string {
  const { isPending } = useAllNames();
  const nameOf = useGroupNames();
  return (ids) => ids.map((id) => nameOf(id) || (isPending ? '…' : id)).join(', ');
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
