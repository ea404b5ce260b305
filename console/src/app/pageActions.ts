/** What can be done on the page that is open: by its keys, and by name in the command palette. */
import { useEffect, useRef, type RefObject } from 'react';
import type { IconName } from '../components/Icon';
import { useShortcuts } from './shortcuts';

export interface PageAction {
  id: string;
  label: string;
  icon: IconName;
  /** A plain key, where the action has one. */
  keys?: string;
  run: () => void;
}

type Actions = readonly PageAction[];
const shown = new Set<RefObject<Actions>>();

/** The actions of what is on the screen now. */
export function pageActions(): PageAction[] {
  return [...shown].flatMap(({ current }) => current);
}

/** Offers these actions while the component is shown. */
export function usePageActions(actions: Actions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    shown.add(latest);
    return () => {
      shown.delete(latest);
    };
  }, []);
  useShortcuts(
    Object.fromEntries(actions.flatMap(({ keys, run }) => (keys ? [[keys, run] as const] : []))),
  );
}
