/** When a broadcast goes out, in words. */
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { useAccess } from '../../app/access';

/** A day of the week in the person's language; 0 is Monday, as in the API. */
export function weekdayName(language: string, day: number, style: 'short' | 'long'): string {
  // 5 January 2026 is a Monday.
  return new Intl.DateTimeFormat(language, { weekday: style, timeZone: 'UTC' }).format(
    Date.UTC(2026, 0, 5 + day),
  );
}

/** A wall-clock time without a zone, as it reads wherever somebody is. */
export function wallWords(language: string, wall: string): string {
  const at = Date.parse(`${wall.slice(0, 16)}:00Z`);
  if (Number.isNaN(at)) return wall;
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(at);
}

type Timed = Pick<Broadcast, 'local_at' | 'recurrence'>;

/** What a plain moment does not say: that it comes again, or is each recipient's own time. */
export function useWhenWords(): (of: Timed) => string | null {
  const { t, i18n } = useTranslation();
  const { timeZone } = useAccess();
  return ({ local_at, recurrence }) => {
    if (recurrence) {
      const { time, weekdays = [] } = recurrence;
      const days =
        weekdays.length === 7 || weekdays.length === 0
          ? t('when.everyDay')
          : [...weekdays]
              .sort((a, b) => a - b)
              .map((day) => weekdayName(i18n.language, day, 'short'))
              .join(', ');
      return t('when.recurring', { days, time, zone: timeZone });
    }
    return local_at ? t('when.local', { time: wallWords(i18n.language, local_at) }) : null;
  };
}
