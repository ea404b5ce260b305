import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/problem';
import { useAccess } from '../../../app/access';
import { explain } from '../../../app/explain';
import { save } from '../../../app/saveFile';
import { tellFailed } from '../../../app/toast';
import { Notice } from '../../../components/Notice';
import { Section } from '../../../components/Page';
import { Failed } from '../../../components/States';
import { SettingsPage } from '../../settings/SettingsPage';
import { FileField } from '../FileField';
import { History } from '../History';
import { startUpload } from '../upload';
import { loadSample, useCreateContactImport } from './api';
import formClasses from '../../../components/Form.module.css';

/** Contacts from a file, and what became of earlier files. */
export function ImportsPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  return (
    <SettingsPage title={t('contactImport.title')} lead={t('contactImport.lead')}>
      {can('contacts.import') ? (
        <>
          <Section title={t('contactImport.new')}>
            <NewImport />
          </Section>
          <Earlier />
        </>
      ) : (
        <Failed error={new ApiError(403, null)} />
      )}
    </SettingsPage>
  );
}

const FIGURES = ['added', 'updated', 'existing', 'opted_out', 'invalid'] as const;

function Earlier() {
  const { t } = useTranslation();
  return (
    <History
      kind="contacts"
      noneWhy={t('contactImport.noneWhy')}
      own={{ title: t('contactImport.group'), cell: ({ group_name }) => group_name || '–' }}
      figures={FIGURES.map((code) => [code, t(`contactImport.figure.${code}`)])}
    />
  );
}

/** The file is all that is asked for here; what its columns hold comes next. */
function NewImport() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const create = useCreateContactImport();
  const [empty, setEmpty] = useState(false);
  const problem = create.error instanceof ApiError ? create.error : null;
  const begin = (file: File | null) => {
    setEmpty(file?.size === 0);
    if (!file || file.size === 0 || create.isPending) return;
    create.mutate(file, {
      onSuccess: (one) => {
        startUpload('contacts', one, file);
        void navigate({ to: '/settings/imports/$importId', params: { importId: one.id } });
      },
    });
  };
  return (
    <div className={formClasses.form}>
      {create.error && !problem?.field('size') && (
        <Notice tone="bad" title={explain(t, create.error).title}>
          {explain(t, create.error).cause}
        </Notice>
      )}
      <FileField
        label={t('contactImport.file')}
        hint={create.isPending ? t('optOutImport.starting') : t('contactImport.fileHint')}
        file={null}
        error={empty ? t('optOutImport.emptyFile') : problem?.field('size')}
        onChange={begin}
      />
      <div>
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => {
            loadSample().then(
              (content) => {
                save([content], 'contacts.csv', 'text/csv');
              },
              (error: unknown) => {
                tellFailed(t, error);
              },
            );
          }}
        >
          {t('optOutImport.sample')}
        </Button>
      </div>
    </div>
  );
}
