import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../../api/client';
import { ApiError } from '../../api/problem';
import { explain } from '../../app/explain';
import { readablePhone } from '../../components/Phone';
import { useContact } from './api';
import classes from './ContactPicker.module.css';
import { contactName, type Named } from './name';

const TYPING_MS = 250;

interface Props {
  label: string;
  description?: string;
  placeholder: string;
  /** What the button does that takes the choice back. */
  clearLabel: string;
  value: string | null;
  onChange: (contactId: string | null) => void;
}

/** Contacts by name, e-mail, or number in any notation, whole or its last four digits. */
function useFoundContacts(search: string) {
  return useQuery({
    queryKey: ['found-contacts', search],
    queryFn: () =>
      ask(api.POST('/api/v1/contacts/search', { body: { filter: { search }, limit: 10 } })),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Names one contact out of however many, by whatever is known of it. */
export function ContactPicker({ value, onChange, ...texts }: Props) {
  const { t } = useTranslation();
  const { label, description, placeholder, clearLabel } = texts;
  const contact = useContact(value).data;
  const name = contact ? contactName(contact) || t('contact.erasedName') : '';
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed === name ? '' : typed.trim(), TYPING_MS);
  const found = useFoundContacts(search);
  const known = new Map<string, Named>((found.data?.items ?? []).map((one) => [one.id, one]));
  // The one that is chosen stays a choice, whatever is searched for.
  if (contact && !known.has(contact.id)) known.set(contact.id, contact);
  const data = [...known].map(([id, one]) => ({
    value: id,
    label: contactName(one) || t('contact.erasedName'),
  }));
  return (
    <Select
      label={label}
      description={description}
      placeholder={placeholder}
      data={found.error ? [] : data}
      value={value}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': clearLabel }}
      filter={({ options }) => options}
      nothingFoundMessage={nothing(t, found.error)}
      searchValue={typed}
      onSearchChange={setTyped}
      renderOption={({ option }) => {
        const phone = readablePhone(known.get(option.value)?.phone ?? '');
        return (
          <span className={classes.option}>
            {option.label}
            {phone !== option.label && <small>{phone}</small>}
          </span>
        );
      }}
      onChange={onChange}
    />
  );
}

/** Nobody found, too little typed to look for, or no answer. */
function nothing(t: Parameters<typeof explain>[0], error: Error | null): string {
  if (!error) return t('pick.nobody');
  const short = error instanceof ApiError && error.code === 'search_too_short';
  return short ? t('pick.more') : explain(t, error).cause;
}
