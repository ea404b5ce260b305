import { Button, Checkbox, Radio, Stack, Textarea } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, OptOutKind } from '../../api/consent';
import { ApiError } from '../../api/problem';
import { explain } from '../../app/explain';
import { Notice } from '../../components/Notice';
import classes from './ContactPage.module.css';

const CHANNELS = ['sms', 'voice'] as const satisfies Channel[];
const LONGEST_REASON = 300;

export interface Terms {
  channels: Channel[];
  kind: OptOutKind;
  reason: string;
}

interface Props {
  /** How the form starts. */
  asked: { kind: OptOutKind; channels: Channel[] };
  /** The channels that can still be opted out of. */
  open: Channel[];
  /** It is about several contacts. */
  many?: boolean;
  error: Error | null;
  pending: boolean;
  onClose: () => void;
  onSubmit: (terms: Terms) => void;
}

/** Whose decision it is, of which channels, and why; what has no undo takes a tick first. */
export function OptOutForm(props: Props) {
  const { asked, open, many = false, error: problem, pending, onClose, onSubmit } = props;
  const { t } = useTranslation();
  const [channels, setChannels] = useState<Channel[]>(asked.channels);
  const [kind, setKind] = useState<OptOutKind>(asked.kind);
  const [understood, setUnderstood] = useState(false);
  const [reason, setReason] = useState('');
  const hard = kind === 'hard';

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit({ channels, kind, reason: reason.trim() });
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
            label={t(many ? 'optOut.hardMany' : 'optOut.hard')}
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
            label={t(many ? 'optOut.understoodMany' : 'optOut.understood')}
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
          loading={pending}
          disabled={channels.length === 0 || (hard && !understood)}
        >
          {t('contact.optOut')}
        </Button>
      </div>
    </form>
  );
}
