import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../../app/explain';
import { Notice } from '../../components/Notice';
import { Section } from '../../components/Page';
import { FileField } from './FileField';
import { useFileSize } from './fileSize';
import { useStep } from './imports';
import { JobProgress } from './JobProgress';
import classes from './OptOuts.module.css';
import type { Import } from './routes';
import { startUpload, stopUpload, useUpload } from './upload';

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
            <Uploading one={one} />
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

function Uploading({ one }: { one: Import }) {
  const { t } = useTranslation();
  const size = useFileSize();
  const upload = useUpload(one.id);
  const [wrong, setWrong] = useState(false);
  if (!upload) {
    return (
      <>
        <p className={classes.text}>{t('optOutImport.interrupted')}</p>
        <FileField
          label={t('optOutImport.sameFile')}
          hint={`${one.file_name} · ${size(one.size)}`}
          file={null}
          error={wrong ? t('optOutImport.otherFile') : undefined}
          onChange={(file) => {
            setWrong(file?.size !== one.size);
            if (file?.size === one.size) startUpload(one, file);
          }}
        />
      </>
    );
  }
  const { file, sent, error } = upload;
  return (
    <>
      {error && (
        <Notice tone="bad" title={explain(t, error).title}>
          {explain(t, error).cause}{' '}
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              startUpload(one, file);
            }}
          >
            {t('common.retry')}
          </Button>
        </Notice>
      )}
      <JobProgress
        label={t('optOutImport.uploading')}
        done={sent}
        total={file.size}
        words={t('optOutImport.sent', { sent: size(sent), total: size(file.size) })}
      />
      <p className={classes.text}>{t('optOutImport.keepOpen')}</p>
    </>
  );
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
