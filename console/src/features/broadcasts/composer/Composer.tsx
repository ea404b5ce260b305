import { Button, Modal } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/problem';
import type { Broadcast } from '../../../api/types';
import { useAccess } from '../../../app/access';
import { explain } from '../../../app/explain';
import { usePageActions, type PageAction } from '../../../app/pageActions';
import { tellDone } from '../../../app/toast';
import { Notice } from '../../../components/Notice';
import { Section } from '../../../components/Page';
import { TestSend } from '../test/TestSend';
import { useWhenWords, wallWords } from '../whenWords';
import { useKeep } from './api';
import { AudienceFields } from './AudienceFields';
import { AudiencePanel } from './AudiencePanel';
import classes from './Composer.module.css';
import { bodyOf, canBeKept, canBeSent, EMPTY, formOf, OTHERWISE, type Form } from './form';
import { LeaveGuard } from './LeaveGuard';
import { LimitFields } from './LimitFields';
import { PreviewPanel } from './PreviewPanel';
import { Review } from './Review';
import { ScheduleFields } from './ScheduleFields';
import { TextField } from './TextField';

/** A broadcast in one form: to whom, what, when; looked over, then kept as a draft or sent. */
export function Composer({ existing }: { existing: Broadcast | null }) {
  const { t, i18n } = useTranslation();
  const { timeZone, settings } = useAccess();
  const navigate = useNavigate();
  const whenWords = useWhenWords();
  const keep = useKeep(existing?.id ?? null);
  const [form, setForm] = useState<Form>(() => (existing ? formOf(existing, timeZone) : EMPTY));
  const [reviewing, setReviewing] = useState(false);
  const [testing, setTesting] = useState(false);
  const [refused, setRefused] = useState<ApiError | null>(null);
  // As it was when nothing of it could be lost yet; nothing once it is somewhere safe.
  const kept = useRef<string | null>(JSON.stringify(form));

  const change = (changes: Partial<Form>) => {
    setForm((before) => ({ ...before, ...changes }));
    setRefused(null);
  };
  const choice = (own: string | undefined) => OTHERWISE.find((one) => one === own) ?? 'defer';
  const quietHours = form.quietHours ?? choice(settings?.quiet_hours);
  const caps = form.caps ?? choice(settings?.caps);
  const error = refused ?? (reviewing ? null : keep.error);
  const problem = error instanceof ApiError ? error : null;
  const scheduled = existing?.state === 'scheduled';
  const leave = (id: string) => {
    kept.current = null;
    void navigate({ to: '/broadcasts/$broadcastId', params: { broadcastId: id } });
  };

  const when = {
    now: () => t('composer.now'),
    at: () => `${wallWords(i18n.language, form.wall)} (${timeZone})`,
    local: () => whenWords({ local_at: form.wall, recurrence: null }) ?? '',
    recurring: () =>
      whenWords({ local_at: '', recurrence: { time: form.time, weekdays: form.weekdays } }) ?? '',
  }[form.when]();

  const review = () => {
    if (!canBeSent(form) || testing) return;
    keep.reset();
    setRefused(null);
    setReviewing(true);
  };
  useHotkeys([['mod+Enter', review]], []);
  const store = async () => {
    const { id, name } = await keep.mutateAsync(bodyOf(form));
    tellDone(t, t(scheduled ? 'composer.saved' : 'composer.kept', { name }));
    return id;
  };
  const save = () => {
    // A refusal is said at the form.
    store().then(leave, () => undefined);
  };
  const back = () => {
    setReviewing(false);
  };
  const test = () => {
    setTesting(true);
  };
  const actions: PageAction[] = [];
  if (canBeSent(form)) {
    actions.push({ id: 'review', label: t('composer.review'), icon: 'check', run: review });
  }
  if (canBeKept(form)) {
    actions.push({ id: 'test', label: t('test.action'), icon: 'tryit', run: test });
  }
  usePageActions(actions);

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        review();
      }}
      className={classes.columns}
    >
      <div className={classes.fields}>
        {error && (
          <Notice tone="bad" title={explain(t, error).title}>
            {explain(t, error).cause}
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
            <LimitFields quietHours={quietHours} caps={caps} change={change} />
          </div>
        </Section>
      </div>
      <div className={classes.side}>
        <PreviewPanel template={form.template} sender={form.sender} channel={form.channel} />
        <AudiencePanel form={form} />
      </div>
      <div className={classes.end}>
        <Button component={Link} to="/broadcasts" variant="default">
          {t('common.cancel')}
        </Button>
        <Button variant="default" disabled={!canBeKept(form)} onClick={test}>
          {t('test.action')}
        </Button>
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
      <TestSend
        broadcast={testing ? { channel: form.channel, sketch: bodyOf(form) } : null}
        onClose={() => {
          setTesting(false);
        }}
      />
      <Modal
        opened={reviewing}
        onClose={back}
        size="lg"
        title={t('review.title', { name: form.name.trim() })}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {reviewing && (
          <Review
            form={form}
            keep={keep}
            when={when}
            onBack={back}
            onRefused={(found) => {
              setRefused(found);
              back();
            }}
            onScheduled={({ id, name }) => {
              tellDone(
                t,
                t(form.when === 'now' ? 'composer.started' : 'composer.scheduled', { name }),
              );
              leave(id);
            }}
          />
        )}
      </Modal>
      <LeaveGuard
        unsaved={() => kept.current !== null && kept.current !== JSON.stringify(form)}
        onSave={canBeKept(form) ? store : null}
      />
    </form>
  );
}
