import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import formClasses from '../../../components/Form.module.css';
import { Section } from '../../../components/Page';
import { useImportStep } from '../api';
import type { ContactImport } from '../routes';
import { CancelButton, Ended, Step, Working } from '../steps';
import { Uploading } from '../Uploading';
import { useChoose } from './api';
import { OptionsForm } from './OptionsForm';

/** What happens now, and what can be decided now. */
export function ImportStep({ one }: { one: ContactImport }) {
  const { t } = useTranslation();
  const step = useImportStep('contacts', one.id);
  const choose = useChoose(one.id);
  const cancel = <CancelButton one={one} step={step} />;
  const said = { error: step.error ?? choose.error, actions: cancel };
  switch (one.state) {
    case 'uploading': {
      const complete = one.parts_received >= one.parts_expected;
      return (
        <>
          {!complete && (
            <Section title={t('optOutImport.uploading')}>
              <div className={formClasses.form}>
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
        <Working
          {...said}
          one={one}
          title={t('optOutImport.checking')}
          safe={t('optOutImport.checkingSafe')}
        />
      );
    case 'checked': {
      const count = (one.counts.added ?? 0) + (one.counts.updated ?? 0);
      const actions = (
        <>
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
        </>
      );
      return (
        <Step title={t('contactImport.decide')} error={said.error} actions={actions}>
          <p className={formClasses.text}>
            {t(count > 0 ? 'contactImport.nothingYet' : 'contactImport.nothingToDo')}
          </p>
        </Step>
      );
    }
    case 'running':
      return (
        <Working
          {...said}
          one={one}
          title={t('contactImport.running')}
          safe={t('optOutImport.safe')}
        />
      );
    case 'finished':
      return (
        <Ended title={t('optOutImport.finished')} text={t('contactImport.finishedText')}>
          <Link to="/contacts" search={{ import: one.id }} className={formClasses.link}>
            {t('contactImport.seeContacts')}
          </Link>
        </Ended>
      );
    case 'failed':
      return <OptionsForm one={one} complete cancel={cancel} />;
    case 'cancelled':
      return (
        <Ended title={t('optOutImport.ended')} text={t('contactImport.cancelledText')}>
          <Link to="/settings/imports" className={formClasses.link}>
            {t('optOutImport.again')}
          </Link>
        </Ended>
      );
  }
}
