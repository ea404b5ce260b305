import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { contactName } from '../../contacts/name';
import { useFoundContacts } from './api';

const TYPING_MS = 250;

interface Props {
  value: string | null;
  onChange: (contactId: string | null) => void;
}

/** Chooses the contact as whom a text is shown; none is somebody with a usual name. */
export function ContactPicker({ value, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null);
  const [search] = useDebouncedValue(typed === chosen?.label ? '' : typed, TYPING_MS);
  const found = useFoundContacts(search);
  const choices = (found.data?.items ?? []).map((one) => ({
    value: one.id,
    label: contactName(one),
  }));
  // The one that is chosen stays a choice, whatever is searched for.
  const rest = choices.filter((one) => one.value !== chosen?.value);
  return (
    <Select
      label={t('composer.previewAs')}
      placeholder={t('composer.previewAnybody')}
      data={chosen ? [chosen, ...rest] : rest}
      value={value}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('composer.previewClear') }}
      filter={({ options }) => options}
      nothingFoundMessage={t(found.error ? 'composer.previewFailed' : 'composer.previewNobody')}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(id) => {
        setChosen(choices.find((one) => one.value === id) ?? null);
        onChange(id);
      }}
    />
  );
}
