/** Whether a time is one at which messages may go almost everywhere: a hint, the API decides. */
import { utcToZoned, zonedToUtc } from '../../../app/zonedTime';
import type { Form } from './form';

/** The window that holds in most places; some open later or close earlier. */
const OPENS = 9;
const CLOSES = 20;
const OPENS_ON_SUNDAY = 12;

/** Zones in which many recipients of North American numbers are. */
const ZONES = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
] as const;

export interface There {
  zone: string;
  /** `2026-03-08T09:30` there. */
  wall: string;
  open: boolean;
}

function isOpen(wall: string): boolean {
  const sunday = new Date(`${wall.slice(0, 16)}:00Z`).getUTCDay() === 0;
  const hour = Number(wall.slice(11, 13));
  return hour >= (sunday ? OPENS_ON_SUNDAY : OPENS) && hour < CLOSES;
}

function soonestTurn(time: string, timeZone: string): string {
  return `${utcToZoned(new Date(), timeZone).slice(0, 10)}T${time}`;
}

/** What time it is where recipients are when the broadcast goes out. */
export function timesThere(form: Form, timeZone: string): There[] {
  if (form.when === 'local') {
    return form.wall ? [{ zone: '', wall: form.wall, open: isOpen(form.wall) }] : [];
  }
  const wall = form.when === 'recurring' ? soonestTurn(form.time, timeZone) : form.wall;
  const at = form.when === 'now' ? new Date().toISOString() : zonedToUtc(wall, timeZone);
  if (at === null) return [];
  const zones = [timeZone, ...ZONES.filter((zone) => zone !== timeZone)];
  return zones.map((zone) => {
    const there = utcToZoned(new Date(at), zone);
    return { zone, wall: there, open: isOpen(there) };
  });
}
