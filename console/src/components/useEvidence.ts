import { useTranslation } from 'react-i18next';
import type { MarkedStatus } from '../api/consent';
import { wordFor } from '../app/i18n';
import { useTimes } from './Time';

/** How, when, by whom and why a channel came to its status, a line each. */
export function useEvidence(status: MarkedStatus): string[] {
  const { t } = useTranslation();
  const times = useTimes();
  const { source, at, by, reason, scope, asked_at: asked } = status;
  const optedOut = status.status === 'soft_opt_out' || status.status === 'hard_opt_out';
  const lines: string[] = [];
  if (source) lines.push(t('mark.how', { how: wordFor(t, 'source', source) }));
  if (at) lines.push(t('mark.when', { when: times.full(at) }));
  if (by) lines.push(t('mark.who', { who: by }));
  if (reason) lines.push(t('mark.why', { why: reason }));
  if (optedOut && scope) lines.push(t('mark.scope', { scope: wordFor(t, 'scope', scope) }));
  if (asked) lines.push(t('mark.asked', { when: times.full(asked) }));
  return lines;
}
