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

const A_DAY = 86_400_000;

/** The next turns, one for each chosen day of the week. */
function turns({ time, weekdays }: Form, timeZone: string): string[] {
  const today = Date.parse(`${utcToZoned(new Date(), timeZone).slice(0, 10)}T00:00Z`);
  return [0, 1, 2, 3, 4, 5, 6]
    .map((ahead) => new Date(today + ahead * A_DAY))
    .filter((day) => weekdays.includes((day.getUTCDay() + 6) % 7))
    .map((day) => `${day.toISOString().slice(0, 10)}T${time}`);
}

function inZones(at: string | null, timeZone: string): There[] {
  if (at === null) return [];
  const zones = [timeZone, ...ZONES.filter((zone) => zone !== timeZone)];
  return zones.map((zone) => {
    const wall = utcToZoned(new Date(at), zone);
    return { zone, wall, open: isOpen(wall) };
  });
}

/** What time it is where recipients are when the broadcast goes out; of turns, the worst. */
export function timesThere(form: Form, timeZone: string): There[] {
  const { when, wall } = form;
  if (when === 'local') return wall ? [{ zone: '', wall, open: isOpen(wall) }] : [];
  if (when === 'now') return inZones(new Date().toISOString(), timeZone);
  if (when === 'at') return inZones(zonedToUtc(wall, timeZone), timeZone);
  const all = turns(form, timeZone).map((turn) => inZones(zonedToUtc(turn, timeZone), timeZone));
  return all.find((turn) => turn.some(({ open }) => !open)) ?? all[0] ?? [];
}
