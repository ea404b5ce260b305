import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { useNumbers } from '../../app/numbers';
import { causeOf } from './causes';
import type { Report } from './report';
import classes from './ReportBar.module.css';

/** What failed, by the code that says why: its cause, what to do, and how many; most first. */
export function Failures({ failures }: { failures: NonNullable<Report['failures']> }) {
  const { t } = useTranslation();
  const number = useNumbers();
  if (failures.length === 0) return null;
  return (
    <div className={classes.reasons} id="failures">
      <h3>{t('report.failures')}</h3>
      <ul className={classes.reasonList} aria-label={t('report.failures')}>
        {failures.map(({ code, kind, count, message, next_step }) => {
          const { message: why, next } = causeOf(t, code) ?? { message, next: next_step };
          return (
            <li key={code}>
              <span>
                {kind && wordFor(t, 'failure', kind)}{' '}
                {/^\d+$/.test(code) && <code title={t('report.code')}>{code}</code>}
                <small>
                  {why} {next}
                </small>
              </span>
              <strong>{number.plain(count)}</strong>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
