import { Button } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/problem';
import { useAccess } from '../../../app/access';
import { announce } from '../../../app/announce';
import { wordFor } from '../../../app/i18n';
import { Facts } from '../../../components/Facts';
import { Icon } from '../../../components/Icon';
import { Notice } from '../../../components/Notice';
import { Page, Section } from '../../../components/Page';
import { Pill } from '../../../components/Pill';
import { Failed, Loading } from '../../../components/States';
import { Time } from '../../../components/Time';
import { BadLines } from '../BadLines';
import { useFileSize } from '../fileSize';
import { ImportPill } from '../ImportPill';
import type { ContactImport, ImportState } from '../routes';
import { useContactImport } from './api';
import { Counts } from './Counts';
import { ImportStep } from './ImportStep';

/** Says aloud what state the import has come to. */
function useAnnounced(state: ImportState | undefined): void {
  const { t } = useTranslation();
  const before = useRef(state);
  useEffect(() => {
    if (before.current && state && before.current !== state) {
      announce(wordFor(t, 'importState', state));
    }
    before.current = state;
  }, [state, t]);
}

/** One import of contacts at an address of its own, from the file to what came of it. */
export function ImportPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { importId } = useParams({ from: '/settings/imports/$importId' });
  const allowed = can('contacts.import');
  const query = useContactImport(allowed ? importId : null);
  const one = query.data;
  useAnnounced(one?.state);
  if (!one) {
    const error = allowed ? query.error : new ApiError(403, null);
    return (
      <Page title={t('contactImport.title')}>
        {error ? (
          <Failed error={error} retry={allowed ? () => void query.refetch() : undefined} />
        ) : (
          <Loading rows={6} />
        )}
      </Page>
    );
  }
  const { state } = one;
  const choosing = state === 'uploading' && one.parts_received >= one.parts_expected;
  const counted = state === 'checked' || state === 'running' || state === 'finished';
  return (
    <Page
      title={one.file_name}
      aside={
        choosing ? (
          <Pill tone="warn">{t('contactImport.choosing')}</Pill>
        ) : (
          <ImportPill state={state} />
        )
      }
      actions={
        <Button
          component={Link}
          to="/settings/imports"
          variant="default"
          leftSection={<Icon name="back" size={16} />}
        >
          {t('optOutImport.toAll')}
        </Button>
      }
    >
      {one.problem && (
        <Notice tone="bad" title={t('optOutImport.failed')}>
          {one.problem.message}
        </Notice>
      )}
      <ImportStep key={one.id} one={one} />
      {counted && <Counts one={one} state={state} />}
      {one.samples.length > 0 && <BadLines kind="contacts" one={one} />}
      {state !== 'uploading' && <About one={one} />}
    </Page>
  );
}

function About({ one }: { one: ContactImport }) {
  const { t } = useTranslation();
  const size = useFileSize();
  const { proof } = one.options;
  return (
    <Section title={t('optOutImport.about')}>
      <Facts
        facts={[
          [t('optOutImport.by'), one.created_by],
          [t('optOutImport.when'), <Time key="when" at={one.created_at} />],
          [t('contactImport.group'), one.group_name || '–'],
          [
            t('contactImport.agreed'),
            proof ? `“${proof.text}” (${proof.attested_by})` : t('contactImport.noProofShort'),
          ],
          [t('optOutImport.size'), size(one.size)],
          [t('optOutImport.encoding'), one.encoding ?? '–'],
          [t('contactImport.keptUntil'), <Time key="until" at={one.files_until} />],
        ]}
      />
    </Section>
  );
}
