/** Which contacts are shown, as it stands in the address of the page. */
import type { components } from '../../../api/schema';

export type ContactFilter = components['schemas']['Filter'];

export const SORTS = ['newest', 'oldest', 'favourites', 'name'] as const;
export const STATUSES = ['active', 'opted_out', 'unreachable', 'erased'] as const;
export const OPTED_OUT = ['any', 'sms', 'voice', 'both', 'neither'] as const;
export const COMPLIANCE = [
  'delivered',
  'sent',
  'queued',
  'unknown',
  'failed',
  'excluded',
  'not_sent',
  'not_textable',
] as const;
export const ANSWERS = ['Y', 'N', 'none'] as const;
export const ORIGINS = ['lead', 'import', 'manual', 'join', 'subscription'] as const;
/** In place of a group's id: contacts in no group. */
export const NO_GROUP = 'none';

export interface ContactSearch {
  group?: string;
  label?: string;
  status?: (typeof STATUSES)[number];
  out?: (typeof OPTED_OUT)[number];
  compliance?: (typeof COMPLIANCE)[number];
  favourite?: 'yes' | 'no';
  answer?: (typeof ANSWERS)[number];
  /** How they came: an origin, or the id of an integration. */
  source?: string;
  import?: string;
  sort?: Exclude<(typeof SORTS)[number], 'newest'>;
}

/** The filters, without the order. */
export const FILTERS = [
  'group',
  'label',
  'status',
  'out',
  'compliance',
  'favourite',
  'answer',
  'source',
  'import',
] as const satisfies (keyof ContactSearch)[];
export type FilterName = (typeof FILTERS)[number];

function oneOf<Value extends string>(values: readonly Value[], given: unknown): Value | undefined {
  return values.find((value) => value === given);
}

function id(value: unknown): string | undefined {
  return typeof value === 'string' && /^\w{1,40}$/.test(value) ? value : undefined;
}

/** Takes from an address what is a filter, and drops the rest. */
export function contactSearch(search: Record<string, unknown>): ContactSearch {
  const all: ContactSearch = {
    group: id(search.group),
    label: id(search.label),
    status: oneOf(STATUSES, search.status),
    out: oneOf(OPTED_OUT, search.out),
    compliance: oneOf(COMPLIANCE, search.compliance),
    favourite: oneOf(['yes', 'no'] as const, search.favourite),
    answer: oneOf(ANSWERS, search.answer),
    source: id(search.source),
    import: id(search.import),
    sort: oneOf(['oldest', 'favourites', 'name'] as const, search.sort),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

export function isFiltered(search: ContactSearch): boolean {
  return FILTERS.some((name) => search[name] !== undefined);
}

/**
 * The same as the API asks for it. The text of the search box is kept out of the address of the
 * page: it is often a phone number, and addresses end up in histories and logs.
 */
export function contactFilter(search: ContactSearch, text: string): ContactFilter {
  const { group, label, status, out, compliance, favourite, answer, source } = search;
  const filter: ContactFilter = {};
  if (text) filter.search = text;
  if (group === NO_GROUP) filter.no_group = true;
  else if (group) filter.group_id = group;
  if (label) filter.label_id = label;
  if (status) filter.status = status;
  if (out) filter.opted_out = out;
  if (compliance) filter.compliance = compliance;
  if (favourite) filter.favourite = favourite === 'yes';
  if (answer) filter.opt_in = answer;
  const origin = oneOf(ORIGINS, source);
  if (origin) filter.origin = origin;
  else if (source) filter.integration_id = source;
  if (search.import) filter.import_id = search.import;
  return filter;
}
