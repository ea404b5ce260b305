import { useTranslation } from 'react-i18next';
import { announce } from '../../app/announce';
import { useShortcuts, type Shortcuts } from '../../app/shortcuts';
import type { Selection } from './useSelection';

interface Options {
  selection: Selection;
  selectable: boolean;
  /** What a row is called, to be said when it is ticked. */
  nameOf: (id: string) => string;
  onOpen: (id: string) => void;
  /** Keys of this list alone. */
  more?: Shortcuts;
}

/** j, k, arrows, x, o, Escape in a list of rows. */
export function useGridKeys({ selection, selectable, nameOf, onOpen, more }: Options): void {
  const { t } = useTranslation();
  const next = () => {
    selection.step(1);
  };
  const previous = () => {
    selection.step(-1);
  };
  const shortcuts: Shortcuts = {
    j: next,
    ArrowDown: next,
    k: previous,
    ArrowUp: previous,
    o: () => {
      if (selection.active) onOpen(selection.active);
    },
    Escape: selection.clear,
    ...more,
  };
  if (selectable) {
    shortcuts.x = () => {
      const { active } = selection;
      if (!active) return;
      const key = selection.has(active) ? 'grid.unticked' : 'grid.ticked';
      selection.toggle(active);
      announce(t(key, { name: nameOf(active) }));
    };
  }
  useShortcuts(shortcuts);
}
