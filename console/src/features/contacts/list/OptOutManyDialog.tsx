import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStartJob, type NewJob } from '../../jobs/api';
import { OptOutForm } from '../OptOutForm';

interface Props {
  count: number;
  /** Whom: named one by one, or all that match. */
  whom: Pick<NewJob, 'contact_ids' | 'filter'>;
  opened: boolean;
  onClose: () => void;
  onBegun: () => void;
}

/** Opts many contacts out by a job of the server; those who asked for it themselves, for good. */
export function OptOutManyDialog({ count, whom, opened, onClose, onBegun }: Props) {
  const { t } = useTranslation();
  const start = useStartJob();
  return (
    <Modal
      opened={opened && count > 0}
      onClose={onClose}
      title={t('bulk.optOutTitle', { count })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <OptOutForm
        many
        asked={{ kind: 'soft', channels: ['sms', 'voice'] }}
        open={['sms', 'voice']}
        error={start.error}
        pending={start.isPending}
        onClose={onClose}
        onSubmit={({ channels, kind, reason }) => {
          const terms = { channels, kind, reason };
          start.mutate(
            { action: 'opt_out', ...whom, opt_out: terms },
            {
              onSuccess: () => {
                onClose();
                onBegun();
              },
            },
          );
        }}
      />
    </Modal>
  );
}
