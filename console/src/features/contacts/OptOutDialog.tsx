import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Channel, OptOutKind } from '../../api/consent';
import { announce } from '../../app/announce';
import { tellDone } from '../../app/toast';
import { useOptOut } from './api';
import { contactName, type Named } from './name';
import { OptOutForm, type Terms } from './OptOutForm';

interface Props {
  contact: Named & { id: string };
  /** How the dialog starts; null keeps it shut. */
  asked: { kind: OptOutKind; channels: Channel[] } | null;
  /** The channels that can still be opted out of. */
  open: Channel[];
  onClose: () => void;
}

/** Opts a contact out: whose decision it is, of which channels, and why. */
export function OptOutDialog({ contact, asked, open, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={asked !== null}
      onClose={onClose}
      title={t('optOut.title', { name: contactName(contact) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {asked && <Form contact={contact} asked={asked} open={open} onClose={onClose} />}
    </Modal>
  );
}

function Form({ contact, asked, open, onClose }: Props & { asked: NonNullable<Props['asked']> }) {
  const { t } = useTranslation();
  const optOut = useOptOut();
  const submit = ({ channels, kind, reason }: Terms) => {
    optOut.mutate(
      { contact_id: contact.id, channels, kind, reason },
      {
        onSuccess: () => {
          const names = channels.map((one) => t(`channel.${one}`)).join(', ');
          const message = t(kind === 'hard' ? 'optOut.doneHard' : 'optOut.doneSoft', {
            channel: names,
          });
          tellDone(t, message);
          announce(message);
          onClose();
        },
      },
    );
  };
  return (
    <OptOutForm
      asked={asked}
      open={open}
      error={optOut.error}
      pending={optOut.isPending}
      onClose={onClose}
      onSubmit={submit}
    />
  );
}
