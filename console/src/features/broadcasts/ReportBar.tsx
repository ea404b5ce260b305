import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { wordFor } from '../../app/i18n';
import classes from './ReportBar.module.css';

const PARTS = ['sent', 'delivered', 'failed', 'unknown', 'excluded'] as const;

type Report = Broadcast['report'];

/** The figures of a report; the API leaves out what is zero. */
function figuresOf(report: Report): Record<'planned' | (typeof PARTS)[number], number> {
  const { planned = 0, sent = 0, delivered = 0, failed = 0, unknown = 0, excluded = {} } = report;
  const left = Object.values(excluded).reduce((sum, count) => sum + count, 0);
  return { planned, sent, delivered, failed, unknown, excluded: left };
}

/** The report in one line of figures. */
export function ReportLine({ report }: { report: Report }) {
  const { t } = useTranslation();
  return <span className={classes.line}>{t('report.line', figuresOf(report))}</span>;
}

/** The report as figures, with each exclusion by its reason. */
export function ReportTable({ report }: { report: Report }) {
  const { t } = useTranslation();
  const figures = figuresOf(report);
  const reasons = Object.entries(report.excluded ?? {});
  return (
    <>
      <dl className={classes.figures}>
        <div>
          <dt>{t('report.planned')}</dt>
          <dd>{figures.planned}</dd>
        </div>
        {PARTS.map((part) => (
          <div key={part} data-part={part}>
            <dt>{t(`report.${part}`)}</dt>
            <dd>
              {figures[part]}
              {figures[part] > 0 && (
                <span
                  className={classes.bar}
                  style={{ width: `${(100 * figures[part]) / Math.max(1, figures.planned)}%` }}
                  aria-hidden="true"
                />
              )}
            </dd>
          </div>
        ))}
      </dl>
      {reasons.length > 0 && (
        <div className={classes.reasons}>
          <h3>{t('report.reasons')}</h3>
          <ul>
            {reasons.map(([reason, count]) => (
              <li key={reason}>
                <span>{wordFor(t, 'reason', reason)}</span>
                <strong>{count}</strong>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
