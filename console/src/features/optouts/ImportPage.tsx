import { Button } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { announce } from '../../app/announce';
import { wordFor } from '../../app/i18n';
import { Facts } from '../../components/Facts';
import { Icon } from '../../components/Icon';
import { Notice } from '../../components/Notice';
import { Page, Section } from '../../components/Page';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { BadLines } from '../imports/BadLines';
import { useFileSize } from '../imports/fileSize';
import { ImportPill } from '../imports/ImportPill';
import { ImportCounts } from './ImportCounts';
import { useImport } from './imports';
import { ImportStep } from './ImportStep';
import { KindPill } from './KindPill';
import type { Import } from './routes';

/** Says aloud what state the import has come to. */
function useAnnounced(state: Import['state'] | undefined): void {
  const { t } = useTranslation();
  const before = useRef(state);
  useEffect(() => {
    if (before.current && state && before.current !== state) {
      announce(wordFor(t, 'importState', state));
    }
    before.current = state;
  }, [state, t]);
}

/** One import at an address of its own: what it would do, does, or did. */
export function ImportPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { importId } = useParams({ from: '/opt-outs/imports/$importId' });
  const allowed = can('opt_outs.import');
  const query = useImport(allowed ? importId : null);
  const one = query.data;
  useAnnounced(one?.state);
  if (!one) {
    const error = allowed ? query.error : new ApiError(403, null);
    return (
      <Page title={t('optOutImport.title')}>
        {error ? (
          <Failed error={error} retry={allowed ? () => void query.refetch() : undefined} />
        ) : (
          <Loading rows={6} />
        )}
      </Page>
    );
  }
  const { state } = one;
  const counted = state === 'checked' || state === 'running' || state === 'finished';
  return (
    <Page
      title={one.file_name || t('optOutImport.unnamed')}
      aside={<ImportPill state={state} />}
      actions={
        <Button
          component={Link}
          to="/opt-outs/imports"
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
      {counted && <ImportCounts one={one} state={state} />}
      {one.samples.length > 0 && <BadLines kind="opt-outs" one={one} />}
      <About one={one} />
    </Page>
  );
}

function About({ one }: { one: Import }) {
  const { t } = useTranslation();
  const size = useFileSize();
  return (
    <Section title={t('optOutImport.about')}>
      <Facts
        facts={[
          [t('optOutImport.by'), one.created_by],
          [t('optOutImport.when'), <Time key="when" at={one.created_at} />],
          [t('optOuts.kind'), <KindPill key="kind" kind={one.kind} />],
          [
            t('optOuts.channels'),
            one.channels.map((channel) => t(`channel.${channel}`)).join(', '),
          ],
          [t('optOuts.reason'), one.reason || '–'],
          ...(one.size > 0 ? [[t('optOutImport.size'), size(one.size)] as const] : []),
          ...(one.encoding ? [[t('optOutImport.encoding'), one.encoding] as const] : []),
        ]}
      />
    </Section>
  );
}
