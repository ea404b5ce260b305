/** The contacts that match, live, and how many there are. */
import { useQuery } from '@tanstack/react-query';
import { api, ask } from '../../../api/client';
import { useLiveList } from '../../../api/liveList';
import type { components } from '../../../api/schema';
import { LIVE_MS } from '../../../app/queryClient';
import { contactFilter, type ContactFilter, type ContactSearch } from './search';

export type ContactRow = components['schemas']['ContactRow'];
export type Count = components['schemas']['CountView'];

const PAGE = 50;
/** A count reads all that it counts: it is not asked for at every look. */
const COUNTED_MS = 60_000;

export const idOf = (row: ContactRow) => row.id;

function pages(filter: ContactFilter, sort: ContactSearch['sort']) {
  return {
    queryKey: ['directory', 'list', filter, sort ?? 'newest'],
    load: (cursor: string | undefined) =>
      ask(api.POST('/api/v1/contacts/search', { body: { filter, sort, cursor, limit: PAGE } })),
  };
}

/** What an address shows first. */
export function firstPage(search: ContactSearch) {
  return pages(contactFilter(search, ''), search.sort);
}

export function useContacts(filter: ContactFilter, sort: ContactSearch['sort']) {
  return useLiveList<ContactRow>({
    ...pages(filter, sort),
    idOf,
    // A filter has the API read what it then leaves out.
    every: Object.keys(filter).length > 0 ? 2 * LIVE_MS : LIVE_MS,
  });
}

/** Counted to a bound; asked for again after every change. */
export function useContactCount(filter: ContactFilter, enabled: boolean) {
  return useQuery({
    queryKey: ['directory', 'count', filter],
    queryFn: () => ask(api.POST('/api/v1/contacts/count', { body: { filter } })),
    staleTime: COUNTED_MS,
    enabled,
  });
}
