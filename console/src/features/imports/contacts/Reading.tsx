import { NativeSelect, Select, Switch } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../app/access';
import { wordFor } from '../../../app/i18n';
import { Notice } from '../../../components/Notice';
import { regions } from '../regions';
import type { Options, Preview } from './api';
import classes from './Mapping.module.css';

const ENCODINGS = [
  'utf-8',
  'utf-16-le',
  'utf-16-be',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'iso-8859-15',
  'macintosh',
] as const;
const DELIMITERS = ['comma', 'semicolon', 'tab', 'bar'] as const;

interface Props {
  read: Preview;
  options: Options;
  onChange: (part: Partial<Options>) => void;
}

/** How the file is read: found out, shown, and changeable. */
export function Reading({ read, options, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const { settings } = useAccess();
  const home = settings?.default_region ?? 'US';
  const countries = useMemo(() => regions(i18n.language), [i18n.language]);
  return (
    <div className={classes.stack}>
      {read.problems.map(({ code, message }) => (
        <Notice key={code} tone="bad" title={t('contactImport.fileProblem')}>
          {message}
        </Notice>
      ))}
      <div className={classes.reading}>
        <NativeSelect
          label={t('optOutImport.encoding')}
          description={t('contactImport.encodingWhy')}
          value={read.encoding ?? ''}
          data={[
            ...(read.encoding ? [] : [{ value: '', label: t('contactImport.notFound') }]),
            ...ENCODINGS.map((value) => ({ value, label: wordFor(t, 'encoding', value) })),
          ]}
          onChange={(event) => {
            const encoding = ENCODINGS.find((one) => one === event.currentTarget.value);
            // The columns may be others now.
            if (encoding) onChange({ encoding, columns: null });
          }}
        />
        <NativeSelect
          label={t('contactImport.delimiter')}
          description={t('contactImport.delimiterWhy')}
          value={read.delimiter ?? ''}
          data={[
            ...(read.delimiter ? [] : [{ value: '', label: t('contactImport.notFound') }]),
            ...DELIMITERS.map((value) => ({ value, label: wordFor(t, 'delimiter', value) })),
          ]}
          onChange={(event) => {
            const delimiter = DELIMITERS.find((one) => one === event.currentTarget.value);
            if (delimiter) onChange({ delimiter, columns: null });
          }}
        />
        <Select
          label={t('optOutImport.region')}
          description={t('optOutImport.regionWhy')}
          data={countries}
          value={options.region === '' ? home : (options.region ?? home)}
          onChange={(region) => {
            if (region) onChange({ region });
          }}
          allowDeselect={false}
          searchable
          nothingFoundMessage={t('optOutImport.noRegion')}
        />
      </div>
      <Switch
        label={t('contactImport.skipFirst')}
        checked={read.skip_first_line}
        onChange={(event) => {
          onChange({ skip_first_line: event.currentTarget.checked });
        }}
      />
    </div>
  );
}
