import { Button, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useUnsaved } from '../../../app/unsaved';
import classes from './Composer.module.css';

interface Props {
  /** Asked at the moment somebody leaves. */
  unsaved: () => boolean;
  /** Keeps it as a draft; nothing while too little is there to be kept. */
  onSave: (() => Promise<unknown>) | null;
}

/** Asks before what was written is lost: by a link, a key, the browser's back, or the tab. */
export function LeaveGuard({ unsaved, onSave }: Props) {
  const { t } = useTranslation();
  useUnsaved(unsaved);
  const leaving = useBlocker({
    shouldBlockFn: unsaved,
    enableBeforeUnload: unsaved,
    withResolver: true,
  });
  const blocked = leaving.status === 'blocked';
  return (
    <Modal
      opened={blocked}
      onClose={() => leaving.reset?.()}
      title={t('leave.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={classes.text}>{t(onSave ? 'leave.means' : 'leave.tooLittle')}</p>
      <div className={classes.actions}>
        <Button variant="default" data-autofocus onClick={() => leaving.reset?.()}>
          {t('leave.stay')}
        </Button>
        <Button variant="default" onClick={() => leaving.proceed?.()}>
          {t('leave.discard')}
        </Button>
        {onSave && (
          <Button
            onClick={() => {
              void onSave().then(
                () => leaving.proceed?.(),
                // Refused: said at the form, which is still there.
                () => leaving.reset?.(),
              );
            }}
          >
            {t('composer.saveDraft')}
          </Button>
        )}
      </div>
    </Modal>
  );
}
