import { Button } from '@mantine/core';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../app/explain';
import formClasses from './Form.module.css';
import { Notice } from './Notice';

interface Props {
  /** Why the last try failed, where no field of the form says it. */
  error: Error | null;
  pending: boolean;
  disabled?: boolean;
  action: string;
  danger?: boolean;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
}

/** The inside of a dialog that asks for one thing: fields, cancel, and the button that does it. */
export function DialogForm({
  error,
  pending,
  disabled,
  action,
  danger,
  onClose,
  onSubmit,
  children,
}: Props) {
  const { t } = useTranslation();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit} className={formClasses.form}>
      {error && (
        <Notice tone="bad" title={explain(t, error).title}>
          {explain(t, error).cause}
        </Notice>
      )}
      {children}
      <div className={formClasses.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          color={danger ? 'red.9' : undefined}
          loading={pending}
          disabled={disabled}
        >
          {action}
        </Button>
      </div>
    </form>
  );
}
