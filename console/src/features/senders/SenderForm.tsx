import { Button, Radio, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { SenderChange } from '../../api/consent';
import { ApiError } from '../../api/problem';
import type { Sender } from '../../api/types';
import { announce } from '../../app/announce';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { Notice } from '../../components/Notice';
import { readablePhone } from '../../components/Phone';
import { useChangeSender } from './api';
import { PriceInput } from './PriceInput';
import classes from './Senders.module.css';

const FIELDS = [
  'program_name',
  'stop_text',
  'start_text',
  'help_text',
  'support_contact',
  'keyword_replies',
  'registered',
  'segment_price_micros',
  'minute_price_micros',
] as const satisfies (keyof SenderChange)[];
const TEXTS = [
  { field: 'stop_text', label: 'senders.stop', why: 'senders.stopWhy' },
  { field: 'start_text', label: 'senders.start', why: 'senders.startWhy' },
  { field: 'help_text', label: 'senders.help', why: 'senders.helpWhy' },
] as const;
const PRICES = [
  { field: 'segment_price_micros', label: 'senders.segmentPrice' },
  { field: 'minute_price_micros', label: 'senders.minutePrice' },
] as const;
const REPLIES = ['product', 'provider'] as const;

/** The settings that differ from the stored ones: only these are sent. */
function changes(sender: Sender, draft: SenderChange): SenderChange {
  const differing = FIELDS.filter(
    (field) => draft[field] !== undefined && draft[field] !== sender[field],
  );
  return Object.fromEntries(differing.map((field) => [field, draft[field]]));
}

/** What the sender says by itself. What the API refuses is told at its field. */
export function SenderForm({ sender }: { sender: Sender }) {
  const { t } = useTranslation();
  const change = useChangeSender(sender.id);
  const [draft, setDraft] = useState<SenderChange>({});
  const shown = { ...sender, ...draft };
  const changed = changes(sender, draft);
  const dirty = Object.keys(changed).length > 0;
  const problem = change.error instanceof ApiError ? change.error : null;
  const elsewhere = change.error && !FIELDS.some((field) => problem?.field(field));

  const set = (more: SenderChange) => {
    setDraft({ ...draft, ...more });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!dirty) return;
    change.mutate(changed, {
      onSuccess: () => {
        setDraft({});
        const message = t('senders.saved', { sender: readablePhone(sender.address) });
        tellDone(t, message);
        announce(message);
      },
      onError: () => {
        announce(t('senders.notSaved'));
      },
    });
  };

  return (
    <form onSubmit={submit} className={classes.form}>
      {elsewhere && (
        <Notice tone="bad" title={explain(t, change.error).title}>
          {explain(t, change.error).cause}
        </Notice>
      )}
      <TextInput
        label={t('senders.program')}
        description={t('senders.programWhy')}
        value={shown.program_name ?? ''}
        required
        maxLength={60}
        error={problem?.field('program_name')}
        onChange={(event) => {
          set({ program_name: event.currentTarget.value });
        }}
      />
      {TEXTS.map(({ field, label, why }) => (
        <Textarea
          key={field}
          label={t(label)}
          description={t(why)}
          value={shown[field] ?? ''}
          required
          autosize
          minRows={2}
          error={problem?.field(field)}
          onChange={(event) => {
            set({ [field]: event.currentTarget.value });
          }}
        />
      ))}
      <TextInput
        label={t('senders.support')}
        description={t('senders.supportWhy')}
        value={shown.support_contact ?? ''}
        error={problem?.field('support_contact')}
        onChange={(event) => {
          set({ support_contact: event.currentTarget.value });
        }}
      />
      <div className={classes.prices}>
        {PRICES.map(({ field, label }) => (
          <PriceInput
            key={field}
            label={t(label)}
            description={t('senders.priceWhy')}
            value={shown[field]}
            error={problem?.field(field)}
            onChange={(micros) => {
              set({ [field]: micros });
            }}
          />
        ))}
      </div>
      <Radio.Group
        label={t('senders.replies')}
        description={t('senders.repliesWhy')}
        value={shown.keyword_replies}
        error={problem?.field('keyword_replies')}
        onChange={(value) => {
          set({ keyword_replies: value === 'provider' ? 'provider' : 'product' });
        }}
      >
        <Stack gap="xs" mt="xs">
          {REPLIES.map((one) => (
            <Radio
              key={one}
              value={one}
              label={t(`codes.replies.${one}`)}
              description={t(`senders.${one}Why`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Switch
        label={t('senders.isRegistered')}
        description={t('senders.registeredWhy')}
        checked={shown.registered ?? false}
        error={problem?.field('registered')}
        onChange={(event) => {
          set({ registered: event.currentTarget.checked });
        }}
      />
      <div className={classes.actions}>
        <Button
          variant="default"
          disabled={!dirty}
          onClick={() => {
            setDraft({});
            change.reset();
          }}
        >
          {t('senders.discard')}
        </Button>
        <Button type="submit" loading={change.isPending} disabled={!dirty}>
          {t('senders.save')}
        </Button>
      </div>
    </form>
  );
}
