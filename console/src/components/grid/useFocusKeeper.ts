import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

/**
 * Keeps the focus in the list: when the focused row leaves it (moved by somebody else), the row
 * that took its place gets the focus, which would otherwise fall back to the page.
 */
export function useFocusKeeper(
  body: RefObject<HTMLElement | null>,
  active: string | null,
  ids: readonly string[],
): void {
  const inside = useRef(false);
  useEffect(() => {
    const track = (event: FocusEvent) => {
      inside.current = body.current?.contains(event.target as Node) ?? false;
    };
    document.addEventListener('focusin', track);
    return () => {
      document.removeEventListener('focusin', track);
    };
  }, [body]);
  useLayoutEffect(() => {
    if (!inside.current || document.activeElement !== document.body) return;
    body.current
      ?.querySelector<HTMLElement>('[role="row"][tabindex="0"]')
      ?.focus({ preventScroll: true });
  }, [body, active, ids]);
}
