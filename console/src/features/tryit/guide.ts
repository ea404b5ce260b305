/**
 * How far the first run has come.
 *
 * Every step is ticked by what the API shows, compared with what it showed when the guide began,
 * so clocks need not agree. Progress is kept in this tab, per account.
 */
import { useSyncExternalStore } from 'react';
import type { Contact, Overview, QueueEntry, TimelineItem } from '../../api/types';
import { chosenAccount } from '../../app/access';
import { recall, remember } from '../../app/storage';

export const STEPS = ['send', 'answer', 'arrive', 'move', 'stop'] as const;
export type Step = (typeof STEPS)[number];

export interface Guide {
  account: string;
  /** The last lead of each integration when the guide began. */
  leads: Record<string, string | null>;
  /** Contacts that were in the queue already. */
  known: string[];
  contactId: string | null;
  done: Step[];
}

const KEY = 'first-run';
const listeners = new Set<() => void>();
let guide: Guide | null = read();

function read(): Guide | null {
  try {
    const value: unknown = JSON.parse(recall(KEY, sessionStorage) ?? 'null');
    return typeof value === 'object' && value !== null && 'done' in value ? (value as Guide) : null;
  } catch {
    return null;
  }
}

function set(next: Guide | null): void {
  guide = next;
  remember(KEY, next && JSON.stringify(next), sessionStorage);
  listeners.forEach((listener) => {
    listener();
  });
}

export function useGuide(account: string): Guide | null {
  const kept = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => guide,
  );
  return kept?.account === account ? kept : null;
}

export function begin(account: string, overview: Overview, queue: QueueEntry[]): void {
  set({
    account,
    leads: Object.fromEntries(
      overview.integrations.map((one) => [one.id, one.health.last_lead_at ?? null]),
    ),
    known: queue.map(({ contact_id }) => contact_id),
    contactId: null,
    done: [],
  });
}

export function restart(): void {
  set(null);
}

/** The guide of the account in use: what is read of another account proves nothing. */
function current(): Guide | null {
  return guide?.account === chosenAccount() ? guide : null;
}

function tick(...steps: Step[]): void {
  if (!guide) return;
  const { done } = guide;
  const fresh = steps.filter((step) => !done.includes(step));
  if (fresh.length > 0) set({ ...guide, done: [...done, ...fresh] });
}

export function noticeOverview({ integrations }: Overview): void {
  const before = current()?.leads;
  if (
    before &&
    integrations.some((one) => (one.health.last_lead_at ?? null) !== (before[one.id] ?? null))
  ) {
    tick('send');
  }
}

export function noticeQueue(queue: readonly QueueEntry[]): void {
  const here = current();
  if (!here || here.contactId) return;
  const lead = queue.find(({ contact_id }) => !here.known.includes(contact_id));
  if (!lead) return;
  set({ ...here, contactId: lead.contact_id });
  tick('send', 'arrive');
}

/** Only the contact of this run proves anything. */
export function noticeContact(contact: Contact): void {
  if (contact.id !== current()?.contactId) return;
  if (contact.groups.length > 0 && contact.queue.state !== 'queued') tick('move');
  if (contact.channels.sms?.status === 'hard_opt_out') tick('stop');
}

export function noticeTimeline(timeline: readonly TimelineItem[]): void {
  if (timeline.some(({ kind }) => kind === 'message_in')) tick('answer');
}
