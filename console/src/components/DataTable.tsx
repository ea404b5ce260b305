import type { ReactNode, Ref } from 'react';
import classes from './table.module.css';

interface Head {
  label: string;
  /** Heard, not seen: what is below it speaks for itself. */
  hidden?: boolean;
  /** Its cells are numbers. */
  number?: boolean;
  className?: string | undefined;
}

interface Props {
  label: string;
  heads: readonly (string | Head)[];
  /** On a narrow screen each row becomes a card. */
  cards?: boolean;
  ref?: Ref<HTMLDivElement>;
  /** The table's body. */
  children: ReactNode;
}

/** A table with a name and a head for each column; wide ones are moved sideways. */
export function DataTable({ label, heads, cards = true, ref, children }: Props) {
  return (
    <div ref={ref} className={classes.wrap} tabIndex={ref ? -1 : undefined}>
      <table
        className={cards ? `${classes.table} ${classes.cards}` : classes.table}
        aria-label={label}
      >
        <thead>
          <tr>
            {heads.map((head) => {
              const {
                label: name,
                hidden,
                number,
                className,
              } = typeof head === 'string' ? ({ label: head } as Head) : head;
              return (
                <th key={name} scope="col" className={number ? classes.number : className}>
                  {hidden ? <span className="visually-hidden">{name}</span> : name}
                </th>
              );
            })}
          </tr>
        </thead>
        {children}
      </table>
    </div>
  );
}
