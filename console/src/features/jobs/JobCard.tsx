import { Button, Progress } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { announce } from '../../app/announce';
import { tellFailed } from '../../app/toast';
import { offerUndo, withdrawUndo } from '../../app/undo';
import { Icon } from '../../components/Icon';
import { isAtRest, useCancelJob, useJob, useRefreshAll, useUndoJob, type Job } from './api';
import { unfollow } from './followed';
import classes from './JobTray.module.css';
import { RefusedDialog } from './RefusedDialog';
import { useJobWords } from './words';

/** How long the result of a job stays when nothing went wrong. */
const STAYS_MS = 10_000;

/** Whole seconds until a moment; counts down. */
function useSecondsUntil(at: string | undefined): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => {
      setNow(Date.now());
    }, 500);
    return () => {
      window.clearInterval(timer);
    };
  }, []);
  return at ? Math.max(0, Math.ceil((Date.parse(at) - now) / 1000)) : 0;
}

export function JobCard({ id }: { id: string }) {
  const { data: job, error } = useJob(id);
  const gone = error instanceof ApiError && error.status === 404;
  useEffect(() => {
    if (gone) unfollow(id);
  }, [gone, id]);
  return job ? <Card job={job} /> : null;
}

/** Says once, and lets every list look again, when a job has ended. */
function useEnding(job: Job, words: string): void {
  const refresh = useRefreshAll();
  const state = useRef<{ at: string; refresh: typeof refresh }>({ at: '', refresh });
  useEffect(() => {
    state.current.refresh = refresh;
  });
  useEffect(() => {
    if (state.current.at === job.state) return;
    state.current.at = job.state;
    announce(words);
    if (isAtRest(job)) void state.current.refresh();
  }, [job, words]);
}

function Card({ job }: { job: Job }) {
  const { t } = useTranslation();
  const words = useJobWords();
  const cancel = useCancelJob(job.id);
  const undo = useUndoJob(job.id);
  const [listing, list] = useDisclosure(false);
  const seconds = useSecondsUntil(job.state === 'waiting' ? job.starts_at : undefined);
  const said = words(job);
  const ended = isAtRest(job);
  useEnding(job, said);

  const close = () => {
    unfollow(job.id);
  };
  const takeBack = () => {
    const onError = (problem: Error) => {
      tellFailed(t, problem);
    };
    if (job.state === 'waiting') cancel.mutate(undefined, { onError });
    else undo.mutate(undefined, { onError, onSuccess: close });
  };
  const undoable = job.state === 'waiting' || (ended && job.can_undo && job.done > 0);
  const latest = useRef(takeBack);
  useEffect(() => {
    latest.current = takeBack;
  });
  useEffect(() => {
    if (!undoable) return undefined;
    offerUndo(job.id, () => {
      latest.current();
    });
    return () => {
      withdrawUndo(job.id);
    };
  }, [undoable, job.id]);
  const fleeting = ended && job.refused === 0;
  useEffect(() => {
    if (!fleeting) return undefined;
    const timer = window.setTimeout(() => {
      unfollow(job.id);
    }, STAYS_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [fleeting, job.id]);

  const done = job.done + job.unchanged + job.refused;
  const share = job.expected > 0 ? Math.min(100, (100 * done) / job.expected) : 0;
  return (
    <section className={classes.card} aria-label={t('jobs.one')}>
      <div className={classes.line}>
        <span className={classes.words}>
          {said}
          {job.state === 'waiting' && ` ${t('jobs.in', { count: seconds })}`}
        </span>
        {job.refused > 0 && ended && (
          <Button size="compact-xs" variant="default" onClick={list.open}>
            {t('jobs.whoNot', { count: job.refused })}
          </Button>
        )}
        {undoable && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<Icon name="undo" size={13} />}
            rightSection={<kbd aria-hidden="true">u</kbd>}
            loading={cancel.isPending || undo.isPending}
            onClick={takeBack}
          >
            {t('undo.action')}
          </Button>
        )}
        {job.state === 'running' && job.can_cancel && (
          <Button
            size="compact-xs"
            variant="default"
            loading={cancel.isPending}
            onClick={() => {
              cancel.mutate();
            }}
          >
            {t('jobs.stop')}
          </Button>
        )}
        {job.state !== 'waiting' && (
          <button
            type="button"
            className={classes.close}
            aria-label={t('common.close')}
            onClick={close}
          >
            <Icon name="close" size={14} />
          </button>
        )}
      </div>
      {job.state === 'running' && (
        <Progress value={share} aria-label={t('optOutImport.progress')} size="sm" animated />
      )}
      <RefusedDialog jobId={job.id} opened={listing} onClose={list.close} />
    </section>
  );
}
