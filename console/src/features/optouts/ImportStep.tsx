import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import formClasses from '../../components/Form.module.css';
import { Notice } from '../../components/Notice';
import { useImportStep } from '../imports/api';
import { CancelButton, Ended, Step, Working } from '../imports/steps';
import { Uploading } from '../imports/Uploading';
import type { Import } from './routes';

/** What happens now, and what can be decided now. */
export function ImportStep({ one }: { one: Import }) {
  const { t } = useTranslation();
  const step = useImportStep('opt-outs', one.id);
  const cancel = <CancelButton one={one} step={step} />;
  const said = { error: step.error, actions: cancel };
  switch (one.state) {
    case 'uploading':
      return (
        <Step {...said} title={t('optOutImport.uploading')}>
          <Uploading kind="opt-outs" one={one} />
        </Step>
      );
    case 'checking':
      return (
        <Working
          {...said}
          one={one}
          title={t('optOutImport.checking')}
          safe={t('optOutImport.checkingSafe')}
        />
      );
    case 'checked': {
      // Nothing has been added so far: this is the moment to say yes or no.
      const count = (one.counts.added ?? 0) + (one.counts.raised ?? 0);
      const hard = one.kind === 'hard';
      const actions = (
        <>
          {cancel}
          {count > 0 && (
            <Button
              color={hard ? 'red.9' : undefined}
              loading={step.isPending && step.variables === 'commit'}
              onClick={() => {
                step.mutate('commit');
              }}
            >
              {t('optOutImport.commit', { count })}
            </Button>
          )}
        </>
      );
      return (
        <Step title={t('optOutImport.decide')} error={step.error} actions={actions}>
          <p className={formClasses.text}>
            {t(count > 0 ? 'optOutImport.nothingYet' : 'optOutImport.nothingToAdd')}
          </p>
          {hard && count > 0 && (
            <Notice tone="warn" title={t('optOutImport.hardTitle')}>
              {t('optOuts.hardHolds')}
            </Notice>
          )}
        </Step>
      );
    }
    case 'running':
      return (
        <Working
          {...said}
          one={one}
          title={t('optOutImport.running')}
          safe={t('optOutImport.safe')}
        />
      );
    case 'finished':
      return (
        <Ended title={t('optOutImport.finished')} text={t('optOutImport.finishedText')}>
          <Link to="/opt-outs" className={formClasses.link}>
            {t('optOutImport.seeList')}
          </Link>
        </Ended>
      );
    case 'cancelled':
    case 'failed': {
      const failed = one.state === 'failed';
      return (
        <Ended
          title={t('optOutImport.ended')}
          text={t(failed ? 'optOutImport.failedText' : 'optOutImport.cancelledText')}
        >
          <Link to="/opt-outs/imports" className={formClasses.link}>
            {t('optOutImport.again')}
          </Link>
        </Ended>
      );
    }
  }
}
