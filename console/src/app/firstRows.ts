/**
 * The rows that a person came for, asked for as early as can be: while it is still being read who
 * this is. Counts, badges and names of filters wait for them, so that they do not stand in line
 * behind what is only beside them.
 */
import { useSyncExternalStore } from 'react';
import { firstPage as firstOfQueue } from '../features/queue/api';
import { chosenAccount } from './access';
import { queryClient } from './queryClient';
import { router } from './router';

/** Long enough for an answer that is on its way; a slow one does not keep the rest waiting. */
const PATIENCE_MS = 3_000;

export interface FirstPage {
  queryKey: readonly unknown[];
  load: (cursor: string | undefined) => Promise<{ cursor?: string | null }>;
}

/** What the pages with long lists show first, by their route. */
const LISTS: Partial<Record<string, (search: object) => Promise<FirstPage>>> = {
  '/contacts': async (search) => (await import('../features/contacts/list/api')).firstPage(search),
  // Its code is there already: the navigation counts the queue.
  '/queue': (search) => Promise.resolve(firstOfQueue(search)),
};

/** What is looked at of the router's own type, which knows no route by a name that it is given. */
interface Match {
  routeId: keyof typeof router.routesById;
  search: object;
}

let waiting = false;
const listeners = new Set<() => void>();

function release(): void {
  waiting = false;
  listeners.forEach((listener) => {
    listener();
  });
}

/** Loads the code of the page that the address names, and the first rows of its list. */
export function readFirstRows(): void {
  const { pathname, search: given } = router.latestLocation;
  const match = router.matchRoutes(pathname, given).at(-1) as Match | undefined;
  if (!match) return;
  void router.routesById[match.routeId].options.component?.preload?.();
  const list = LISTS[match.routeId];
  // Without an account that was chosen before, it is not known yet whose rows these are.
  if (!list || !chosenAccount()) return;
  waiting = true;
  window.setTimeout(release, PATIENCE_MS);
  void list(match.search)
    .then(({ queryKey, load }) =>
      queryClient.infiniteQuery({
        queryKey,
        queryFn: ({ pageParam }) => load(pageParam),
        initialPageParam: undefined as string | undefined,
        retry: false,
      }),
    )
    // The page asks again, and says what is the matter.
    .catch(() => undefined)
    .finally(release);
}

/** True once the first rows are there, or nobody waits for any. */
export function useAfterFirstRows(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => !waiting,
  );
}
