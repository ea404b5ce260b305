import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { Icon } from '../../components/Icon';
import { readablePhone } from '../../components/Phone';
import type { SearchText } from '../../components/useSearchText';
import { useOptOutSenders } from './api';
import { CHANNELS, isFiltered, KINDS, SOURCES, type OptOutSearch } from './filters';
import classes from './OptOuts.module.css';

interface Props {
  search: OptOutSearch;
  number: SearchText;
  /** The number that was asked for is none. */
  wrongNumber: boolean;
  onChange: (search: OptOutSearch) => void;
  onClear: () => void;
}

/** What to show; every choice but the number is in the address, to be kept and passed on. */
export function OptOutFilters({ search, number, wrongNumber, onChange, onClear }: Props) {
  const { t } = useTranslation();
  const senders = useOptOutSenders();
  const change = (part: Record<string, string>) => {
    onChange({ ...search, ...part });
  };
  const senderOptions = (senders.data?.items ?? []).map(({ id, program_name, address }) => ({
    value: id,
    label: `${program_name} ${readablePhone(address)}`,
  }));
  if (search.sender && !senderOptions.some(({ value }) => value === search.sender)) {
    senderOptions.push({ value: search.sender, label: search.sender });
  }
  const any = { value: '', label: t('optOuts.any') };
  return (
    <div className={classes.filters} role="search" aria-label={t('optOuts.filters')}>
      <NumberFilter number={number} wrong={wrongNumber} />
      <NativeSelect
        size="xs"
        label={t('optOuts.sender')}
        value={search.sender ?? ''}
        data={[any, ...senderOptions]}
        onChange={(event) => {
          change({ sender: event.currentTarget.value });
        }}
      />
      <NativeSelect
        size="xs"
        label={t('optOuts.channel')}
        value={search.channel ?? ''}
        data={[any, ...CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))]}
        onChange={(event) => {
          change({ channel: event.currentTarget.value });
        }}
      />
      <NativeSelect
        size="xs"
        label={t('optOuts.kind')}
        value={search.kind ?? ''}
        data={[any, ...KINDS.map((value) => ({ value, label: wordFor(t, 'optOutKind', value) }))]}
        onChange={(event) => {
          change({ kind: event.currentTarget.value });
        }}
      />
      <NativeSelect
        size="xs"
        label={t('optOuts.source')}
        value={search.source ?? ''}
        data={[any, ...SOURCES.map((value) => ({ value, label: wordFor(t, 'source', value) }))]}
        onChange={(event) => {
          change({ source: event.currentTarget.value });
        }}
      />
      <TextInput
        size="xs"
        type="date"
        label={t('optOuts.since')}
        value={search.since ?? ''}
        max={search.until}
        onChange={(event) => {
          change({ since: event.currentTarget.value });
        }}
      />
      <TextInput
        size="xs"
        type="date"
        label={t('optOuts.until')}
        value={search.until ?? ''}
        min={search.since}
        onChange={(event) => {
          change({ until: event.currentTarget.value });
        }}
      />
      {(isFiltered(search) || number.asked) && (
        <Button
          size="xs"
          variant="subtle"
          className={classes.clear}
          leftSection={<Icon name="close" size={13} />}
          onClick={onClear}
        >
          {t('optOuts.clear')}
        </Button>
      )}
    </div>
  );
}

/** Searches a moment after the last key. What is being typed is never overwritten by an answer. */
function NumberFilter({ number, wrong }: { number: SearchText; wrong: boolean }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const { asked } = number;
  useEffect(() => {
    // Emptied from elsewhere: "clear all".
    if (field.current && document.activeElement !== field.current) field.current.value = asked;
  }, [asked]);
  return (
    <TextInput
      ref={field}
      size="xs"
      type="search"
      inputMode="tel"
      autoComplete="off"
      label={t('optOuts.number')}
      placeholder={t('optOuts.numberExample')}
      defaultValue={asked}
      error={wrong}
      maxLength={40}
      onChange={(event) => {
        number.type(event.currentTarget.value);
      }}
    />
  );
}
