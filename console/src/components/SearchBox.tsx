import { TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcuts } from '../app/shortcuts';
import { Icon } from './Icon';
import type { SearchText } from './useSearchText';

interface Props {
  label: string;
  placeholder: string;
  text: SearchText;
}

/** One box for everything that a contact is known by; `/` leads to it, Enter back to the list, Escape empties it. */
export function SearchBox({ label, placeholder, text }: Props) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const { asked } = text;
  useShortcuts({
    '/': () => {
      field.current?.focus();
      field.current?.select();
    },
  });
  // Emptied from elsewhere: a saved view, "clear all".
  useEffect(() => {
    if (field.current && document.activeElement !== field.current) field.current.value = asked;
  }, [asked]);
  return (
    <TextInput
      ref={field}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      title={t('search.key')}
      defaultValue={asked}
      maxLength={100}
      autoComplete="off"
      spellCheck={false}
      leftSection={<Icon name="search" size={16} />}
      rightSection={<kbd aria-hidden="true">/</kbd>}
      onChange={(event) => {
        text.type(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          // Done typing: the keys of the list are at hand.
          text.ask(event.currentTarget.value);
          event.currentTarget.blur();
        }
        if (event.key !== 'Escape') return;
        if (event.currentTarget.value) {
          event.currentTarget.value = '';
          text.ask('');
        } else {
          event.currentTarget.blur();
        }
      }}
      style={{ flex: '1 1 240px', maxWidth: 420 }}
    />
  );
}
