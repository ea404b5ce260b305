/** Which rows are drawn: those on the screen, a few around them, and the one with the focus. */
import { useMediaQuery } from '@mantine/hooks';
import {
  defaultRangeExtractor,
  useVirtualizer,
  useWindowVirtualizer,
  type Range,
  type VirtualItem,
} from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

const ROW_HEIGHT = 45;
const CARD_HEIGHT = 150;
/** Below this width rows are cards and the page scrolls instead of the grid. */
export const NARROW = '(max-width: 820px)';

interface Options {
  ids: readonly string[];
  active: string | null;
  box: RefObject<HTMLDivElement | null>;
  body: RefObject<HTMLDivElement | null>;
  onSee: ((first: number, last: number) => void) | undefined;
}

export interface Rows {
  drawn: VirtualItem[];
  height: number;
  /** What lies above the rows, within what scrolls. */
  above: number;
  measure: (element: Element | null) => void;
  scrollTo: (index: number) => void;
}

export function useRows({ ids, active, box, body, onSee }: Options): Rows {
  const narrow = useMediaQuery(NARROW, window.matchMedia(NARROW).matches);
  const [above, setAbove] = useState(0);
  const activeIndex = active === null ? -1 : ids.indexOf(active);
  const rangeExtractor = (range: Range) => {
    const indexes = defaultRangeExtractor(range);
    // The focused row stays in the page, or the focus would fall back to its beginning.
    if (activeIndex >= 0 && !indexes.includes(activeIndex)) indexes.push(activeIndex);
    return indexes.sort((a, b) => a - b);
  };
  const common = {
    count: ids.length,
    overscan: 10,
    getItemKey: (index: number) => ids[index] ?? index,
    rangeExtractor,
  };
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoized by it
  const inBox = useVirtualizer({
    ...common,
    enabled: !narrow,
    estimateSize: () => ROW_HEIGHT,
    getScrollElement: () => box.current,
  });
  const inWindow = useWindowVirtualizer({
    ...common,
    enabled: narrow,
    estimateSize: () => CARD_HEIGHT,
    scrollMargin: above,
  });
  const rows = narrow ? inWindow : inBox;
  const drawn = rows.getVirtualItems();

  // What lies above may change with any other part of the page: measured after each drawing.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  useLayoutEffect(() => {
    const top = narrow ? (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY : 0;
    if (Math.abs(top - above) > 1) setAbove(top);
  });

  // What comes in above the first row on the screen must not push it away.
  const anchor = useRef<{ id: string; index: number } | null>(null);
  useLayoutEffect(() => {
    const { startIndex = 0 } = rows.range ?? {};
    const before = anchor.current;
    if (before && (rows.scrollOffset ?? 0) > above + 1) {
      const moved = ids.indexOf(before.id) - before.index;
      if (ids.includes(before.id) && moved !== 0) {
        rows.scrollBy(moved * (narrow ? CARD_HEIGHT : ROW_HEIGHT));
      }
    }
    const id = ids[startIndex];
    anchor.current = id === undefined ? null : { id, index: startIndex };
  }, [ids, rows, narrow, above]);
  const start = rows.range?.startIndex ?? 0;
  const end = rows.range?.endIndex ?? 0;
  useLayoutEffect(() => {
    const id = ids[start];
    anchor.current = id === undefined ? null : { id, index: start };
    onSee?.(start, end);
    // Only what is on the screen counts: the callback is a new one each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [start, end]);

  return {
    drawn,
    height: rows.getTotalSize(),
    above: narrow ? above : 0,
    measure: rows.measureElement,
    scrollTo: (index) => {
      rows.scrollToIndex(index, { align: 'auto' });
    },
  };
}
