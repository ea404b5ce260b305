import { Button, Modal } from '@mantine/core';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from '../../app/announce';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { Notice } from '../../components/Notice';
import { readablePhone } from '../../components/Phone';
import { useRemoveOptOut } from './api';
import type { OptOut } from './routes';
import formClasses from '../../components/Form.module.css';

interface Props {
  /** What is to go; null keeps the dialog shut. */
  optOut: OptOut | null;
  onClose: () => void;
  onRemoved: () => void;
}

interface DialogProps extends Props {
  /** The dialog has gone, and with it the line that it asked about. */
  onGone: () => void;
}

/** Asks once, then takes an opt-out off the list and says what came back with it. */
export function RemoveDialog({ optOut, onClose, onRemoved, onGone }: DialogProps) {
  const { t } = useTranslation();
  const removed = useRef(false);
  return (
    <Modal
      opened={optOut !== null}
      onClose={onClose}
      // Not before: on its way out the dialog gives the focus back to the line's own button.
      onExitTransitionEnd={() => {
        if (removed.current) onGone();
        removed.current = false;
      }}
      title={t('optOuts.removeTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {optOut && (
        <Question
          optOut={optOut}
          onClose={onClose}
          onRemoved={() => {
            removed.current = true;
            onRemoved();
          }}
        />
      )}
    </Modal>
  );
}

function Question({ optOut, onClose, onRemoved }: Props & { optOut: OptOut }) {
  const { t } = useTranslation();
  const remove = useRemoveOptOut();
  const named = {
    phone: optOut.phone ? readablePhone(optOut.phone) : t('optOuts.erased'),
    channel: t(`channel.${optOut.channel}`),
  };
  const confirm = () => {
    remove.mutate(optOut.id, {
      onSuccess: ({ restored }) => {
        const groups = restored.map(({ name }) => name).join(', ');
        const message = groups
          ? t('optOuts.removedAndRestored', { ...named, groups })
          : t('optOuts.removed', named);
        tellDone(t, message);
        announce(message);
        onRemoved();
      },
    });
  };
  return (
    <div className={formClasses.form}>
      {remove.error && (
        <Notice tone="bad" title={explain(t, remove.error).title}>
          {explain(t, remove.error).cause}
        </Notice>
      )}
      <p className={formClasses.text}>
        {t('optOuts.removeText', { ...named, sender: readablePhone(optOut.sender_address) })}
      </p>
      {optOut.reason && (
        <p className={formClasses.text}>{t('optOuts.removeReason', { reason: optOut.reason })}</p>
      )}
      <div className={formClasses.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button data-autofocus loading={remove.isPending} onClick={confirm}>
          {t('optOuts.removeConfirm')}
        </Button>
      </div>
    </div>
  );
}
