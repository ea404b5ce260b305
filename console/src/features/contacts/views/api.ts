/** Saved views of the contacts: each person has their own. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../../api/client';
import { done } from '../../../api/consent';
import { useAfterFirstRows } from '../../../app/firstRows';
import type { components } from '../../../api/schema';
import { contactFilter, NO_GROUP, type ContactSearch } from '../list/search';

type Schemas = components['schemas'];

export type SavedView = Schemas['SavedView'];

const KEY = ['saved-views'];

export function useViews() {
  return useQuery({
    queryKey: KEY,
    queryFn: () => ask(api.GET('/api/v1/saved-views')),
    enabled: useAfterFirstRows(),
  });
}

export function useSaveView() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, search }: { name: string; search: ContactSearch }) =>
      ask(
        api.POST('/api/v1/saved-views', {
          body: {
            name,
            filter: contactFilter(search, ''),
            sort: search.sort ?? 'newest',
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

export function useDeleteView() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      done(api.DELETE('/api/v1/saved-views/{view_id}', { params: { path: { view_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

/** The address of a view. */
export function searchOf({ filter, sort }: SavedView): ContactSearch {
  const search: ContactSearch = {};
  if (filter.no_group) search.group = NO_GROUP;
  else if (filter.group_id) search.group = filter.group_id;
  if (filter.label_id) search.label = filter.label_id;
  if (filter.status) search.status = filter.status;
  if (filter.opted_out) search.out = filter.opted_out;
  if (filter.compliance) search.compliance = filter.compliance;
  if (typeof filter.favourite === 'boolean') search.favourite = filter.favourite ? 'yes' : 'no';
  if (filter.opt_in) search.answer = filter.opt_in;
  const source = filter.origin ?? filter.integration_id;
  if (source) search.source = source;
  if (filter.import_id) search.import = filter.import_id;
  if (sort !== 'newest') search.sort = sort;
  return search;
}
