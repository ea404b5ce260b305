/** What the composer holds, and how it becomes what the API takes. */
import type { components } from '../../../api/schema';
import type { Broadcast } from '../../../api/types';
import { utcToZoned } from '../../../app/zonedTime';

export type NewBroadcast = components['schemas']['NewBroadcast'];
export type Schedule = components['schemas']['Schedule'];
export type Otherwise = components['schemas']['Otherwise'];

export const OTHERWISE: readonly Otherwise[] = ['defer', 'drop', 'exempt'];
export const WHENS = ['now', 'at', 'local', 'recurring'] as const;
export type When = (typeof WHENS)[number];

export interface Form {
  name: string;
  channel: Broadcast['channel'];
  /** Empty for the account's own. */
  sender: string;
  groups: string[];
  minus: string[];
  template: string;
  /** Null while the account's own choice holds. */
  quietHours: Otherwise | null;
  caps: Otherwise | null;
  when: When;
  /** `2026-03-08T09:30`, of the account's zone or of each recipient's. */
  wall: string;
  /** `09:30`, of the account's zone, for what recurs. */
  time: string;
  /** 0 is Monday. */
  weekdays: number[];
}

const AN_HOUR = 3_600_000;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

export const EMPTY: Form = {
  name: '',
  channel: 'sms',
  sender: '',
  groups: [],
  minus: [],
  template: '',
  quietHours: null,
  caps: null,
  when: 'now',
  wall: '',
  time: '10:00',
  weekdays: EVERY_DAY,
};

/** A wall time an hour from now, for a field that is empty yet. */
export function soon(timeZone: string): string {
  return utcToZoned(new Date(Date.now() + AN_HOUR), timeZone);
}

function whenOf({ recurrence, local_at, schedule_at }: Broadcast): When {
  if (recurrence) return 'recurring';
  if (local_at) return 'local';
  return schedule_at ? 'at' : 'now';
}

export function formOf(broadcast: Broadcast, timeZone: string): Form {
  const { schedule_at, local_at, recurrence } = broadcast;
  const wall = schedule_at ? utcToZoned(new Date(schedule_at), timeZone) : '';
  return {
    name: broadcast.name,
    channel: broadcast.channel,
    sender: broadcast.sender_id,
    groups: broadcast.groups,
    minus: broadcast.minus_groups,
    template: broadcast.template,
    quietHours: broadcast.quiet_hours,
    caps: broadcast.caps,
    when: whenOf(broadcast),
    wall: local_at ? local_at.slice(0, 16) : wall,
    time: recurrence?.time ?? EMPTY.time,
    weekdays: recurrence?.weekdays ?? EVERY_DAY,
  };
}

export function bodyOf(form: Form): NewBroadcast {
  return {
    name: form.name.trim(),
    channel: form.channel,
    sender_id: form.sender,
    groups: form.groups,
    minus_groups: form.minus,
    template: form.template,
    quiet_hours: form.quietHours,
    caps: form.caps,
  };
}

export function scheduleOf({ when, wall, time, weekdays }: Form): Schedule {
  switch (when) {
    case 'now':
      return { recipient_local: false };
    case 'at':
      return { wall, recipient_local: false };
    case 'local':
      return { wall, recipient_local: true };
    case 'recurring':
      return { recurrence: { time, weekdays }, recipient_local: false };
  }
}

/** Enough is there to be kept as a draft. */
export function canBeKept(form: Form): boolean {
  return form.name.trim() !== '' && form.groups.length > 0 && form.template.trim() !== '';
}

/** It is said when it goes out. */
export function canBeTimed(form: Form): boolean {
  if (form.when === 'recurring') return form.time !== '' && form.weekdays.length > 0;
  return form.when === 'now' || form.wall !== '';
}

/** Enough is there to be sent. */
export function canBeSent(form: Form): boolean {
  return canBeKept(form) && canBeTimed(form);
}
