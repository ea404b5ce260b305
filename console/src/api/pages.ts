/** Lists that come in pages with a cursor. */
import { useInfiniteQuery, type QueryKey } from '@tanstack/react-query';
import { useMemo } from 'react';

interface Page<Item> {
  items: Item[];
  cursor?: string | null;
}

export interface Pages<Item> {
  items: Item[];
  error: Error | null;
  isPending: boolean;
  isLoadingMore: boolean;
  hasMore: boolean;
  loadMore: () => void;
  retry: () => void;
}

interface Options<Item> {
  queryKey: QueryKey;
  load: (cursor: string | undefined) => Promise<Page<Item>>;
  /** Milliseconds between refreshes while the page is visible; may depend on what it shows. */
  refreshEvery?: number | ((items: Item[]) => number);
  enabled?: boolean;
}

/** Reads a paged list; the refresh slows down as more pages are shown, so that it stays cheap. */
export function usePages<Item>({
  queryKey,
  load,
  refreshEvery,
  enabled = true,
}: Options<Item>): Pages<Item> {
  const query = useInfiniteQuery({
    queryKey,
    enabled,
    queryFn: ({ pageParam }) => load(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor ?? undefined,
    refetchInterval: ({ state: { data } }) => {
      const pages = data?.pages ?? [];
      const every =
        typeof refreshEvery === 'function'
          ? refreshEvery(pages.flatMap((page) => page.items))
          : refreshEvery;
      return every ? every * Math.max(1, pages.length) : false;
    },
  });
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return {
    items,
    error: query.data ? null : query.error,
    isPending: query.isPending,
    isLoadingMore: query.isFetchingNextPage,
    hasMore: query.hasNextPage,
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
