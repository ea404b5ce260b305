import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { Failed } from '../../components/States';
import { useOptOutImport } from './imports';
import { ImportPill } from '../imports/ImportPill';
import { JobProgress } from '../imports/JobProgress';
import formClasses from '../../components/Form.module.css';

interface Props {
  importId: string;
  group: string;
  onClose: () => void;
}

/** The opt-out of a whole group runs in the background; those who see imports see how far it is. */
export function GroupJob({ importId, group, onClose }: Props) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const maySee = can('opt_outs.edit');
  const query = useOptOutImport(maySee ? importId : null);
  const job = query.data;
  return (
    <div className={formClasses.form}>
      <p className={formClasses.text} role="status">
        {t('optOuts.groupJob', { group })}
      </p>
      {job && (
        <>
          <div>
            <ImportPill state={job.state} />
          </div>
          <JobProgress
            label={t('optOutImport.progress')}
            done={job.done}
            total={job.total}
            ended={job.state === 'finished'}
          />
        </>
      )}
      {query.error && !job && <Failed error={query.error} retry={() => void query.refetch()} />}
      <div className={formClasses.actions}>
        {maySee && (
          <Link to="/opt-outs/imports/$importId" params={{ importId }} className={formClasses.link}>
            {t('optOutImport.open')}
          </Link>
        )}
        <Button onClick={onClose}>{t('common.close')}</Button>
      </div>
    </div>
  );
}
