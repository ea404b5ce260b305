/** Two people edited one profile: whose word counts, field by field. */
import type { Profile, ProfileChange } from './api';

export const FIELDS = ['first_name', 'last_name', 'email', 'phone', 'zone'] as const;
export type Field = (typeof FIELDS)[number];

export type Values = Record<Field, string> & { custom: Record<string, string> };

export function valuesOf(profile: Pick<Profile, Field | 'custom'>): Values {
  const { first_name, last_name, email, phone, zone, custom } = profile;
  return { first_name, last_name, email, phone, zone, custom };
}

/** What an edit changes of what was read; null when that is nothing. */
export function changeOf(before: Values, after: Values, version: number): ProfileChange | null {
  const change: ProfileChange = { version };
  let any = false;
  for (const field of FIELDS) {
    if (after[field] !== before[field]) {
      change[field] = after[field];
      any = true;
    }
  }
  const custom: Record<string, string | null> = {};
  for (const name of new Set([...Object.keys(before.custom), ...Object.keys(after.custom)])) {
    if (after.custom[name] !== before.custom[name]) custom[name] = after.custom[name] ?? null;
  }
  if (Object.keys(custom).length > 0) {
    change.custom = custom;
    any = true;
  }
  return any ? change : null;
}

export interface Clash {
  /** A field, or `custom:<name>`. */
  name: string;
  mine: string;
  theirs: string;
}

function flat(values: Values): Record<string, string> {
  const all: Record<string, string> = {};
  for (const field of FIELDS) all[field] = values[field];
  for (const [name, value] of Object.entries(values.custom)) all[`custom:${name}`] = value;
  return all;
}

/** Fields that both changed, and not to the same. */
export function clashes(base: Values, mine: Values, theirs: Values): Clash[] {
  const [was, here, there] = [flat(base), flat(mine), flat(theirs)];
  const names = new Set([...Object.keys(was), ...Object.keys(here), ...Object.keys(there)]);
  return [...names]
    .map((name) => ({ name, mine: here[name] ?? '', theirs: there[name] ?? '' }))
    .filter(({ name, mine: a, theirs: b }) => {
      const before = was[name] ?? '';
      return a !== b && a !== before && b !== before;
    });
}

/** Their state with what I changed put over it; of clashes, mine where it was chosen. */
export function merged(
  base: Values,
  mine: Values,
  theirs: Values,
  keepMine: ReadonlySet<string>,
): Values {
  const [was, here] = [flat(base), flat(mine)];
  const contested = new Set(clashes(base, mine, theirs).map(({ name }) => name));
  const result: Values = { ...theirs, custom: { ...theirs.custom } };
  for (const name of new Set([...Object.keys(was), ...Object.keys(here)])) {
    const changed = (here[name] ?? '') !== (was[name] ?? '');
    if (!changed || (contested.has(name) && !keepMine.has(name))) continue;
    const field = FIELDS.find((one) => one === name);
    if (field) result[field] = here[name] ?? '';
    else {
      const custom = name.replace(/^custom:/, '');
      const value = here[name];
      if (value === undefined) Reflect.deleteProperty(result.custom, custom);
      else result.custom[custom] = value;
    }
  }
  return result;
}
