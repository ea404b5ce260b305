import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { Failures } from './Failures';
import { Reasons } from './Reasons';
import { figuresOf, PARTS, type Report } from './report';
import classes from './ReportBar.module.css';

/** What was excluded is explained by its reasons. */
const EXPLAINED = ['sent', 'delivered', 'failed', 'unknown', 'deferred'] as const;

/** The report in one line of figures. */
export function ReportLine({ report }: { report: Report }) {
  const { t } = useTranslation();
  return <span className={classes.line}>{t('report.line', figuresOf(report))}</span>;
}

/** The report as figures that say what they mean, with each exclusion by its reason. */
export function ReportTable({ broadcast: { report, channel } }: { broadcast: Broadcast }) {
  const { t, i18n } = useTranslation();
  const figures = figuresOf(report);
  const number = new Intl.NumberFormat(i18n.language);
  const rate = new Intl.NumberFormat(i18n.language, {
    style: 'percent',
    maximumFractionDigits: 2,
  });
  const { opt_outs = 0, opt_out_rate = 0, to_come } = report;
  return (
    <>
      <dl className={classes.figures}>
        <div>
          <dt>{t('report.planned')}</dt>
          <dd>{number.format(figures.planned)}</dd>
        </div>
        {PARTS.map((part) => (
          <div key={part} data-part={part}>
            <dt>{t(`report.${part}`)}</dt>
            <dd>
              {number.format(figures[part])}
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
        {to_come > 0 && (
          <div>
            <dt>{t('report.toCome')}</dt>
            <dd>{number.format(to_come)}</dd>
          </div>
        )}
        <div>
          <dt>{t('report.optOuts')}</dt>
          <dd>
            {number.format(opt_outs)}
            {figures.sent > 0 && <span className={classes.rate}>{rate.format(opt_out_rate)}</span>}
          </dd>
        </div>
      </dl>
      <ul className={classes.meanings}>
        {EXPLAINED.filter((part) => figures[part] > 0).map((part) => (
          <li key={part}>
            <strong>{t(`report.${part}`)}</strong>: {t(`report.means.${part}`)}
          </li>
        ))}
      </ul>
      {figures.excluded > 0 && (
        <div className={classes.reasons}>
          <h3>{t('report.reasons')}</h3>
          <Reasons excluded={report.excluded ?? {}} channel={channel} />
        </div>
      )}
      <Failures failures={report.failures ?? []} />
    </>
  );
}
