import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { explain } from '../../app/explain';
import { Notice } from '../../components/Notice';
import { Section } from '../../components/Page';
import { JobProgress } from '../imports/JobProgress';
import { Uploading } from '../imports/Uploading';
import { stopUpload } from '../imports/upload';
import { useStep } from './imports';
import classes from './OptOuts.module.css';
import type { Import } from './routes';

/** What happens now, and what can be decided now. */
export function ImportStep({ one }: { one: Import }) {
  const { t } = useTranslation();
  const step = useStep(one.id);
  const cancel = () => {
    stopUpload(one.id);
    step.mutate('cancel');
  };
  const failure = step.error && (
    <Notice tone="bad" title={explain(t, step.error).title}>
      {explain(t, step.error).cause}
    </Notice>
  );
  const cancelButton = (
    <Button
      variant="default"
      loading={step.isPending && step.variables === 'cancel'}
      onClick={cancel}
    >
      {t(one.state === 'running' ? 'optOutImport.stop' : 'optOutImport.cancel')}
    </Button>
  );
  switch (one.state) {
    case 'uploading':
      return (
        <Section title={t('optOutImport.uploading')}>
          <div className={classes.form}>
            {failure}
            <Uploading kind="opt-outs" one={one} />
            <div className={classes.actions}>{cancelButton}</div>
          </div>
        </Section>
      );
    case 'checking':
      return (
        <Section title={t('optOutImport.checking')}>
          <div className={classes.form}>
            {failure}
            <JobProgress label={t('optOutImport.progress')} done={one.done} total={one.total} />
            <p className={classes.text}>{t('optOutImport.checkingSafe')}</p>
            <div className={classes.actions}>{cancelButton}</div>
          </div>
        </Section>
      );
    case 'checked':
      return (
        <Section title={t('optOutImport.decide')}>
          <div className={classes.form}>
            {failure}
            <Decision
              one={one}
              committing={step.isPending && step.variables === 'commit'}
              onCommit={() => {
                step.mutate('commit');
              }}
            >
              {cancelButton}
            </Decision>
          </div>
        </Section>
      );
    case 'running':
      return (
        <Section title={t('optOutImport.running')}>
          <div className={classes.form}>
            {failure}
            <JobProgress label={t('optOutImport.progress')} done={one.done} total={one.total} />
            <p className={classes.text}>{t('optOutImport.safe')}</p>
            <div className={classes.actions}>{cancelButton}</div>
          </div>
        </Section>
      );
    case 'finished':
      return (
        <Section title={t('optOutImport.finished')}>
          <p className={classes.text}>
            {t('optOutImport.finishedText')}{' '}
            <Link to="/opt-outs" className={classes.link}>
              {t('optOutImport.seeList')}
            </Link>
          </p>
        </Section>
      );
    case 'cancelled':
    case 'failed':
      return (
        <Section title={t('optOutImport.ended')}>
          <p className={classes.text}>
            {t(one.state === 'failed' ? 'optOutImport.failedText' : 'optOutImport.cancelledText')}{' '}
            <Link to="/opt-outs/imports" className={classes.link}>
              {t('optOutImport.again')}
            </Link>
          </p>
        </Section>
      );
  }
}

interface DecisionProps {
  one: Import;
  committing: boolean;
  onCommit: () => void;
  children: React.ReactNode;
}

/** Nothing has been added so far: this is the moment to say yes or no. */
function Decision({ one, committing, onCommit, children }: DecisionProps) {
  const { t } = useTranslation();
  const count = (one.counts.added ?? 0) + (one.counts.raised ?? 0);
  return (
    <>
      <p className={classes.text}>
        {t(count > 0 ? 'optOutImport.nothingYet' : 'optOutImport.nothingToAdd')}
      </p>
      {one.kind === 'hard' && count > 0 && (
        <Notice tone="warn" title={t('optOutImport.hardTitle')}>
          {t('optOuts.hardHolds')}
        </Notice>
      )}
      <div className={classes.actions}>
        {children}
        {count > 0 && (
          <Button
            color={one.kind === 'hard' ? 'red.9' : undefined}
            loading={committing}
            onClick={onCommit}
          >
            {t('optOutImport.commit', { count })}
          </Button>
        )}
      </div>
    </>
  );
}
