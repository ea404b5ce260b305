import { Checkbox } from '@mantine/core';
import { useLayoutEffect, useMemo, useRef, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from './columns';
import classes from './Grid.module.css';
import { GridRow } from './GridRow';
import { useFocusKeeper } from './useFocusKeeper';
import { useRows } from './useRows';
import type { Selection } from './useSelection';

export interface GridProps<Row> {
  label: string;
  rows: Row[];
  idOf: (row: Row) => string;
  /** What a row is called, for its checkbox. */
  nameOf: (row: Row) => string;
  columns: Column<Row>[];
  selection: Selection;
  selectable: boolean;
  /** On their way out: shown as such until the API has answered. */
  busy?: ReadonlySet<string>;
  /** The rows are not those that are asked for: they can be looked at, and nothing else. */
  stale?: boolean;
  onOpen: (id: string) => void;
  /** Hears which rows are on the screen. */
  onSee?: (first: number, last: number) => void;
}

const CHECKBOX = 40;

/**
 * A table of any length, of which only the rows on the screen are drawn. One row is in the tab
 * order; arrows, j and k change which. On a narrow screen each row becomes a card.
 */
export function Grid<Row>(props: GridProps<Row>) {
  const { label, rows, idOf, columns, selection, selectable, busy, stale, onOpen, onSee } = props;
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const ids = useMemo(() => rows.map(idOf), [rows, idOf]);
  const { active, steps } = selection;
  const { drawn, height, above, measure, scrollTo } = useRows({ ids, active, box, body, onSee });
  useFocusKeeper(body, active, ids);

  const told = useRef(steps);
  useLayoutEffect(() => {
    if (told.current === steps || active === null) return;
    told.current = steps;
    scrollTo(ids.indexOf(active));
    body.current
      ?.querySelector<HTMLElement>(`[data-row="${CSS.escape(active)}"]`)
      ?.focus({ preventScroll: true });
  }, [steps, active, ids, scrollTo]);

  const tracks = columns.map(({ min, grow }) => `minmax(${min}px, ${grow}fr)`);
  if (selectable) tracks.unshift(`${CHECKBOX}px`);
  const width = columns.reduce((sum, { min }) => sum + min, selectable ? CHECKBOX : 0);
  const all = rows.length > 0 && selection.ids.length === rows.length;
  const reachable = active ?? ids[0];
  return (
    <div ref={box} className={classes.box}>
      <div
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-multiselectable={selectable}
        aria-busy={stale}
        className={classes.grid}
        style={{ '--tracks': tracks.join(' '), '--width': `${width}px` } as CSSProperties}
      >
        <div role="rowgroup" className={classes.head}>
          <div role="row" aria-rowindex={1} className={classes.line}>
            {selectable && (
              <div role="columnheader" className={classes.tick}>
                <Checkbox
                  size="xs"
                  aria-label={t('grid.selectAll')}
                  checked={all}
                  disabled={stale}
                  indeterminate={selection.ids.length > 0 && !all}
                  onChange={selection.toggleAll}
                />
              </div>
            )}
            {columns.map(({ id, title }) => (
              <div key={id} role="columnheader" data-column={id} className={classes.title}>
                {title}
              </div>
            ))}
          </div>
        </div>
        <div
          ref={body}
          role="rowgroup"
          className={classes.body}
          data-stale={stale}
          inert={stale}
          style={{ height }}
        >
          {drawn.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const id = ids[item.index] ?? '';
            return (
              <GridRow
                key={item.key}
                ref={measure}
                row={row}
                id={id}
                name={props.nameOf(row)}
                index={item.index}
                top={item.start - above}
                columns={columns}
                selection={selection}
                selectable={selectable}
                busy={busy?.has(id) ?? false}
                reachable={id === reachable}
                onOpen={onOpen}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
