/** Keyboard shortcuts of one or two plain keys, which a person can switch off (WCAG 2.1.4). */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { recall, remember } from './storage';

/** Keys as `j`, `?`, `Escape`, or two in a row as `g q`. */
export type Shortcuts = Record<string, (event: KeyboardEvent) => void>;

const SEQUENCE_MS = 1_200;
let enabled = recall('shortcuts') !== 'off';
const listeners = new Set<() => void>();

export function useShortcutsEnabled(): [boolean, (on: boolean) => void] {
  const value = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => enabled,
  );
  const set = (on: boolean) => {
    enabled = on;
    remember('shortcuts', on ? null : 'off');
    listeners.forEach((listener) => {
      listener();
    });
  };
  return [value, set];
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select'))
  );
}

function isBusyElsewhere(event: KeyboardEvent): boolean {
  return (
    event.defaultPrevented ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    isTyping(event.target) ||
    document.querySelector('[aria-modal="true"], [role="menu"]') !== null
  );
}

/** Listens for the given shortcuts while the component is shown. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    let first: { key: string; at: number } | null = null;
    const onKeyDown = (event: KeyboardEvent) => {
      if (!enabled || isBusyElsewhere(event)) return;
      const after = first && event.timeStamp - first.at < SEQUENCE_MS ? first.key : null;
      first = { key: event.key, at: event.timeStamp };
      const sequence = after ? current.current[`${after} ${event.key}`] : undefined;
      const action = sequence ?? current.current[event.key];
      if (!action) return;
      first = null;
      event.preventDefault();
      action(event);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}
