import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/problem';
import { explain } from '../../../app/explain';
import { Notice } from '../../../components/Notice';
import { Section } from '../../../components/Page';
import { Failed, Loading } from '../../../components/States';
import { announce } from '../../../app/announce';
import type { ContactImport } from '../routes';
import { useImportStep } from '../api';
import { useChoose, useContactPreview, type Options } from './api';
import { Mapping } from './Mapping';
import { ProofFields, proofOf, proofDraft } from './ProofFields';
import { Reading } from './Reading';
import { TargetFields } from './TargetFields';
import formClasses from '../../../components/Form.module.css';

interface Props {
  one: ContactImport;
  /** The whole file has come. */
  complete: boolean;
  cancel: ReactNode;
}

/**
 * What the columns hold and what is done with the rows. Each choice is kept at once, so that the
 * preview shows what it means and a reload loses nothing.
 */
export function OptionsForm({ one, complete, cancel }: Props) {
  const { t } = useTranslation();
  const choose = useChoose(one.id);
  const step = useImportStep('contacts', one.id);
  const [asked, setAsked] = useState<Options>(one.options);
  const [proof, setProof] = useState(() => proofDraft(one.options.proof));
  const preview = useContactPreview(one, one.parts_received > 0);
  const error = choose.error ?? step.error;
  const problem = error instanceof ApiError ? error : null;
  if (one.parts_received === 0) return null;
  if (!preview.data) {
    return (
      <Section title={t('contactImport.columns')}>
        {preview.error ? (
          <Failed error={preview.error} retry={() => void preview.refetch()} />
        ) : (
          <Loading />
        )}
      </Section>
    );
  }
  const { data: read } = preview;
  const keep = (part: Partial<Options>) => {
    const next = { ...asked, ...part };
    setAsked(next);
    choose.mutate(next);
  };
  const check = async () => {
    try {
      const agreed = proofOf(proof);
      await choose.mutateAsync({ ...asked, proof: agreed });
      await step.mutateAsync('check');
      announce(t('optOutImport.checking'));
    } catch {
      // Shown above the button.
    }
  };
  const blocked = read.problems.length > 0 && read.columns.length === 0;
  return (
    <>
      <Section title={t('contactImport.reading')}>
        <Reading read={read} options={asked} onChange={keep} />
      </Section>
      {!blocked && (
        <Section title={t('contactImport.columns')} flush>
          <Mapping read={read} busy={choose.isPending || preview.isFetching} onChange={keep} />
        </Section>
      )}
      <Section title={t('contactImport.what')}>
        <TargetFields options={asked} problem={problem} onChange={keep} />
      </Section>
      <Section title={t('contactImport.agreed')}>
        <ProofFields draft={proof} problem={problem} onChange={setProof} />
      </Section>
      <div className={formClasses.form}>
        {error && (
          <Notice tone="bad" title={explain(t, error).title}>
            {explain(t, error).cause}
          </Notice>
        )}
        <div className={formClasses.actions}>
          {cancel}
          <Button
            loading={step.isPending || choose.isPending}
            disabled={!complete || blocked || (proof.agreed && proofOf(proof) === null)}
            onClick={() => void check()}
          >
            {t('contactImport.check')}
          </Button>
        </div>
      </div>
    </>
  );
}
