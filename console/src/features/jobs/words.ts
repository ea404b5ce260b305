import { useTranslation } from 'react-i18next';
import { useLabels } from '../labels/api';
import type { Job } from './api';

/** What a job does or did, in a sentence. */
export function useJobWords(): (job: Job) => string {
  const { t } = useTranslation();
  const labels = useLabels();
  return (job) => {
    const { action, state } = job;
    const ended = state === 'finished' || state === 'cancelled';
    const count = ended ? job.done : job.expected;
    const values = {
      count,
      plus: !ended && job.expected_capped ? '+' : '',
      group: job.group_name,
      label: labels.data?.items.find(({ id }) => id === job.label_id)?.name ?? '',
    };
    if (state === 'cancelled' && job.done === 0) return t('jobs.cancelled');
    const words = ended ? t(`jobs.did.${action}`, values) : t(`jobs.doing.${action}`, values);
    return state === 'cancelled' ? `${t('jobs.stopped')} ${words}` : words;
  };
}
