/** Pages of a list, and how a page that was read again takes the place of the one before. */
import type { InfiniteData } from '@tanstack/react-query';

export interface Chunk<Item> {
  items: Item[];
  cursor?: string | null;
}

export type Chunks<Item> = InfiniteData<Chunk<Item>, string | undefined>;

/** The pages that hold the rows from `first` to `last`. */
export function pagesOf<Item>({ pages }: Chunks<Item>, first: number, last: number): number[] {
  const found: number[] = [];
  let from = 0;
  pages.forEach(({ items }, index) => {
    const to = from + items.length;
    if ((from <= last && to > first) || (index === 0 && first === 0)) found.push(index);
    from = to;
  });
  return found;
}

/**
 * Puts a page that was read again in the place of the one before.
 *
 * What came in pushes the last rows off the page that the API answers; they are still there, so
 * they stay, and so does the cursor behind them. What the new page reaches past and does not name
 * has gone.
 */
export function merge<Item>(
  before: Chunk<Item>,
  fresh: Chunk<Item>,
  idOf: (item: Item) => string,
): Chunk<Item> {
  if (!fresh.cursor) return fresh;
  const named = new Set(fresh.items.map(idOf));
  const reached = before.items.findLastIndex((item) => named.has(idOf(item)));
  const rest = before.items.slice(reached + 1);
  // Nothing in common: all that was on the page has been pushed off it.
  return { items: [...fresh.items, ...rest], cursor: before.cursor ?? fresh.cursor };
}
