import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../../../app/explain';
import { tellDone, tellFailed } from '../../../app/toast';
import { Notice } from '../../../components/Notice';
import { readablePhone } from '../../../components/Phone';
import { Failed, Loading } from '../../../components/States';
import classes from '../Steering.module.css';
import { useOwnPhone, useTestSend } from './api';
import { VerifyPhone } from './VerifyPhone';

interface Props {
  /** Keeps the broadcast as it stands, and names it. */
  prepare: () => Promise<string>;
  disabled?: boolean;
}

/** Sends the text to the signed-in person's own phone, which is verified first. */
export function TestSend({ prepare, disabled = false }: Props) {
  const { t } = useTranslation();
  const [id, setId] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    try {
      setId(await prepare());
    } catch (error) {
      tellFailed(t, error);
    } finally {
      setBusy(false);
    }
  };
  const close = () => {
    setId(null);
  };
  return (
    <>
      <Button variant="default" disabled={disabled} loading={busy} onClick={() => void start()}>
        {t('test.action')}
      </Button>
      <Modal
        opened={id !== null}
        onClose={close}
        title={t('test.title')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {id && <Steps id={id} onClose={close} />}
      </Modal>
    </>
  );
}

function Steps({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const phone = useOwnPhone();
  const send = useTestSend();
  const [another, setAnother] = useState(false);
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
      <p className={classes.text}>{t('test.means', { number })}</p>
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
            send.mutate(id, {
              onSuccess: () => {
                tellDone(t, t('test.sent', { number }));
                onClose();
              },
            });
          }}
        >
          {t('test.send')}
        </Button>
      </div>
    </div>
  );
}
