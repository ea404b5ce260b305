/** The opt-out list: reading it live, adding to it, taking off it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { usePages } from '../../api/pages';
import { LIVE_MS } from '../../app/queryClient';
import { routes, type NewOptOut, type OptOut, type OptOutFilter } from './routes';

const PAGE = 50;
/** A filtered page may come back short or empty although more follows: how often to go on. */
const HOPS = 8;

interface Chunk {
  items: OptOut[];
  cursor?: string | null;
}

/** Reads on until there is something to show, the end is reached, or it takes too many calls. */
async function readOn(filter: OptOutFilter, from: string | undefined): Promise<Chunk> {
  let cursor = from;
  for (let hop = 1; ; hop += 1) {
    const page = await ask(
      routes.POST('/api/v1/opt-outs/search', { body: { filter, cursor, limit: PAGE } }),
    );
    if (page.items.length > 0 || !page.cursor || hop === HOPS) return page;
    cursor = page.cursor;
  }
}

export function useOptOuts(filter: OptOutFilter) {
  // A number is looked up; any other filter has the API read what it then leaves out.
  const { number, ...others } = filter;
  const searching = !number && Object.values(others).some(Boolean);
  return usePages<OptOut>({
    queryKey: ['opt-outs', 'list', filter],
    load: (cursor) => readOn(filter, cursor),
    refreshEvery: searching ? 4 * LIVE_MS : LIVE_MS,
  });
}

/** The senders of the account, for the filter. */
export function useOptOutSenders() {
  return useQuery({
    queryKey: ['opt-outs', 'senders'],
    queryFn: () => ask(api.GET('/api/v1/senders')),
    staleTime: 60_000,
  });
}

/** What an opt-out changes besides the list itself. */
export function useRefresh() {
  const queries = useQueryClient();
  return () =>
    Promise.all(
      ['opt-outs', 'contacts', 'queue', 'groups'].map((key) =>
        queries.invalidateQueries({ queryKey: [key] }),
      ),
    );
}

export function useAddOptOut() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: NewOptOut) => ask(routes.POST('/api/v1/opt-outs', { body })),
    onSuccess: refresh,
  });
}

export function useRemoveOptOut() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string) =>
      ask(routes.DELETE('/api/v1/opt-outs/{opt_out_id}', { params: { path: { opt_out_id: id } } })),
    onSuccess: refresh,
  });
}
