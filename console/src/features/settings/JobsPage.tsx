import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { DataTable } from '../../components/DataTable';
import { LoadMore } from '../../components/LoadMore';
import { Section } from '../../components/Page';
import { Pill, type Tone } from '../../components/Pill';
import { Empty, Failed, Loading } from '../../components/States';
import tableClasses from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { Exports } from '../exports/Exports';
import { useJobs, type Job } from '../jobs/api';
import { useJobWords } from '../jobs/words';
import { SettingsPage } from './SettingsPage';

const TONES: Record<Job['state'], Tone> = {
  proposed: 'mute',
  waiting: 'warn',
  running: 'info',
  finished: 'ok',
  cancelled: 'mute',
};

/** What ran in the background: changes to many contacts, and exports. */
export function JobsPage() {
  const { t } = useTranslation();
  const jobs = useJobs();
  const words = useJobWords();
  const none = !jobs.isPending && !jobs.error && jobs.items.length === 0;
  return (
    <SettingsPage title={t('settings.jobs')} lead={t('jobs.lead')}>
      <Exports />
      <Section title={t('jobs.all')} flush>
        {jobs.isPending && <Loading />}
        {jobs.error && <Failed error={jobs.error} retry={jobs.retry} />}
        {none && (
          <Empty icon="queue" title={t('jobs.none')}>
            {t('jobs.noneWhy')}
          </Empty>
        )}
        {jobs.items.length > 0 && (
          <DataTable
            label={t('jobs.all')}
            heads={[
              t('jobs.what'),
              t('optOutImport.state'),
              t('optOutImport.when'),
              t('optOutImport.by'),
              { label: t('jobs.refused'), number: true },
            ]}
          >
            <tbody>
              {jobs.items
                .filter(({ state }) => state !== 'proposed')
                .map((job) => (
                  <tr key={job.id}>
                    <td>{words(job)}</td>
                    <td>
                      <Pill tone={TONES[job.state]}>{wordFor(t, 'jobState', job.state)}</Pill>
                    </td>
                    <td data-label={t('optOutImport.when')}>
                      <Time at={job.created_at} />
                    </td>
                    <td data-label={t('optOutImport.by')}>{job.created_by}</td>
                    <td className={tableClasses.number} data-label={t('jobs.refused')}>
                      {t('optOutImport.number', { value: job.refused })}
                    </td>
                  </tr>
                ))}
            </tbody>
          </DataTable>
        )}
        <LoadMore pages={jobs} />
      </Section>
    </SettingsPage>
  );
}
