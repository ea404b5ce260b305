import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

interface FocusedItem<Parent extends HTMLElement> {
  list: RefObject<Parent | null>;
  /** Moves the focus by so many items. */
  step: (by: number) => void;
}

function items(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[data-item]') ?? [])];
}

/**
 * Keeps the focus in a list whose items leave it, by our decision or by somebody else's: the item
 * that took the place of the focused one gets it, after the last one the page itself.
 */
export function useFocusedItem<Parent extends HTMLElement>(present: string): FocusedItem<Parent> {
  const list = useRef<Parent>(null);
  const place = useRef<number | null>(null);

  useEffect(() => {
    const track = (event: FocusEvent) => {
      const at = items(list.current).findIndex((item) => item.contains(event.target as Node));
      place.current = at < 0 ? null : at;
    };
    document.addEventListener('focusin', track);
    return () => {
      document.removeEventListener('focusin', track);
    };
  }, []);

  useLayoutEffect(() => {
    if (place.current === null || document.activeElement !== document.body) return;
    const left = items(list.current);
    const next = left[Math.min(place.current, left.length - 1)];
    (next ?? document.getElementById('main'))?.focus();
  }, [present]);

  return {
    list,
    step: (by) => {
      const all = items(list.current);
      const from = all.findIndex((item) => item.contains(document.activeElement));
      const to = from < 0 ? (by > 0 ? 0 : all.length - 1) : from + by;
      all[Math.max(0, Math.min(all.length - 1, to))]?.focus();
    },
  };
}
