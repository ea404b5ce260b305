import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { explain } from '../../../app/explain';
import { Notice } from '../../../components/Notice';
import { Section } from '../../../components/Page';
import classes from '../Imports.module.css';
import { JobProgress } from '../JobProgress';
import type { ContactImport } from '../routes';
import { stopUpload } from '../upload';
import { Uploading } from '../Uploading';
import { useChoose, useContactStep } from './api';
import { OptionsForm } from './OptionsForm';

/** What happens now, and what can be decided now. */
export function ImportStep({ one }: { one: ContactImport }) {
  const { t } = useTranslation();
  const step = useContactStep(one.id);
  const choose = useChoose(one.id);
  const error = step.error ?? choose.error;
  const failure = error && (
    <Notice tone="bad" title={explain(t, error).title}>
      {explain(t, error).cause}
    </Notice>
  );
  const cancel = (
    <Button
      variant="default"
      loading={step.isPending && step.variables === 'cancel'}
      onClick={() => {
        stopUpload(one.id);
        step.mutate('cancel');
      }}
    >
      {t(one.state === 'running' ? 'optOutImport.stop' : 'optOutImport.cancel')}
    </Button>
  );
  switch (one.state) {
    case 'uploading': {
      const complete = one.parts_received >= one.parts_expected;
      return (
        <>
          {!complete && (
            <Section title={t('optOutImport.uploading')}>
              <div className={classes.form}>
                <Uploading kind="contacts" one={one} />
              </div>
            </Section>
          )}
          <OptionsForm one={one} complete={complete} cancel={cancel} />
        </>
      );
    }
    case 'checking':
      return (
        <Section title={t('optOutImport.checking')}>
          <div className={classes.form}>
            {failure}
            <JobProgress label={t('optOutImport.progress')} done={one.done} total={one.total} />
            <p className={classes.text}>{t('optOutImport.checkingSafe')}</p>
            <div className={classes.actions}>{cancel}</div>
          </div>
        </Section>
      );
    case 'checked': {
      const count = (one.counts.added ?? 0) + (one.counts.updated ?? 0);
      return (
        <Section title={t('contactImport.decide')}>
          <div className={classes.form}>
            {failure}
            <p className={classes.text}>
              {t(count > 0 ? 'contactImport.nothingYet' : 'contactImport.nothingToDo')}
            </p>
            <div className={classes.actions}>
              {cancel}
              <Button
                variant="default"
                loading={choose.isPending}
                onClick={() => {
                  choose.mutate(one.options);
                }}
              >
                {t('contactImport.changeChoices')}
              </Button>
              {count > 0 && (
                <Button
                  loading={step.isPending && step.variables === 'commit'}
                  onClick={() => {
                    step.mutate('commit');
                  }}
                >
                  {t('contactImport.commit', { count })}
                </Button>
              )}
            </div>
          </div>
        </Section>
      );
    }
    case 'running':
      return (
        <Section title={t('contactImport.running')}>
          <div className={classes.form}>
            {failure}
            <JobProgress label={t('optOutImport.progress')} done={one.done} total={one.total} />
            <p className={classes.text}>{t('optOutImport.safe')}</p>
            <div className={classes.actions}>{cancel}</div>
          </div>
        </Section>
      );
    case 'finished':
      return (
        <Section title={t('optOutImport.finished')}>
          <p className={classes.text}>
            {t('contactImport.finishedText')}{' '}
            <Link to="/contacts" search={{ import: one.id }} className={classes.link}>
              {t('contactImport.seeContacts')}
            </Link>
          </p>
        </Section>
      );
    case 'failed':
      return <OptionsForm one={one} complete cancel={cancel} />;
    case 'cancelled':
      return (
        <Section title={t('optOutImport.ended')}>
          <p className={classes.text}>
            {t('contactImport.cancelledText')}{' '}
            <Link to="/settings/imports" className={classes.link}>
              {t('optOutImport.again')}
            </Link>
          </p>
        </Section>
      );
  }
}
