import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../../api/client';
import { ApiError } from '../../api/problem';
import { explain } from '../../app/explain';
import { Notice } from '../../components/Notice';
import { Failed, Loading } from '../../components/States';
import { follow } from '../jobs/followed';
import classes from './ContactPage.module.css';
import type { ContactFilter } from './list/search';

interface Props {
  /** Whom: all that match; empty is everybody. */
  filter: ContactFilter;
  opened: boolean;
  onClose: () => void;
  onConfirmed?: () => void;
}

/** Deletes all that match: first how many, then the account's name typed as a seal. */
export function DeleteAllDialog({ filter, opened, onClose, onConfirmed }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('deleteAll.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Form filter={filter} onClose={onClose} onConfirmed={onConfirmed} />
    </Modal>
  );
}

function Form({ filter, onClose, onConfirmed }: Omit<Props, 'opened'>) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const preview = useQuery({
    queryKey: ['deletions', filter],
    queryFn: () => ask(api.POST('/api/v1/contacts/deletions/preview', { body: { filter } })),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const confirm = useMutation({
    mutationFn: (token: string) =>
      ask(api.POST('/api/v1/contacts/deletions', { body: { token, account_name: typed } })),
    onSuccess: (job) => {
      follow(job);
      onConfirmed?.();
      onClose();
    },
  });
  if (!preview.data) {
    return preview.error ? (
      <Failed error={preview.error} retry={() => void preview.refetch()} />
    ) : (
      <Loading rows={3} />
    );
  }
  const { token, count, capped, account_name: name } = preview.data;
  const field = confirm.error instanceof ApiError ? confirm.error.field('account_name') : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    confirm.mutate(token);
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      {confirm.error && !field && (
        <Notice tone="bad" title={explain(t, confirm.error).title}>
          {explain(t, confirm.error).cause}
        </Notice>
      )}
      <p className={classes.text}>
        <strong>{t('deleteAll.goes', { count, plus: capped ? '+' : '' })}</strong>
      </p>
      <p className={classes.text}>{t('deleteAll.stays')}</p>
      <TextInput
        data-autofocus
        label={t('deleteAll.type', { name })}
        description={t('deleteAll.window')}
        value={typed}
        autoComplete="off"
        error={field}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
      />
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          color="red.9"
          loading={confirm.isPending}
          disabled={typed.trim() !== name.trim() || count === 0}
        >
          {t('deleteAll.confirm', { count, plus: capped ? '+' : '' })}
        </Button>
      </div>
    </form>
  );
}
