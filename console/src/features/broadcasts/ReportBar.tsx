import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { useNumbers } from '../../app/numbers';
import { isAtRest } from './api';
import { Failures } from './Failures';
import { Reasons } from './Reasons';
import { figuresOf, PARTS, type Part } from './report';
import classes from './ReportBar.module.css';

/** What was excluded is explained by its reasons. */
const EXPLAINED = ['sent', 'delivered', 'failed', 'unknown', 'deferred'] as const;

/** The report in one line of figures. */
export function ReportLine({ broadcast: { report, channel } }: { broadcast: Broadcast }) {
  const { t } = useTranslation();
  const figures = figuresOf(report);
  const line = t(channel === 'voice' ? 'report.voice.line' : 'report.line', figures);
  const failed =
    figures.failed > 0 ? `, ${t('report.lineFailed', { failed: figures.failed })}` : '';
  return (
    <span className={classes.line}>
      {line}
      {failed}
    </span>
  );
}

/** What a part is called: a call is not delivered, it is answered. */
function partName(t: TFunction, part: Part, channel: Broadcast['channel']): string {
  const called = channel === 'voice' && (part === 'sent' || part === 'delivered');
  return called ? t(`report.voice.${part}`) : t(`report.${part}`);
}

const OF_CALLS = {
  sent: 'report.voice.meansSent',
  delivered: 'report.voice.meansDelivered',
  failed: 'report.voice.meansFailed',
  unknown: 'report.voice.meansUnknown',
  deferred: 'report.means.deferred',
} as const;

/** The report as figures that say what they mean, with each exclusion by its reason. */
export function ReportTable({ broadcast }: { broadcast: Broadcast }) {
  const { report, channel } = broadcast;
  const { t } = useTranslation();
  const figures = figuresOf(report);
  const number = useNumbers();
  // Once it is over nobody waits, so that figure says nothing.
  const shown = PARTS.filter(
    (part) => part !== 'deferred' || figures[part] > 0 || !isAtRest(broadcast),
  );
  const { opt_outs = 0, opt_out_rate = 0, to_come } = report;
  return (
    <>
      <dl className={classes.figures}>
        <div>
          <dt>{t('report.planned')}</dt>
          <dd>{number.plain(figures.planned)}</dd>
        </div>
        {shown.map((part) => (
          <div key={part} data-part={part}>
            <dt>{partName(t, part, channel)}</dt>
            <dd>
              {number.plain(figures[part])}
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
            <dd>{number.plain(to_come)}</dd>
          </div>
        )}
        <div>
          <dt>{t('report.optOuts')}</dt>
          <dd>
            {number.plain(opt_outs)}
            {figures.sent > 0 && (
              <span className={classes.rate}>{number.percent(opt_out_rate, 2)}</span>
            )}
          </dd>
        </div>
      </dl>
      <ul className={classes.meanings}>
        {EXPLAINED.filter((part) => figures[part] > 0).map((part) => (
          <li key={part}>
            <strong>{partName(t, part, channel)}</strong>:{' '}
            {t(channel === 'voice' ? OF_CALLS[part] : `report.means.${part}`)}
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
