import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../../components/Page';
import { Failed, Loading } from '../../../components/States';
import { useSomeGroups } from '../../groups/api';
import { useDryRun } from './api';
import classes from './Composer.module.css';
import {
  bodyOf,
  canBeTimed,
  scheduleOf,
  type Form,
  type NewBroadcast,
  type Schedule,
} from './form';
import { HoursNotice } from './HoursNotice';
import { RunSum } from './RunSum';

const TYPING_MS = 600;
/** Groups up to this size are counted again whenever something changes. */
const AT_ONCE = 1_000;

/** Who would get it, and when, while it is being written; large groups are counted when asked. */
export function AudiencePanel({ form }: { form: Form }) {
  const { t } = useTranslation();
  const chosen = useSomeGroups(form.groups);
  // The text matters only to whoever lacks what it says, which the review counts.
  const wanted = JSON.stringify([
    { ...bodyOf(form), name: '', template: '' },
    canBeTimed(form) ? scheduleOf(form) : {},
  ]);
  const [settled] = useDebouncedValue(wanted, TYPING_MS);
  const [asked, setAsked] = useState('');
  const small =
    chosen.items.length === form.groups.length &&
    chosen.items.every((one) => !one.members_capped && one.members <= AT_ONCE);
  const [broadcast, schedule] = JSON.parse(settled) as [NewBroadcast, Schedule];
  const count = broadcast.groups.length > 0 && (small || asked === settled);
  const { run, error, refetch } = useDryRun(broadcast, schedule, count);
  return (
    <Section title={t('review.audience')}>
      <div className={classes.stack}>
        {form.groups.length === 0 && <p className={classes.hint}>{t('review.noGroups')}</p>}
        {form.groups.length > 0 && !chosen.isPending && !small && !count && (
          <>
            <p className={classes.hint}>{t('review.large')}</p>
            <Button
              variant="default"
              onClick={() => {
                setAsked(settled);
              }}
            >
              {t('review.count')}
            </Button>
          </>
        )}
        {count && error && !run && <Failed error={error} retry={() => void refetch()} />}
        {(chosen.isPending || (count && !error && !run)) && <Loading rows={3} />}
        {count && run && (
          <>
            <HoursNotice run={run} />
            <RunSum run={run} channel={form.channel} />
          </>
        )}
      </div>
    </Section>
  );
}
