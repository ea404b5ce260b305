import { Checkbox } from '@mantine/core';
import type { Ref } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from './columns';
import classes from './Grid.module.css';
import type { Selection } from './useSelection';

interface Props<Row> {
  ref: Ref<HTMLDivElement>;
  row: Row;
  id: string;
  name: string;
  index: number;
  /** Pixels from the top of the rows. */
  top: number;
  columns: Column<Row>[];
  selection: Selection;
  selectable: boolean;
  busy: boolean;
  /** The one row of the grid that is in the tab order. */
  reachable: boolean;
  onOpen: (id: string) => void;
}

export function GridRow<Row>(props: Props<Row>) {
  const { ref, row, id, name, index, top, columns, selection, selectable, busy } = props;
  const { t } = useTranslation();
  const ticked = selection.has(id);
  const tabIndex = props.reachable ? 0 : -1;
  return (
    <div
      ref={ref}
      role="row"
      data-index={index}
      data-row={id}
      data-busy={busy}
      className={`${classes.line} ${classes.row}`}
      style={{ transform: `translateY(${top}px)` }}
      tabIndex={tabIndex}
      aria-rowindex={index + 2}
      aria-selected={selectable ? ticked : undefined}
      aria-busy={busy}
      onFocus={() => {
        if (selection.active !== id) selection.setActive(id);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) props.onOpen(id);
      }}
    >
      {selectable && (
        <div role="gridcell" className={classes.tick}>
          <Checkbox
            size="xs"
            tabIndex={tabIndex}
            aria-label={t('grid.selectOne', { name })}
            checked={ticked}
            disabled={busy}
            onChange={(event) => {
              const { shiftKey } = event.nativeEvent as MouseEvent;
              if (shiftKey) selection.toggleTo(id);
              else selection.toggle(id);
            }}
          />
        </div>
      )}
      {columns.map((column) => (
        <div key={column.id} role="gridcell" data-column={column.id} className={classes.cell}>
          {column.cell(row, tabIndex)}
        </div>
      ))}
    </div>
  );
}
