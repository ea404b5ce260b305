import { Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { tellDone, tellFailed } from '../../app/toast';
import { Icon } from '../../components/Icon';
import { Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import formClasses from '../../components/Form.module.css';
import tableClasses from '../../components/table.module.css';
import { SettingsPage } from '../settings/SettingsPage';
import { useCountedLabels, useCreateLabel, type Label } from './api';
import { LabelMenu } from './LabelMenu';
import { Labels } from './Labels';

/** The account's labels: made, renamed, merged, deleted. */
export function LabelsPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const query = useCountedLabels();
  const items = query.data?.items ?? [];
  const mayEdit = can('contacts.edit');
  return (
    <SettingsPage title={t('settings.labels')} lead={t('labels.lead')}>
      <Section title={t('labels.all')} flush>
        {mayEdit && <NewLabel />}
        {query.isPending && <Loading />}
        {query.error && !query.data && (
          <Failed error={query.error} retry={() => void query.refetch()} />
        )}
        {query.data && items.length === 0 && (
          <Empty icon="label" title={t('labels.empty')}>
            {t('labels.emptyWhy')}
          </Empty>
        )}
        {items.length > 0 && (
          <div className={tableClasses.wrap}>
            <table className={tableClasses.table} aria-label={t('labels.all')}>
              <thead>
                <tr>
                  <th scope="col">{t('labels.label')}</th>
                  <th scope="col" className={tableClasses.number}>
                    {t('nav.contacts')}
                  </th>
                  <th scope="col">
                    <span className="visually-hidden">{t('optOuts.action')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((label) => (
                  <tr key={label.id}>
                    <td>
                      <Labels ids={[label.id]} />
                    </td>
                    <td className={tableClasses.number}>
                      <Link to="/contacts" search={{ label: label.id }}>
                        {t('optOutImport.number', { value: label.contacts?.count ?? 0 })}
                        {label.contacts?.capped && '+'}
                      </Link>
                    </td>
                    <td style={{ textAlign: 'right' }}>
                      {mayEdit && <LabelMenu label={label} others={othersOf(label, items)} />}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
    </SettingsPage>
  );
}

function othersOf(label: Label, items: Label[]): Label[] {
  return items.filter(({ id }) => id !== label.id);
}

function NewLabel() {
  const { t } = useTranslation();
  const create = useCreateLabel();
  const [name, setName] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate(name.trim(), {
      onSuccess: () => {
        tellDone(t, t('labels.made', { name: name.trim() }));
        setName('');
      },
      onError: (error) => {
        tellFailed(t, error);
      },
    });
  };
  return (
    <form onSubmit={submit} className={formClasses.inline}>
      <TextInput
        aria-label={t('labels.newName')}
        placeholder={t('labels.newName')}
        value={name}
        maxLength={50}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <Button
        type="submit"
        variant="default"
        leftSection={<Icon name="plus" size={15} />}
        loading={create.isPending}
        disabled={!name.trim()}
      >
        {t('labels.create')}
      </Button>
    </form>
  );
}
