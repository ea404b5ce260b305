import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { figuresOf } from './report';
import classes from './Steering.module.css';

interface Props {
  broadcast: Broadcast;
  opened: boolean;
  onClose: () => void;
  onConfirm: () => void;
}

/** Asks before a broadcast that has begun is cancelled: nothing takes that back. */
export function CancelDialog({ broadcast, opened, onClose, onConfirm }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('broadcasts.cancelTitle', { name: broadcast.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={classes.text}>
        {t('broadcasts.cancelMeans', { count: figuresOf(broadcast.report).sent })}
      </p>
      <div className={classes.actions}>
        <Button variant="default" data-autofocus onClick={onClose}>
          {t('broadcasts.keep')}
        </Button>
        <Button color="red.9" onClick={onConfirm}>
          {t('broadcasts.cancelConfirm')}
        </Button>
      </div>
    </Modal>
  );
}
