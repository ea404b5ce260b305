/** Who waits, put together by what for and until which time of day at their place. */
import type { Waiting } from './api';

export interface Wait {
  reason: Waiting['reason'];
  /** `08:00` at their place; nothing where that differs from one to the next. */
  local: string;
  recipients: number;
  /** The first and the last moment at which it is that time somewhere. */
  first: string | null;
  last: string | null;
}

export function together(waiting: readonly Waiting[]): Wait[] {
  const found = new Map<string, Wait>();
  for (const { reason, local, at, recipients } of waiting) {
    const key = `${reason} ${local}`;
    const known = found.get(key) ?? { reason, local, recipients: 0, first: at, last: at };
    const moments = [known.first, known.last, at].filter((one) => one !== null).sort();
    found.set(key, {
      ...known,
      recipients: known.recipients + recipients,
      first: moments[0] ?? null,
      last: moments.at(-1) ?? null,
    });
  }
  return [...found.values()].sort((a, b) => b.recipients - a.recipients);
}
