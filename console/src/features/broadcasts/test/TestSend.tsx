import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../../../app/explain';
import { tellDone } from '../../../app/toast';
import { Notice } from '../../../components/Notice';
import { readablePhone } from '../../../components/Phone';
import { Failed, Loading } from '../../../components/States';
import { ContactPicker } from '../../contacts/ContactPicker';
import classes from '../Steering.module.css';
import { useOwnPhone, useTestSend, type Tested } from './api';
import { VerifyPhone } from './VerifyPhone';

interface Props {
  /** Which broadcast, or what is being written; nothing while no test is wanted. */
  broadcast: Tested | null;
  onClose: () => void;
}

/** Sends the text to the signed-in person's own phone, which is verified first. */
export function TestSend({ broadcast, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={broadcast !== null}
      onClose={onClose}
      title={t('test.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {broadcast && <Steps broadcast={broadcast} onClose={onClose} />}
    </Modal>
  );
}

function Steps({ broadcast, onClose }: { broadcast: Tested; onClose: () => void }) {
  const { t } = useTranslation();
  const phone = useOwnPhone();
  const send = useTestSend();
  const [another, setAnother] = useState(false);
  const [contact, setContact] = useState<string | null>(null);
  if (phone.isPending) return <Loading rows={2} />;
  if (phone.error) return <Failed error={phone.error} retry={() => void phone.refetch()} />;
  if (!phone.data.verified || another) {
    return (
      <VerifyPhone
        claimed={another ? '' : phone.data.phone}
        onVerified={() => {
          setAnother(false);
        }}
        onClose={onClose}
      />
    );
  }
  const number = readablePhone(phone.data.phone);
  return (
    <div className={classes.form}>
      {send.error && (
        <Notice tone="bad" title={explain(t, send.error).title}>
          {explain(t, send.error).cause}
        </Notice>
      )}
      <p className={classes.text}>
        {t(broadcast.channel === 'voice' ? 'test.rings' : 'test.means', { number })}
      </p>
      <ContactPicker
        label={t('test.as')}
        placeholder={t('composer.previewAnybody')}
        clearLabel={t('composer.previewClear')}
        value={contact}
        onChange={setContact}
      />
      <div className={classes.actions}>
        <Button
          variant="default"
          onClick={() => {
            setAnother(true);
          }}
        >
          {t('test.another')}
        </Button>
        <Button
          data-autofocus
          loading={send.isPending}
          onClick={() => {
            send.mutate(
              { broadcast, contact },
              {
                onSuccess: () => {
                  tellDone(t, t('test.sent', { number }));
                  onClose();
                },
              },
            );
          }}
        >
          {t('test.send')}
        </Button>
      </div>
    </div>
  );
}
