import { Modal } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { LoadMore } from '../../components/LoadMore';
import { Failed, Loading } from '../../components/States';
import { useRefused } from './api';
import classes from './JobTray.module.css';

interface Props {
  jobId: string;
  opened: boolean;
  onClose: () => void;
}

/** Whom a job left as they were, each with the reason. */
export function RefusedDialog({ jobId, opened, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('jobs.refusedTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Refused jobId={jobId} />
    </Modal>
  );
}

function Refused({ jobId }: Pick<Props, 'jobId'>) {
  const { t } = useTranslation();
  const refused = useRefused(jobId);
  if (refused.isPending) return <Loading />;
  if (refused.error) return <Failed error={refused.error} retry={refused.retry} />;
  return (
    <>
      <ul className={classes.refused}>
        {refused.items.map(({ contact_id, message, by, group }) => (
          <li key={contact_id}>
            <Link to="/contacts/$contactId" params={{ contactId: contact_id }}>
              {t('jobs.profile')}
            </Link>{' '}
            {by && group ? t('move.movedBy', { by, group }) : message}
          </li>
        ))}
      </ul>
      <LoadMore pages={refused} />
    </>
  );
}
