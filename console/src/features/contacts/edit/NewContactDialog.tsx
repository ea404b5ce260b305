import { Button, Modal, NativeSelect } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/problem';
import { explain } from '../../../app/explain';
import { tellDone } from '../../../app/toast';
import { Notice } from '../../../components/Notice';
import { useGroups } from '../../groups/api';
import classes from '../ContactPage.module.css';
import { contactName } from '../name';
import { useCreateContact } from './api';
import type { Values } from './merge';
import { ProfileFields } from './ProfileFields';

const EMPTY: Values = {
  first_name: '',
  last_name: '',
  email: '',
  phone: '',
  zone: '',
  custom: {},
};

/** Adds one person by hand. Nobody agreed by that: their status is none. */
export function NewContactDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('edit.new')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Form onClose={onClose} />
    </Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const create = useCreateContact();
  const groups = useGroups();
  const [values, setValues] = useState(EMPTY);
  const [group, setGroup] = useState('');
  const problem = create.error instanceof ApiError ? create.error : null;
  const known = problem?.more.contact_id;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate(
      { ...values, group_id: group || null },
      {
        onSuccess: (made) => {
          tellDone(t, t('edit.made', { name: contactName(made) }));
          onClose();
          void navigate({ to: '/contacts/$contactId', params: { contactId: made.id } });
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      {create.error && (
        <Notice tone="bad" title={explain(t, create.error).title}>
          {explain(t, create.error).cause}{' '}
          {typeof known === 'string' && (
            <Link to="/contacts/$contactId" params={{ contactId: known }}>
              {t('optOuts.profile')}
            </Link>
          )}
        </Notice>
      )}
      <ProfileFields values={values} problem={problem} onChange={setValues} />
      <NativeSelect
        label={t('edit.group')}
        value={group}
        data={[
          { value: '', label: t('contacts.noGroup') },
          ...groups.items.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        error={problem?.field('group_id')}
        onChange={(event) => {
          setGroup(event.currentTarget.value);
        }}
      />
      <p className={classes.note}>{t('edit.newMeans')}</p>
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={create.isPending} disabled={!values.phone.trim()}>
          {t('edit.create')}
        </Button>
      </div>
    </form>
  );
}
