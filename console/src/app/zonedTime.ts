/** Wall-clock times of a named zone, as typed into a date field, to and from UTC. */

function offsetMinutes(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at);
  const value = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
  );
  return Math.round((wall - at.getTime()) / 60_000);
}

/** `2026-03-08T09:30` in the zone, as a UTC time in ISO form; null when it is no time. */
export function zonedToUtc(wall: string, timeZone: string): string | null {
  const asUtc = Date.parse(`${wall}:00Z`);
  if (Number.isNaN(asUtc)) return null;
  // The offset before a change of clocks may differ from the one after: look twice.
  const guess = asUtc - offsetMinutes(new Date(asUtc), timeZone) * 60_000;
  const exact = asUtc - offsetMinutes(new Date(guess), timeZone) * 60_000;
  return new Date(exact).toISOString();
}

/** The wall-clock time of a moment in the zone, in the form that a date field takes. */
export function utcToZoned(at: Date, timeZone: string): string {
  const wall = new Date(at.getTime() + offsetMinutes(at, timeZone) * 60_000);
  return wall.toISOString().slice(0, 16);
}
