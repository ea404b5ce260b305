/** What the opt-out list shows, as it stands in the address of the page. */
import { zonedToUtc } from '../../app/zonedTime';
import type { Channel, Kind, OptOutFilter, Source } from './routes';

export const CHANNELS = ['sms', 'voice'] as const satisfies readonly Channel[];
export const KINDS = ['hard', 'soft'] as const satisfies readonly Kind[];
export const SOURCES = [
  'Keyword',
  'Keypress',
  'API',
  'Admin',
  'Provider',
] as const satisfies readonly Source[];

export interface OptOutSearch {
  sender?: string;
  channel?: Channel;
  source?: Source;
  kind?: Kind;
  /** Days in the account's time zone, both included: `2026-03-08`. */
  since?: string;
  until?: string;
}

const A_DAY = /^\d{4}-\d\d-\d\d$/;
const A_DAY_MS = 86_400_000;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() ? value.trim() : undefined;
}

function oneOf<Value extends string>(values: readonly Value[], given: unknown): Value | undefined {
  return values.find((value) => value === given);
}

function day(value: unknown): string | undefined {
  const given = text(value);
  return given && A_DAY.test(given) && !Number.isNaN(Date.parse(given)) ? given : undefined;
}

/** Takes from an address what is a filter, and drops the rest. */
export function optOutSearch(search: Record<string, unknown>): OptOutSearch {
  const all: OptOutSearch = {
    sender: text(search.sender),
    channel: oneOf(CHANNELS, search.channel),
    source: oneOf(SOURCES, search.source),
    kind: oneOf(KINDS, search.kind),
    since: day(search.since),
    until: day(search.until),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

export function isFiltered(search: OptOutSearch): boolean {
  return Object.values(search).some(Boolean);
}

/**
 * The same as the API asks for it: days become moments. The number is kept out of the address of
 * the page: addresses end up in histories and logs.
 */
export function optOutFilter(search: OptOutSearch, number: string, timeZone: string): OptOutFilter {
  const { sender, channel, source, kind, since, until } = search;
  const filter: OptOutFilter = { number, sender_id: sender, channel, source, kind };
  if (since) filter.since = zonedToUtc(`${since}T00:00`, timeZone) ?? undefined;
  if (until) filter.until = endOf(until, timeZone);
  return filter;
}

function endOf(last: string, timeZone: string): string | undefined {
  const next = new Date(Date.parse(last) + A_DAY_MS).toISOString().slice(0, 10);
  const midnight = zonedToUtc(`${next}T00:00`, timeZone);
  return midnight ? new Date(Date.parse(midnight) - 1).toISOString() : undefined;
}
