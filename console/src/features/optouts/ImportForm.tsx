import { Button, Select } from '@mantine/core';
import { useMemo, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { explain } from '../../app/explain';
import { Notice } from '../../components/Notice';
import { save } from '../../app/saveFile';
import { FileField } from '../imports/FileField';
import { useCreateImport } from './imports';
import { OptOutFields, TERMS, type OptOutTerms } from './OptOutFields';
import { regions } from '../imports/regions';
import { startUpload } from '../imports/upload';
import type { Import } from './routes';
import { useDraft } from './useDraft';
import formClasses from '../../components/Form.module.css';

interface Draft extends OptOutTerms {
  file: File | null;
  /** Null until the person chose one: the account's own. */
  region: string | null;
}

const EMPTY: Draft = { ...TERMS, file: null, region: null };
const LONGEST_NAME = 200;
const SAMPLE = 'phone\r\n+12025550143\r\n(202) 555-0144\r\n';

/** A file and what it means. Sending it adds nothing yet: first comes what it would do. */
export function ImportForm({ onCreated }: { onCreated: (created: Import) => void }) {
  const { t, i18n } = useTranslation();
  const { settings } = useAccess();
  const { draft, change, reset } = useDraft<Draft>('opt-out-import', EMPTY);
  const create = useCreateImport();
  const [empty, setEmpty] = useState(false);
  const countries = useMemo(() => regions(i18n.language), [i18n.language]);
  const problem = create.error instanceof ApiError ? create.error : null;
  const { file, kind, channels } = draft;
  const region = draft.region ?? settings?.default_region ?? 'US';

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!file) return;
    create.mutate(
      {
        file_name: file.name.slice(-LONGEST_NAME),
        size: file.size,
        kind,
        channels,
        reason: draft.reason.trim(),
        region,
      },
      {
        onSuccess: (created) => {
          startUpload('opt-outs', created, file);
          reset();
          onCreated(created);
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className={`${formClasses.form} ${formClasses.narrow}`}>
      {create.error && (
        <Notice tone="bad" title={explain(t, create.error).title}>
          {explain(t, create.error).cause}
        </Notice>
      )}
      <FileField
        label={t('optOutImport.file')}
        hint={t('optOutImport.fileHint')}
        file={file}
        error={
          empty
            ? t('optOutImport.emptyFile')
            : (problem?.field('size') ?? problem?.field('file_name'))
        }
        onChange={(chosen) => {
          setEmpty(chosen?.size === 0);
          change({ file: chosen?.size === 0 ? null : chosen });
          create.reset();
        }}
      />
      <div>
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => {
            save([SAMPLE], 'opt-outs-sample.csv', 'text/csv');
          }}
        >
          {t('optOutImport.sample')}
        </Button>
      </div>
      <OptOutFields terms={draft} onChange={change} problem={problem} />
      <Select
        label={t('optOutImport.region')}
        description={t('optOutImport.regionWhy')}
        data={countries}
        value={region}
        onChange={(value) => {
          if (value) change({ region: value });
        }}
        allowDeselect={false}
        searchable
        maw={320}
        nothingFoundMessage={t('optOutImport.noRegion')}
        error={problem?.field('region')}
      />
      <div className={formClasses.actions}>
        <Button type="submit" loading={create.isPending} disabled={!file || channels.length === 0}>
          {t('optOutImport.check')}
        </Button>
      </div>
    </form>
  );
}
