import type { ReactNode } from 'react';
import classes from './Pill.module.css';

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'mute';

/** A short state in words, with a dot whose shape differs by tone, so colour is never alone. */
export function Pill({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.pill} data-tone={tone}>
      <span className={classes.dot} aria-hidden="true" />
      {children}
    </span>
  );
}
