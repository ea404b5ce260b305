import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConsentContact } from '../../api/consent';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { Notice } from '../../components/Notice';
import { readablePhone } from '../../components/Phone';
import { useNumberReassigned } from './api';
import classes from './ContactPage.module.css';

interface Props {
  contact: ConsentContact;
  opened: boolean;
  onClose: () => void;
  /** The dialog has gone: time to give the focus back. */
  onClosed: () => void;
}

/** The number belongs to somebody else now: what the person before agreed to does not count. */
export function ReassignDialog({ contact, opened, onClose, onClosed }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      returnFocus={false}
      onExitTransitionEnd={onClosed}
      title={t('reassign.title', { phone: readablePhone(contact.phone) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Question contact={contact} onClose={onClose} />
    </Modal>
  );
}

function Question({ contact, onClose }: Pick<Props, 'contact' | 'onClose'>) {
  const { t } = useTranslation();
  const reassigned = useNumberReassigned(contact.id);
  return (
    <div className={classes.form}>
      {reassigned.error && (
        <Notice tone="bad" title={explain(t, reassigned.error).title}>
          {explain(t, reassigned.error).cause}
        </Notice>
      )}
      <p className={classes.text}>{t('reassign.what')}</p>
      <p className={classes.text}>{t('reassign.stays')}</p>
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('common.cancel')}
        </Button>
        <Button
          color="red.9"
          loading={reassigned.isPending}
          onClick={() => {
            reassigned.mutate(undefined, {
              onSuccess: () => {
                tellDone(t, t('reassign.done'));
                onClose();
              },
            });
          }}
        >
          {t('reassign.confirm')}
        </Button>
      </div>
    </div>
  );
}
