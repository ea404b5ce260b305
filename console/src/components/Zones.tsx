import { useTranslation } from 'react-i18next';
import { useAccess } from '../app/access';
import { useTimes } from './Time';
import classes from './Zones.module.css';

function clock(at: Date, timeZone: string, language: string): string {
  return new Intl.DateTimeFormat(language, {
    timeZone,
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at);
}

/** A moment as the account's clock shows it, and beside it as the contact's own does. */
export function TimeThere({ at, zones }: { at: string; zones: readonly string[] }) {
  const { t, i18n } = useTranslation();
  const { timeZone } = useAccess();
  const times = useTimes();
  const moment = new Date(at);
  const here = clock(moment, timeZone, i18n.language);
  const there = [...new Set(zones.map((zone) => clock(moment, zone, i18n.language)))];
  const several = there.length > 1;
  return (
    <span className={classes.both}>
      <time dateTime={at} title={times.full(at)}>
        {times.short(at)}
      </time>
      {there.length > 0 && (there.length > 1 || there[0] !== here) ? (
        <span className={classes.there} title={there.join(', ')}>
          {t(several ? 'zone.several' : 'zone.there', { time: there[0] })}
        </span>
      ) : (
        <span className={classes.there}>{t('zone.same', { zone: times.zone })}</span>
      )}
    </span>
  );
}
