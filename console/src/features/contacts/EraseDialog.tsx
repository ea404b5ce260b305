import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsentContact } from '../../api/consent';
import { ApiError } from '../../api/problem';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { Notice } from '../../components/Notice';
import { useErase } from './api';
import classes from './ContactPage.module.css';
import { contactName } from './name';

const DIGITS = 4;

interface Props {
  contact: ConsentContact;
  opened: boolean;
  onClose: () => void;
  /** The dialog has gone: time to give the focus back. */
  onClosed: () => void;
}

/** Forgets a person for good: what goes, what stays, and the last digits typed as a seal. */
export function EraseDialog({ contact, opened, onClose, onClosed }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      returnFocus={false}
      onExitTransitionEnd={onClosed}
      title={t('erase.title', { name: contactName(contact) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Form contact={contact} onClose={onClose} />
    </Modal>
  );
}

function Form({ contact, onClose }: Pick<Props, 'contact' | 'onClose'>) {
  const { t } = useTranslation();
  const erase = useErase(contact.id);
  const [typed, setTyped] = useState('');
  const problem = erase.error;
  const field = problem instanceof ApiError ? problem.field('confirm') : undefined;

  // Awaited rather than told by a callback: this dialog is gone with the contact it is about.
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await erase.mutateAsync(typed);
      tellDone(t, t('erase.done'));
      onClose();
    } catch {
      // Shown in the dialog.
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} className={classes.form}>
      {problem && !field && (
        <Notice tone="bad" title={explain(t, problem).title}>
          {explain(t, problem).cause}
        </Notice>
      )}
      <div className={classes.text}>
        <strong>{t('erase.goes')}</strong>
        <ul className={classes.plain}>
          <li>{t('erase.goesProfile')}</li>
          <li>{t('erase.goesMessages')}</li>
          <li>{t('erase.goesEvidence')}</li>
        </ul>
      </div>
      <div className={classes.text}>
        <strong>{t('erase.stays')}</strong>
        <ul className={classes.plain}>
          <li>{t('erase.staysOptOut')}</li>
          <li>{t('erase.staysChain')}</li>
        </ul>
      </div>
      <TextInput
        data-autofocus
        label={t('erase.type')}
        description={t('erase.noWayBack')}
        value={typed}
        inputMode="numeric"
        autoComplete="off"
        maxLength={DIGITS}
        error={field}
        onChange={(event) => {
          setTyped(event.currentTarget.value.trim());
          erase.reset();
        }}
      />
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          color="red.9"
          loading={erase.isPending}
          disabled={typed !== contact.phone.slice(-DIGITS)}
        >
          {t('erase.confirm')}
        </Button>
      </div>
    </form>
  );
}
