import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../../api/types';
import { explain } from '../../../app/explain';
import { Notice } from '../../../components/Notice';
import { Failed, Loading } from '../../../components/States';
import { Reasons } from '../Reasons';
import { useDryRun, useSchedule, type DryRun } from './api';
import classes from './Composer.module.css';
import { scheduleOf, type Form } from './form';
import { HoursHint } from './HoursHint';

interface Props {
  broadcast: Broadcast;
  form: Form;
  /** When it goes out, in words. */
  when: string;
  onBack: () => void;
  onScheduled: (broadcast: Broadcast) => void;
}

/** The last look: who is left out for what, who remains, and when; then it is sent. */
export function Review({ broadcast, form, when, onBack, onScheduled }: Props) {
  const { t } = useTranslation();
  const { run, error, refetch } = useDryRun(broadcast.id);
  const schedule = useSchedule();
  const now = form.when === 'now';
  const nobody = run?.complete === true && run.to_be_sent === 0;
  return (
    <div className={classes.stack}>
      {schedule.error && (
        <Notice tone="bad" title={explain(t, schedule.error).title}>
          {explain(t, schedule.error).cause}
        </Notice>
      )}
      <p className={classes.plain}>
        <strong>{t('review.when')}</strong> {when}
      </p>
      {error && !run && <Failed error={error} retry={() => void refetch()} />}
      {!error && !run && <Loading rows={4} />}
      {run && <Sum run={run} broadcast={broadcast} />}
      {nobody && (
        <Notice tone="warn" title={t('review.nobody')}>
          {t('review.nobodyWhy')}
        </Notice>
      )}
      <HoursHint form={form} quietHours={broadcast.quiet_hours} />
      <div className={classes.actions}>
        <Button variant="default" onClick={onBack}>
          {t('review.back')}
        </Button>
        <Button
          loading={schedule.isPending}
          disabled={!run?.complete || (now && nobody)}
          onClick={() => {
            schedule.mutate(
              { id: broadcast.id, schedule: scheduleOf(form) },
              { onSuccess: onScheduled },
            );
          }}
        >
          {t(now ? 'composer.send' : 'composer.schedule')}
        </Button>
      </div>
    </div>
  );
}

/** Total minus each reason is who it goes to. */
function Sum({ run, broadcast }: { run: DryRun; broadcast: Broadcast }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const { to_be_sent } = run;
  const texts = to_be_sent * broadcast.segments;
  return (
    <section aria-label={t('review.recipients')} className={classes.sum}>
      <p className={classes.sumLine}>
        <span>{t('review.total')}</span>
        <strong>{number.format(run.total)}</strong>
      </p>
      <Reasons excluded={run.excluded} channel={broadcast.channel} minus />
      <p className={classes.sumTotal} role="status">
        <span>{t(run.complete ? 'review.toBeSent' : 'review.counting')}</span>
        <strong>{number.format(to_be_sent)}</strong>
      </p>
      {broadcast.channel === 'sms' && to_be_sent > 0 && (
        <p className={classes.hint}>
          {t('review.cost', {
            segments: broadcast.segments,
            recipients: number.format(to_be_sent),
            texts: number.format(texts),
          })}
        </p>
      )}
    </section>
  );
}
