import { Button, Checkbox, Modal, Radio, Stack, Textarea } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, OptOutKind } from '../../api/consent';
import { ApiError } from '../../api/problem';
import { announce } from '../../app/announce';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { Notice } from '../../components/Notice';
import { useOptOut } from './api';
import classes from './ContactPage.module.css';
import { contactName, type Named } from './name';

const CHANNELS = ['sms', 'voice'] as const satisfies Channel[];
const LONGEST_REASON = 300;

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
  const [channels, setChannels] = useState<Channel[]>(asked.channels);
  const [kind, setKind] = useState<OptOutKind>(asked.kind);
  const [understood, setUnderstood] = useState(false);
  const [reason, setReason] = useState('');
  const problem = optOut.error;
  const hard = kind === 'hard';

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    optOut.mutate(
      { contact_id: contact.id, channels, kind, reason: reason.trim() },
      {
        onSuccess: () => {
          const names = channels.map((one) => t(`channel.${one}`)).join(', ');
          const message = t(hard ? 'optOut.doneHard' : 'optOut.doneSoft', { channel: names });
          tellDone(t, message);
          announce(message);
          onClose();
        },
      },
    );
  };

  return (
    <form onSubmit={submit} className={classes.form}>
      {problem && (
        <Notice tone="bad" title={explain(t, problem).title}>
          {explain(t, problem).cause}
        </Notice>
      )}
      <Checkbox.Group
        label={t('optOut.channels')}
        value={channels}
        onChange={(value) => {
          setChannels(value);
        }}
        error={problem instanceof ApiError ? problem.field('channels') : undefined}
      >
        <Stack gap="xs" mt="xs">
          {CHANNELS.map((one) => (
            <Checkbox
              key={one}
              value={one}
              label={t(`channel.${one}`)}
              description={open.includes(one) ? undefined : t('optOut.already')}
              disabled={!open.includes(one)}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <Radio.Group
        label={t('optOut.whose')}
        value={kind}
        onChange={(value) => {
          setKind(value === 'hard' ? 'hard' : 'soft');
          setUnderstood(false);
        }}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="soft"
            label={t('optOut.soft')}
            description={t('optOut.softWhy')}
            data-autofocus={!hard || undefined}
          />
          <Radio
            value="hard"
            label={t('optOut.hard')}
            description={t('optOut.hardWhy')}
            data-autofocus={hard || undefined}
          />
        </Stack>
      </Radio.Group>
      <Textarea
        label={t('optOut.reason')}
        description={t(hard ? 'optOut.reasonHard' : 'optOut.reasonSoft')}
        value={reason}
        autosize
        minRows={2}
        maxLength={LONGEST_REASON}
        error={problem instanceof ApiError ? problem.field('reason') : undefined}
        onChange={(event) => {
          setReason(event.currentTarget.value);
        }}
      />
      {hard && (
        <div className={classes.confirm}>
          <Checkbox
            label={t('optOut.understood')}
            checked={understood}
            onChange={(event) => {
              setUnderstood(event.currentTarget.checked);
            }}
          />
        </div>
      )}
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          color={hard ? 'red.9' : undefined}
          loading={optOut.isPending}
          disabled={channels.length === 0 || (hard && !understood)}
        >
          {t('contact.optOut')}
        </Button>
      </div>
    </form>
  );
}
