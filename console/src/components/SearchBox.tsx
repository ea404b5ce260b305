import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcuts } from '../app/shortcuts';
import { Icon } from './Icon';

const TYPING_MS = 250;

interface Props {
  label: string;
  placeholder: string;
  text: string;
  onChange: (text: string) => void;
}

/** One box for everything that a contact is known by; `/` leads to it, Enter back to the list, Escape empties it. */
export function SearchBox({ label, placeholder, text, onChange }: Props) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const later = useDebouncedCallback(onChange, TYPING_MS);
  useShortcuts({
    '/': () => {
      field.current?.focus();
      field.current?.select();
    },
  });
  // Emptied from elsewhere: a saved view, "clear all".
  useEffect(() => {
    if (field.current && document.activeElement !== field.current) field.current.value = text;
  }, [text]);
  return (
    <TextInput
      ref={field}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      title={t('search.key')}
      defaultValue={text}
      maxLength={100}
      autoComplete="off"
      spellCheck={false}
      leftSection={<Icon name="search" size={16} />}
      rightSection={<kbd aria-hidden="true">/</kbd>}
      onChange={(event) => {
        later(event.currentTarget.value.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          // Done typing: the keys of the list are at hand.
          later.cancel();
          onChange(event.currentTarget.value.trim());
          event.currentTarget.blur();
        }
        if (event.key !== 'Escape') return;
        if (event.currentTarget.value) {
          event.currentTarget.value = '';
          later.cancel();
          onChange('');
        } else {
          event.currentTarget.blur();
        }
      }}
      style={{ flex: '1 1 240px', maxWidth: 420 }}
    />
  );
}
