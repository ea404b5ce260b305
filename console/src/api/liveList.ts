/** A long list that comes in pages, stays current where it is looked at, and reads on by itself. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useQueryClient,
  type QueryKey,
} from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { LIVE_MS } from '../app/queryClient';
import { merge, pagesOf, type Chunk, type Chunks } from './liveMerge';

/** Rows that are kept ahead of the last one on the screen. */
const AHEAD = 30;

export interface LiveList<Item> {
  items: Item[];
  /** The list could not be read at all. */
  error: Error | null;
  /** It could be read so far, but not on. */
  broken: Error | null;
  isPending: boolean;
  /** These are the rows of what was asked before, until those of what is asked now are there. */
  stale: boolean;
  hasMore: boolean;
  /** It is being read on although little or nothing was found: a filter leaves most out. */
  searching: boolean;
  /** The person asked not to read on. */
  stopped: boolean;
  stop: () => void;
  goOn: () => void;
  /** Tells which rows are on the screen. */
  see: (first: number, last: number) => void;
  /** Takes out rows of which the API has said that they are gone. */
  drop: (ids: ReadonlySet<string>) => void;
  /** Changes rows as the API has said that they are now. */
  patch: (ids: ReadonlySet<string>, change: (item: Item) => Item) => void;
  retry: () => void;
}

const looks = new Set<() => void>();

/** Has every list on the page look again now, after a change. */
export function refreshLists(): void {
  looks.forEach((look) => {
    look();
  });
}

interface Options<Item> {
  queryKey: QueryKey;
  load: (cursor: string | undefined) => Promise<Chunk<Item>>;
  idOf: (item: Item) => string;
  /** Milliseconds between two looks at what is on the screen. */
  every?: number;
}

/**
 * Reads pages as the person scrolls. Only the pages on the screen are asked for again, so that ten
 * thousand rows cost no more than fifty; what came in or went away is merged in its place.
 */
export function useLiveList<Item>({
  queryKey,
  load,
  idOf,
  every = LIVE_MS,
}: Options<Item>): LiveList<Item> {
  const queries = useQueryClient();
  const key = JSON.stringify(queryKey);
  const [stoppedAt, setStoppedAt] = useState<string | null>(null);
  const [seen, setSeen] = useState({ key, last: 0 });
  const screen = useRef({ first: 0, last: 0 });
  const stopped = stoppedAt === key;
  const lastSeen = seen.key === key ? seen.last : 0;

  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => load(pageParam),
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    getNextPageParam: (page) => page.cursor ?? undefined,
    // Kept current by the look at the screen instead.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const stale = query.isPlaceholderData;
  const items = useMemo(() => {
    const known = new Set<string>();
    const all = data?.pages.flatMap((page) => page.items) ?? [];
    return all.filter((item) => !known.has(idOf(item)) && known.add(idOf(item)));
  }, [data, idOf]);

  const wanted = hasNextPage && !stopped && lastSeen + AHEAD >= items.length;
  useEffect(() => {
    if (wanted && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
    // Another page may have brought nothing: `data` says that there was an answer.
  }, [wanted, isFetchingNextPage, isFetchNextPageError, fetchNextPage, data]);

  const refresh = async () => {
    const state = queries.getQueryState<Chunks<Item>>(queryKey);
    if (!state?.data || state.fetchStatus !== 'idle') return;
    const before = state.data;
    const { first, last } = screen.current;
    for (const index of pagesOf(before, first, last)) {
      const fresh = await load(before.pageParams[index]);
      queries.setQueryData<Chunks<Item>>(queryKey, (now) =>
        now && now.pageParams[index] === before.pageParams[index]
          ? {
              ...now,
              pages: now.pages.map((page, at) => (at === index ? merge(page, fresh, idOf) : page)),
            }
          : now,
      );
    }
  };
  const latest = useRef(refresh);
  useEffect(() => {
    latest.current = refresh;
  });
  useEffect(() => {
    let busy = false;
    const look = () => {
      if (busy || document.hidden) return;
      busy = true;
      latest
        .current()
        // The banner says that there is no answer; what is shown stays.
        .catch(() => undefined)
        .finally(() => {
          busy = false;
        });
    };
    look();
    looks.add(look);
    const timer = window.setInterval(look, every);
    return () => {
      window.clearInterval(timer);
      looks.delete(look);
    };
  }, [key, every]);

  const change = (edit: (all: Item[]) => Item[]) => {
    queries.setQueryData<Chunks<Item>>(
      queryKey,
      (now) =>
        now && { ...now, pages: now.pages.map((page) => ({ ...page, items: edit(page.items) })) },
    );
  };

  return {
    items,
    error: data ? null : query.error,
    broken: isFetchNextPageError ? query.error : null,
    isPending: query.isPending || (stale && items.length === 0),
    stale: stale && items.length > 0,
    hasMore: hasNextPage,
    searching: wanted && !isFetchNextPageError,
    stopped,
    stop: () => {
      setStoppedAt(key);
    },
    goOn: () => {
      setStoppedAt(null);
    },
    see: (first, last) => {
      screen.current = { first, last };
      // How far one had scrolled before says nothing of the new rows.
      if (!stale && (seen.key !== key || seen.last !== last)) setSeen({ key, last });
    },
    drop: (ids) => {
      change((all) => all.filter((item) => !ids.has(idOf(item))));
    },
    patch: (ids, edit) => {
      change((all) => all.map((item) => (ids.has(idOf(item)) ? edit(item) : item)));
    },
    retry: () => void (data ? fetchNextPage() : query.refetch()),
  };
}
