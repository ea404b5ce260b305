import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../../api/types';
import { wordFor } from '../../../app/i18n';
import { useNumbers } from '../../../app/numbers';
import { useTimes } from '../../../components/Time';
import { CostLine } from '../CostLine';
import { Reasons } from '../Reasons';
import type { DryRun } from './api';
import classes from './Composer.module.css';
import { together, type Wait } from './waits';

/** The waits of most people stand there; the rest are a few each, and only for who asks. */
const MOST_WAITS = 3;

const people = (waits: readonly Wait[]) => waits.reduce((sum, one) => sum + one.recipients, 0);

interface Props {
  run: DryRun;
  channel: Broadcast['channel'];
}

/** Total minus each reason is who it goes to: at once, or later and why; and what that comes to. */
export function RunSum({ run, channel }: Props) {
  const { t } = useTranslation();
  const times = useTimes();
  const number = useNumbers();
  const { total, to_be_sent, at_once, waiting, excluded, messages, cost, ends_at, complete } = run;
  const waits = together(waiting);
  const cut = waits.length > MOST_WAITS + 1 ? MOST_WAITS : waits.length;
  const [shown, more] = [waits.slice(0, cut), waits.slice(cut)];
  return (
    <section aria-label={t('review.recipients')} className={classes.sum}>
      <p className={classes.sumLine}>
        <span>{t('review.total')}</span>
        <strong>{number.plain(total)}</strong>
      </p>
      <Reasons excluded={excluded} channel={channel} minus />
      <p className={classes.sumTotal} role="status">
        <span>{t(complete ? 'review.toBeSent' : 'review.counting')}</span>
        <strong>{number.plain(to_be_sent)}</strong>
      </p>
      {waits.length > 0 && (
        <ul className={classes.parts} aria-label={t('review.whenThey')}>
          {at_once > 0 && (
            <li>
              <span>{t('review.atOnce')}</span>
              <span>{number.plain(at_once)}</span>
            </li>
          )}
          {shown.map((wait) => (
            <WaitLine key={`${wait.reason} ${wait.local}`} wait={wait} />
          ))}
        </ul>
      )}
      {more.length > 0 && (
        <details className={classes.more}>
          <summary>{t('review.moreWaits', { count: people(more) })}</summary>
          <ul className={classes.parts}>
            {more.map((wait) => (
              <WaitLine key={`${wait.reason} ${wait.local}`} wait={wait} />
            ))}
          </ul>
        </details>
      )}
      {to_be_sent > 0 && (
        <p className={classes.hint}>
          {t(channel === 'sms' ? 'review.texts' : 'review.calls', { count: messages })}
          {complete && ends_at && ` ${t('review.ends', { time: times.short(ends_at) })}`}
          {complete && !ends_at && ` ${t('review.endsNever')}`}
        </p>
      )}
      {to_be_sent > 0 && cost && <CostLine cost={cost} of="estimate" />}
    </section>
  );
}

function WaitLine({ wait }: { wait: Wait }) {
  const { t, i18n } = useTranslation();
  const times = useTimes();
  const number = useNumbers();
  const { reason, local, recipients, first, last } = wait;
  const clock = local && clockWords(i18n.language, local);
  return (
    <li>
      <span>
        {clock ? t('review.waitUntil', { time: clock }) : t('review.wait')}
        <small>
          {wordFor(t, 'hold', reason)}
          {first && first === last && ` · ${times.short(first)}`}
          {first &&
            last &&
            first !== last &&
            ` · ${t('review.between', { first: times.short(first), last: times.short(last) })}`}
        </small>
      </span>
      <span>{number.plain(recipients)}</span>
    </li>
  );
}

/** `08:00` as people there write it. */
function clockWords(language: string, local: string): string {
  const at = Date.parse(`2026-01-05T${local}:00Z`);
  return new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: 'UTC' }).format(at);
}
