import { Button, Modal } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/problem';
import type { Broadcast } from '../../../api/types';
import { useAccess } from '../../../app/access';
import { explain } from '../../../app/explain';
import { tellDone } from '../../../app/toast';
import { Notice } from '../../../components/Notice';
import { Section } from '../../../components/Page';
import { TestSend } from '../test/TestSend';
import { useWhenWords, wallWords } from '../whenWords';
import { useKeep } from './api';
import { AudienceFields } from './AudienceFields';
import classes from './Composer.module.css';
import { bodyOf, canBeKept, canBeSent, EMPTY, formOf, OTHERWISE, type Form } from './form';
import { HoursHint } from './HoursHint';
import { LimitFields } from './LimitFields';
import { PreviewPanel } from './PreviewPanel';
import { Review } from './Review';
import { ScheduleFields } from './ScheduleFields';
import { TextField } from './TextField';

/** A broadcast in one form: to whom, what, when; kept as a draft, looked over, then sent. */
export function Composer({ existing }: { existing: Broadcast | null }) {
  const { t, i18n } = useTranslation();
  const { timeZone, settings } = useAccess();
  const navigate = useNavigate();
  const whenWords = useWhenWords();
  const keep = useKeep(existing?.id ?? null);
  const [form, setForm] = useState<Form>(() => (existing ? formOf(existing, timeZone) : EMPTY));
  const [reviewed, setReviewed] = useState<Broadcast | null>(null);

  const change = (changes: Partial<Form>) => {
    setForm((before) => ({ ...before, ...changes }));
  };
  const choice = (own: string | undefined) => OTHERWISE.find((one) => one === own) ?? 'defer';
  const quietHours = form.quietHours ?? choice(settings?.quiet_hours);
  const caps = form.caps ?? choice(settings?.caps);
  const problem = keep.error instanceof ApiError ? keep.error : null;
  const scheduled = existing?.state === 'scheduled';
  const open = (id: string) =>
    navigate({ to: '/broadcasts/$broadcastId', params: { broadcastId: id } });

  const when = {
    now: () => t('composer.now'),
    at: () => `${wallWords(i18n.language, form.wall)} (${timeZone})`,
    local: () => whenWords({ local_at: form.wall, recurrence: null }) ?? '',
    recurring: () =>
      whenWords({ local_at: '', recurrence: { time: form.time, weekdays: form.weekdays } }) ?? '',
  }[form.when]();

  const review = (event: SubmitEvent) => {
    event.preventDefault();
    keep.mutate(bodyOf(form), { onSuccess: setReviewed });
  };
  const save = () => {
    keep.mutate(bodyOf(form), {
      onSuccess: ({ id, name }) => {
        tellDone(t, t(scheduled ? 'composer.saved' : 'composer.kept', { name }));
        void open(id);
      },
    });
  };

  return (
    <form onSubmit={review} className={classes.columns}>
      <div className={classes.fields}>
        {keep.error && (
          <Notice tone="bad" title={explain(t, keep.error).title}>
            {explain(t, keep.error).cause}
          </Notice>
        )}
        <Section title={t('composer.toWhom')}>
          <AudienceFields form={form} change={change} problem={problem} />
        </Section>
        <Section title={t('composer.what')}>
          <TextField
            channel={form.channel}
            value={form.template}
            error={problem?.field('template')}
            onChange={(template) => {
              change({ template });
            }}
          />
        </Section>
        <Section title={t('composer.whenTitle')}>
          <div className={classes.stack}>
            <ScheduleFields form={form} change={change} problem={problem} />
            <HoursHint form={form} quietHours={quietHours} />
            <LimitFields quietHours={quietHours} caps={caps} change={change} />
          </div>
        </Section>
      </div>
      <div className={classes.side}>
        <PreviewPanel template={form.template} sender={form.sender} channel={form.channel} />
      </div>
      <div className={classes.end}>
        <Button component={Link} to="/broadcasts" variant="default">
          {t('common.cancel')}
        </Button>
        <TestSend
          disabled={!canBeKept(form)}
          prepare={async () => (await keep.mutateAsync(bodyOf(form))).id}
        />
        <Button
          variant="default"
          disabled={!canBeKept(form)}
          loading={keep.isPending}
          onClick={save}
        >
          {t(scheduled ? 'composer.saveChanges' : 'composer.saveDraft')}
        </Button>
        <Button type="submit" disabled={!canBeSent(form)} loading={keep.isPending}>
          {t('composer.review')}
        </Button>
      </div>
      <Modal
        opened={reviewed !== null}
        onClose={() => {
          setReviewed(null);
        }}
        size="lg"
        title={t('review.title', { name: reviewed?.name ?? form.name })}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {reviewed && (
          <Review
            broadcast={reviewed}
            form={form}
            when={when}
            onBack={() => {
              setReviewed(null);
            }}
            onScheduled={({ id, name }) => {
              tellDone(
                t,
                t(form.when === 'now' ? 'composer.started' : 'composer.scheduled', { name }),
              );
              void open(id);
            }}
          />
        )}
      </Modal>
    </form>
  );
}
