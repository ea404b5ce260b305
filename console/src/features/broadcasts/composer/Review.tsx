import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/problem';
import type { Broadcast } from '../../../api/types';
import { explain } from '../../../app/explain';
import { Notice } from '../../../components/Notice';
import { Phone } from '../../../components/Phone';
import { Failed, Loading } from '../../../components/States';
import { useGroupList } from '../../groups/api';
import { useSenders } from '../../senders/api';
import { useDryRun, useSchedule, type useKeep } from './api';
import classes from './Composer.module.css';
import { bodyOf, scheduleOf, type Form } from './form';
import { HoursNotice } from './HoursNotice';
import { RunSum } from './RunSum';

interface Props {
  form: Form;
  keep: ReturnType<typeof useKeep>;
  /** When it goes out, in words. */
  when: string;
  onBack: () => void;
  /** Something is wrong with a field, where it is to be said. */
  onRefused: (error: ApiError) => void;
  onScheduled: (broadcast: Broadcast) => void;
}

/** The last look: who is left out for what, who remains, and when; only then is it kept and sent. */
export function Review({ form, keep, when, onBack, onRefused, onScheduled }: Props) {
  const { t } = useTranslation();
  const { run, error, refetch } = useDryRun(bodyOf(form), scheduleOf(form));
  const schedule = useSchedule();
  const now = form.when === 'now';
  const nobody = run?.complete === true && run.to_be_sent === 0;
  const wrong = error instanceof ApiError && error.fields.length > 0 ? error : null;
  useEffect(() => {
    if (wrong) onRefused(wrong);
  });
  const refused = keep.error ?? schedule.error;
  const send = async () => {
    try {
      const { id } = await keep.mutateAsync(bodyOf(form));
      onScheduled(await schedule.mutateAsync({ id, schedule: scheduleOf(form) }));
    } catch {
      // Shown above.
    }
  };
  return (
    <div className={classes.stack}>
      {refused && (
        <Notice tone="bad" title={explain(t, refused).title}>
          {explain(t, refused).cause}
        </Notice>
      )}
      <Recap form={form} when={when} />
      {error && !run && <Failed error={error} retry={() => void refetch()} />}
      {!error && !run && <Loading rows={4} />}
      {run && <HoursNotice run={run} />}
      {run && <RunSum run={run} channel={form.channel} />}
      {nobody && (
        <Notice tone="warn" title={t('review.nobody')}>
          {t('review.nobodyWhy')}
        </Notice>
      )}
      <div className={classes.actions}>
        <Button variant="default" onClick={onBack}>
          {t('review.back')}
        </Button>
        <Button
          loading={keep.isPending || schedule.isPending}
          disabled={!run?.complete || (now && nobody)}
          onClick={() => void send()}
        >
          {t(now ? 'composer.send' : 'composer.schedule')}
        </Button>
      </div>
    </div>
  );
}

/** What is about to go out, from whom, to whom and when. */
function Recap({ form, when }: { form: Form; when: string }) {
  const { t } = useTranslation();
  const names = useGroupList();
  const senders = useSenders();
  const { channel, groups, minus, sender, template } = form;
  const chosen = senders.items.find(({ id }) => id === sender);
  return (
    <div className={classes.recap}>
      <p>
        <strong>{t('review.to')}</strong> {names(groups)}
        {minus.length > 0 && ` (${t('review.without', { groups: names(minus) })})`}
      </p>
      {chosen && (
        <p>
          <strong>{t('review.from')}</strong> {chosen.program_name} ·{' '}
          <Phone e164={chosen.address} />
        </p>
      )}
      <p>
        <strong>{t('review.when')}</strong> {when}
      </p>
      <p>
        <strong>{t(channel === 'voice' ? 'review.call' : 'review.text')}</strong>{' '}
        <q>{template.trim()}</q>
      </p>
    </div>
  );
}
