import { Button, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUnsaved } from '../../../app/unsaved';
import classes from './Composer.module.css';

interface Props {
  /** Asked at the moment somebody leaves. */
  unsaved: () => boolean;
  /** Keeps it as a draft; nothing while too little is there to be kept. */
  onSave: (() => Promise<unknown>) | null;
}

/**
 * Asks before what was written is lost: by a link, a key, the browser's back, the tab, or another
 * account.
 */
export function LeaveGuard({ unsaved, onSave }: Props) {
  const { t } = useTranslation();
  const [elsewhere, setElsewhere] = useState<(() => void) | null>(null);
  useUnsaved({
    unsaved,
    ask: (go) => {
      setElsewhere(() => go);
    },
  });
  const leaving = useBlocker({
    shouldBlockFn: unsaved,
    enableBeforeUnload: unsaved,
    withResolver: true,
  });
  const asked = leaving.status === 'blocked' || elsewhere !== null;
  const stay = () => {
    setElsewhere(null);
    leaving.reset?.();
  };
  const go = () => {
    setElsewhere(null);
    if (elsewhere) elsewhere();
    else leaving.proceed?.();
  };
  return (
    <Modal
      opened={asked}
      onClose={stay}
      title={t('leave.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={classes.text}>{t(onSave ? 'leave.means' : 'leave.tooLittle')}</p>
      <div className={classes.actions}>
        <Button variant="default" data-autofocus onClick={stay}>
          {t('leave.stay')}
        </Button>
        <Button variant="default" onClick={go}>
          {t('leave.discard')}
        </Button>
        {onSave && (
          <Button
            onClick={() => {
              // Refused: said at the form, which is still there.
              void onSave().then(go, stay);
            }}
          >
            {t('composer.saveDraft')}
          </Button>
        )}
      </div>
    </Modal>
  );
}
