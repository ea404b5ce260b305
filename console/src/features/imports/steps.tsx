/** What the steps of an import look like, whatever it brings. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../../app/explain';
import formClasses from '../../components/Form.module.css';
import { Notice } from '../../components/Notice';
import { Section } from '../../components/Page';
import type { useImportStep } from './api';
import { JobProgress } from './JobProgress';
import type { AnyImport, ImportKind } from './routes';
import { stopUpload } from './upload';

type Mover = Pick<
  ReturnType<typeof useImportStep<ImportKind>>,
  'isPending' | 'variables' | 'mutate'
>;

/** Ends an import that has not ended. */
export function CancelButton({ one, step }: { one: AnyImport; step: Mover }) {
  const { t } = useTranslation();
  return (
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
}

interface StepProps {
  title: string;
  error: Error | null;
  actions: ReactNode;
  children: ReactNode;
}

/** What happens now, why the last thing asked for failed, and what can be decided. */
export function Step({ title, error, actions, children }: StepProps) {
  const { t } = useTranslation();
  return (
    <Section title={title}>
      <div className={formClasses.form}>
        {error && (
          <Notice tone="bad" title={explain(t, error).title}>
            {explain(t, error).cause}
          </Notice>
        )}
        {children}
        <div className={formClasses.actions}>{actions}</div>
      </div>
    </Section>
  );
}

interface WorkingProps extends Omit<StepProps, 'children'> {
  one: AnyImport;
  /** Why one may leave. */
  safe: string;
}

/** The server is at it: how far it has come, and that one may leave. */
export function Working({ one, safe, ...step }: WorkingProps) {
  const { t } = useTranslation();
  return (
    <Step {...step}>
      <JobProgress label={t('optOutImport.progress')} done={one.done} total={one.total} />
      <p className={formClasses.text}>{safe}</p>
    </Step>
  );
}

interface EndedProps {
  title: string;
  text: string;
  children: ReactNode;
}

/** Nothing more happens: what came of it, and where to go from here. */
export function Ended({ title, text, children }: EndedProps) {
  return (
    <Section title={title}>
      <p className={formClasses.text}>
        {text} {children}
      </p>
    </Section>
  );
}
