import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import type { Group } from '../../api/types';

export function useGroups() {
  return usePages<Group>({
    queryKey: ['groups'],
    load: () => ask(api.GET('/api/v1/groups')),
  });
}

export function useCreateGroup() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => ask(api.POST('/api/v1/groups', { body: { name } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['groups'] }),
  });
}

/** The name of a group by its id; the id itself while the groups are not known. */
export function useGroupNames(): (id: string) => string {
  const { items } = useGroups();
  return useCallback((id: string) => items.find((group) => group.id === id)?.name ?? id, [items]);
}
