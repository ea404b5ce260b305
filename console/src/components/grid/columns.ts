/** What a grid shows, and which of it the person wants to see. */
import { useState, type ReactNode } from 'react';
import { recall, remember } from '../../app/storage';

export interface Column<Row> {
  id: string;
  title: string;
  /** The least width, in pixels. */
  min: number;
  /** How much of the width that is left it takes. */
  grow: number;
  /** Interactive parts take this `tabIndex`: only those of one row are in the tab order. */
  cell: (row: Row, tabIndex: number) => ReactNode;
  /** Cannot be hidden. */
  always?: boolean;
  /** Hidden until it is chosen. */
  optional?: boolean;
}

export interface ColumnChoice<Row> {
  shown: Column<Row>[];
  all: Column<Row>[];
  isShown: (id: string) => boolean;
  set: (id: string, shown: boolean) => void;
  /** The ids of the shown columns, for a saved view. */
  ids: string[];
  choose: (ids: readonly string[]) => void;
}

/** Keeps the choice in this browser under a name of the list's own. */
export function useColumns<Row>(name: string, all: Column<Row>[]): ColumnChoice<Row> {
  const key = `columns.${name}`;
  const [chosen, setChosen] = useState<readonly string[] | null>(() => {
    const kept = recall(key);
    return kept === null ? null : kept.split(',');
  });
  const isShown = (id: string) => {
    const column = all.find((one) => one.id === id);
    if (!column) return false;
    if (column.always) return true;
    return chosen ? chosen.includes(id) : !column.optional;
  };
  const choose = (ids: readonly string[]) => {
    remember(key, ids.join(','));
    setChosen(ids);
  };
  const shown = all.filter(({ id }) => isShown(id));
  const ids = shown.map(({ id }) => id);
  return {
    shown,
    all,
    isShown,
    ids,
    choose,
    set: (id, on) => {
      choose(on ? [...ids, id] : ids.filter((one) => one !== id));
    },
  };
}
