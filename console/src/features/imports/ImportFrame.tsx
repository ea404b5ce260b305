import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { announce } from '../../app/announce';
import { wordFor } from '../../app/i18n';
import { Icon } from '../../components/Icon';
import { Notice } from '../../components/Notice';
import { Page } from '../../components/Page';
import { Failed, Loading } from '../../components/States';
import { BadLines } from './BadLines';
import { ImportPill } from './ImportPill';
import type { ImportKind, ImportOf, ImportState } from './routes';

const BACK = { contacts: '/settings/imports', 'opt-outs': '/opt-outs/imports' } as const;

/** Says aloud what state an import has come to. */
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

interface Props<Kind extends ImportKind> {
  kind: Kind;
  /** The title until it is known which file it is. */
  title: string;
  allowed: boolean;
  query: UseQueryResult<ImportOf[Kind]>;
  /** What stands beside the title instead of the state. */
  aside?: (one: ImportOf[Kind]) => ReactNode;
  children: (one: ImportOf[Kind]) => ReactNode;
  /** What stands below the lines that were not taken. */
  about: (one: ImportOf[Kind]) => ReactNode;
}

/** One import at an address of its own, from the file to what came of it. */
export function ImportFrame<Kind extends ImportKind>({
  kind,
  title,
  allowed,
  query,
  aside,
  children,
  about,
}: Props<Kind>) {
  const { t } = useTranslation();
  const one = query.data;
  useAnnounced(one?.state);
  if (!one) {
    const error = allowed ? query.error : new ApiError(403, null);
    return (
      <Page title={title}>
        {error ? (
          <Failed error={error} retry={allowed ? () => void query.refetch() : undefined} />
        ) : (
          <Loading rows={6} />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={one.file_name || t('optOutImport.unnamed')}
      aside={aside?.(one) ?? <ImportPill state={one.state} />}
      actions={
        <Button
          component={Link}
          to={BACK[kind]}
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
      {children(one)}
      {one.samples.length > 0 && <BadLines kind={kind} one={one} />}
      {about(one)}
    </Page>
  );
}
