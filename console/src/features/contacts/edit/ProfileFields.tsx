import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiError } from '../../../api/problem';
import { Icon } from '../../../components/Icon';
import classes from '../ContactPage.module.css';
import type { Values } from './merge';

const ZONES = Intl.supportedValuesOf('timeZone');

interface Props {
  values: Values;
  problem: ApiError | null;
  onChange: (values: Values) => void;
}

/** What is known of a person, as it is typed. */
export function ProfileFields({ values, problem, onChange }: Props) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState('');
  const text = (field: 'first_name' | 'last_name' | 'email' | 'phone', label: string) => (
    <TextInput
      label={label}
      value={values[field]}
      type={field === 'phone' ? 'tel' : field === 'email' ? 'email' : 'text'}
      autoComplete="off"
      required={field === 'phone'}
      data-autofocus={field === 'first_name' || undefined}
      maxLength={field === 'email' ? 254 : 100}
      error={problem?.field(field)}
      onChange={(event) => {
        onChange({ ...values, [field]: event.currentTarget.value });
      }}
    />
  );
  const addField = () => {
    const name = adding.trim();
    if (!name || name in values.custom) return;
    onChange({ ...values, custom: { ...values.custom, [name]: '' } });
    setAdding('');
  };
  return (
    <>
      <div className={classes.pair}>
        {text('first_name', t('edit.firstName'))}
        {text('last_name', t('edit.lastName'))}
      </div>
      {text('phone', t('contact.phone'))}
      {text('email', t('contact.email'))}
      <Select
        label={t('edit.zone')}
        description={t('edit.zoneWhy')}
        placeholder={t('edit.zoneByNumber')}
        data={ZONES}
        value={values.zone || null}
        onChange={(zone) => {
          onChange({ ...values, zone: zone ?? '' });
        }}
        searchable
        clearable
        limit={60}
        clearButtonProps={{ 'aria-label': t('edit.zoneClear') }}
        nothingFoundMessage={t('edit.noZone')}
        error={problem?.field('zone')}
      />
      {Object.entries(values.custom).map(([name, value]) => (
        <TextInput
          key={name}
          label={name}
          value={value}
          maxLength={200}
          error={problem?.field(`custom.${name}`)}
          rightSection={
            <button
              type="button"
              className={classes.removeField}
              aria-label={t('edit.removeField', { name })}
              onClick={() => {
                const rest = Object.entries(values.custom).filter(([one]) => one !== name);
                onChange({ ...values, custom: Object.fromEntries(rest) });
              }}
            >
              <Icon name="close" size={13} />
            </button>
          }
          onChange={(event) => {
            const custom = { ...values.custom, [name]: event.currentTarget.value };
            onChange({ ...values, custom });
          }}
        />
      ))}
      <div className={classes.addField}>
        <TextInput
          label={t('edit.newField')}
          placeholder={t('edit.newFieldExample')}
          value={adding}
          maxLength={100}
          error={problem?.field('custom')}
          onChange={(event) => {
            setAdding(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            addField();
          }}
        />
        <Button variant="default" disabled={!adding.trim()} onClick={addField}>
          {t('edit.addField')}
        </Button>
      </div>
    </>
  );
}
