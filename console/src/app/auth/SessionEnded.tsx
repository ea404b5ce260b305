import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from './session';

/** Over the page, when the session is over: nothing works until the person signs in again. */
export function SessionEnded({ session }: { session: Session }) {
  const { t } = useTranslation();
  const [going, setGoing] = useState(false);
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('ended.title')}
    >
      <p style={{ marginTop: 0 }}>{t('ended.cause')}</p>
      <Button
        data-autofocus
        loading={going}
        onClick={() => {
          setGoing(true);
          session.signIn().catch(() => {
            setGoing(false);
          });
        }}
      >
        {t('ended.action')}
      </Button>
    </Modal>
  );
}
