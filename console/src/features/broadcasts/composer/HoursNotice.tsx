import { useTranslation } from 'react-i18next';
import { Notice } from '../../../components/Notice';
import type { DryRun } from './api';

/** Warns when it is no hour for messages where some recipients are, and says what becomes of them. */
export function HoursNotice({ run }: { run: DryRun }) {
  const { t } = useTranslation();
  const wait = run.waiting
    .filter(({ reason }) => reason === 'quiet_hours')
    .reduce((sum, { recipients }) => sum + recipients, 0);
  const dropped = run.excluded.quiet_hours ?? 0;
  if (wait + dropped === 0) return null;
  return (
    <Notice tone="warn" title={t('hours.title', { count: wait + dropped })}>
      {dropped > 0 ? t('hours.drop') : t('hours.defer')}
    </Notice>
  );
}
