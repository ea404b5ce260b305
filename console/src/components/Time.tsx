import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../app/access';

interface Times {
  /** `14:03` today, `Nov 21, 14:03` before. */
  short: (iso: string) => string;
  /** With the year, seconds and the time zone. */
  full: (iso: string) => string;
  /** The zone's short name, as `EST`. */
  zone: string;
}

/** Writes times in the account's time zone and the chosen language. */
export function useTimes(): Times {
  const { timeZone } = useAccess();
  const { i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(() => {
    const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
    const time = new Intl.DateTimeFormat(language, { timeZone, timeStyle: 'short' });
    const date = new Intl.DateTimeFormat(language, {
      timeZone,
      month: 'short',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
    });
    const full = new Intl.DateTimeFormat(language, {
      timeZone,
      dateStyle: 'long',
      timeStyle: 'long',
    });
    return {
      short: (iso) => {
        const at = new Date(iso);
        return day.format(at) === day.format(new Date()) ? time.format(at) : date.format(at);
      },
      full: (iso) => full.format(new Date(iso)),
      zone:
        new Intl.DateTimeFormat(language, { timeZone, timeZoneName: 'short' })
          .formatToParts(new Date())
          .find(({ type }) => type === 'timeZoneName')?.value ?? timeZone,
    };
  }, [language, timeZone]);
}

/** A moment in the account's time zone; the whole of it appears on hover. */
export function Time({ at }: { at: string }) {
  const times = useTimes();
  return (
    <time dateTime={at} title={times.full(at)} style={{ whiteSpace: 'nowrap' }}>
      {times.short(at)}
    </time>
  );
}
