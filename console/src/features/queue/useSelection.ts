/** Which leads are ticked and which one the keyboard is on; both survive every refresh. */
import { useMemo, useState } from 'react';

export interface Selection {
  /** Ticked, in the order of the list. */
  ids: string[];
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  toggleAll: () => void;
  clear: () => void;
  /** The row that the keyboard is on. */
  active: string | null;
  setActive: (id: string) => void;
  /** Moves the keyboard by so many rows and returns the row it is on then. */
  step: (by: number) => string | null;
}

interface Place {
  id: string;
  index: number;
}

export function useSelection(present: readonly string[]): Selection {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [place, setPlace] = useState<Place | null>(null);

  const ids = useMemo(() => present.filter((id) => ticked.has(id)), [present, ticked]);

  // The row is followed by its id wherever it goes. When it has left the list, the row now at
  // its place takes over.
  let active: string | null = null;
  if (place) {
    const index = present.indexOf(place.id);
    active = index >= 0 ? place.id : (present[Math.min(place.index, present.length - 1)] ?? null);
    if (index >= 0 && index !== place.index) setPlace({ id: place.id, index });
  }

  const setActive = (id: string) => {
    setPlace({ id, index: Math.max(0, present.indexOf(id)) });
  };

  return {
    ids,
    has: (id) => ticked.has(id),
    toggle: (id) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      setTicked(next);
    },
    toggleAll: () => {
      setTicked(ids.length === present.length ? new Set() : new Set(present));
    },
    clear: () => {
      setTicked(new Set());
    },
    active,
    setActive,
    step: (by) => {
      if (present.length === 0) return null;
      const from = active === null ? (by > 0 ? -1 : present.length) : present.indexOf(active);
      const to = Math.max(0, Math.min(present.length - 1, from + by));
      const id = present[to] ?? null;
      if (id) setActive(id);
      return id;
    },
  };
}
