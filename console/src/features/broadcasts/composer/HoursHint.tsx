import { useTranslation } from 'react-i18next';
import { Notice } from '../../../components/Notice';
import { useAccess } from '../../../app/access';
import { wallWords } from '../whenWords';
import classes from './Composer.module.css';
import type { Form, Otherwise } from './form';
import { timesThere } from './hours';

interface Props {
  form: Form;
  quietHours: Otherwise;
}

const city = (zone: string) => zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone;

/** What time it will be where recipients are, and what becomes of those for whom it is too early. */
export function HoursHint({ form, quietHours }: Props) {
  const { t, i18n } = useTranslation();
  const { timeZone } = useAccess();
  const there = timesThere(form, timeZone);
  // No rule of hours is for what is no solicitation.
  const bound = quietHours !== 'exempt';
  const closed = bound && there.some(({ open }) => !open);
  return (
    <>
      {there.length > 1 && (
        <ul className={classes.zones} aria-label={t('hours.there')}>
          {there.map(({ zone, wall, open }) => (
            <li key={zone}>
              <span>{city(zone)}</span> {wallWords(i18n.language, wall)}
              {bound && !open && <em>{t('hours.quiet')}</em>}
            </li>
          ))}
        </ul>
      )}
      {closed && (
        <Notice tone="warn" title={t('hours.title')}>
          {t(quietHours === 'defer' ? 'hours.defer' : 'hours.drop')}
        </Notice>
      )}
    </>
  );
}
