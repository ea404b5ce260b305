import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { useAccess } from '../../app/access';
import { hasWordFor, wordFor } from '../../app/i18n';
import { useNumbers } from '../../app/numbers';
import { Notice } from '../../components/Notice';
import { causeOf } from './causes';
import { GUARDS, guardTitle } from './guard';
import { figuresOf } from './report';

/** Why it stands still, and what to do about it. */
export function Halted({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation();
  const { state, reason, reason_code: code, guard } = broadcast;
  if (state === 'failed') {
    return (
      <Notice tone="bad" title={t('broadcasts.couldNotStart')}>
        {hasWordFor('because', code) ? wordFor(t, 'because', code) : reason}{' '}
        {t('broadcasts.couldNotStartNext')}
      </Notice>
    );
  }
  if (state !== 'paused') return null;
  if (guard) return <PausedItself broadcast={broadcast} />;
  // A person's pause is kept as "by" and the name.
  const by = reason.replace(/^by /, '');
  return (
    <Notice tone="warn" title={t('broadcasts.pausedBy', { by })}>
      {t('broadcasts.pausedMeans')}
    </Notice>
  );
}

/** A threshold was passed: which, by how much, and what a person should look at. */
function PausedItself({ broadcast: { guard: code, reason, report } }: { broadcast: Broadcast }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const number = useNumbers();
  const { sent, failed } = figuresOf(report);
  const most = report.failures?.[0];
  const guard = GUARDS.find((one) => one === code);
  const [part, whole] =
    guard === 'many_opt_outs' ? [report.opt_outs ?? 0, sent] : [failed, sent + failed];
  const figures = {
    part: number.plain(part),
    whole: number.plain(whole),
    share: number.percent(whole > 0 ? part / whole : 0),
  };
  if (!guard) {
    return (
      <Notice tone="warn" title={t('broadcasts.pausedItself')}>
        {reason}
      </Notice>
    );
  }
  return (
    <Notice tone="warn" title={guardTitle(t, guard)}>
      <p>{t(`guard.${guard}.why`, figures)}</p>
      {guard === 'many_failures' && most && (
        <p>
          {t('guard.most', { count: most.count, part: number.plain(most.count) })}{' '}
          {causeOf(t, most.code)?.message ?? most.message}
        </p>
      )}
      <p>
        {t(`guard.${guard}.next`)}{' '}
        {guard === 'many_failures' && <a href="#failures">{t('guard.causes')}</a>}
        {guard === 'many_opt_outs' && can('opt_outs.view') && (
          <Link to="/opt-outs">{t('guard.optOuts')}</Link>
        )}
      </p>
      {can('broadcasts.send') && <p>{t('guard.resume')}</p>}
    </Notice>
  );
}
