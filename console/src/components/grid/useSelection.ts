/** Which rows are ticked and which one the keyboard is on; both survive every refresh. */
import { useMemo, useState } from 'react';

export interface Selection {
  /** Ticked, in the order of the list. */
  ids: string[];
  /** Not only what is loaded: all that match the filter, on the server. */
  everything: boolean;
  /** All that were loaded were ticked at once; more may have come in since. */
  tickedAll: boolean;
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  /** Ticks all from the last one that was ticked to this one. */
  toggleTo: (id: string) => void;
  toggleAll: () => void;
  selectEverything: () => void;
  clear: () => void;
  /** The row that the keyboard is on. */
  active: string | null;
  setActive: (id: string) => void;
  /** Moves the keyboard by so many rows and returns the row it is on then. */
  step: (by: number) => string | null;
  /** Grows with each step: the row is to get the focus. */
  steps: number;
}

interface Place {
  scope: string;
  id: string;
  index: number;
}

const NONE: readonly string[] = [];

/**
 * `asked` names the list: another filter begins with nothing ticked and the keyboard on no row.
 * While the rows are still those of another filter, none of them can be meant.
 */
export function useSelection(shown: readonly string[], asked: string, stale: boolean): Selection {
  const present = stale ? NONE : shown;
  const scope = stale ? 'stale' : asked;
  const [state, setState] = useState<{
    scope: string;
    ticked: ReadonlySet<string>;
    everything: boolean;
    tickedAll: boolean;
    last: string | null;
  }>({ scope, ticked: new Set(), everything: false, tickedAll: false, last: null });
  const [kept, setPlace] = useState<Place | null>(null);
  const [steps, setSteps] = useState(0);
  const current = state.scope === scope;
  const place = kept?.scope === scope ? kept : null;
  const everything = current && state.everything;
  const ticked = useMemo(
    () => (current ? state.ticked : new Set<string>()),
    [current, state.ticked],
  );

  const ids = useMemo(
    () => (everything ? [...present] : present.filter((id) => ticked.has(id))),
    [present, ticked, everything],
  );

  const set = (
    next: Iterable<string>,
    how: Partial<Omit<typeof state, 'scope' | 'ticked'>> = {},
  ) => {
    setState({
      scope,
      ticked: new Set(next),
      everything: false,
      tickedAll: false,
      last: null,
      ...how,
    });
  };

  // The row is followed by its id wherever it goes. When it has left the list, the row now at
  // its place takes over.
  let active: string | null = null;
  if (place) {
    const index = present.indexOf(place.id);
    active = index >= 0 ? place.id : (present[Math.min(place.index, present.length - 1)] ?? null);
    if (index >= 0 && index !== place.index) setPlace({ scope, id: place.id, index });
  }

  const setActive = (id: string) => {
    setPlace({ scope, id, index: Math.max(0, present.indexOf(id)) });
  };

  return {
    ids,
    everything,
    tickedAll: current && state.tickedAll,
    has: (id) => everything || ticked.has(id),
    toggle: (id) => {
      // One taken out of "all that match" leaves those that are loaded.
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      set(next, { last: id });
    },
    toggleTo: (id) => {
      const from = present.indexOf(current ? (state.last ?? id) : id);
      const to = present.indexOf(id);
      if (from < 0 || to < 0) return;
      const between = present.slice(Math.min(from, to), Math.max(from, to) + 1);
      set([...ids, ...between], { last: id });
    },
    toggleAll: () => {
      if (ids.length === present.length) set([]);
      else set(present, { tickedAll: true });
    },
    selectEverything: () => {
      set(present, { everything: true });
    },
    clear: () => {
      set([]);
    },
    active,
    setActive,
    steps,
    step: (by) => {
      if (present.length === 0) return null;
      const from = active === null ? (by > 0 ? -1 : present.length) : present.indexOf(active);
      const to = Math.max(0, Math.min(present.length - 1, from + by));
      const id = present[to] ?? null;
      if (id) {
        setActive(id);
        setSteps(steps + 1);
      }
      return id;
    },
  };
}
