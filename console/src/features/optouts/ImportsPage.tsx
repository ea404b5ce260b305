import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { Icon } from '../../components/Icon';
import { Page, Section } from '../../components/Page';
import { Failed } from '../../components/States';
import { History } from '../imports/History';
import { ImportForm } from './ImportForm';
import { KindPill } from './KindPill';

/** Numbers from a file onto the opt-out list, and what became of earlier files. */
export function ImportsPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const navigate = useNavigate();
  if (!can('opt_outs.import')) {
    return (
      <Page title={t('optOutImport.title')}>
        <Failed error={new ApiError(403, null)} />
      </Page>
    );
  }
  return (
    <Page
      title={t('optOutImport.title')}
      lead={t('optOutImport.lead')}
      actions={
        <Button
          component={Link}
          to="/opt-outs"
          variant="default"
          leftSection={<Icon name="back" size={16} />}
        >
          {t('nav.optOuts')}
        </Button>
      }
    >
      <Section title={t('optOutImport.new')}>
        <ImportForm
          onCreated={({ id }) =>
            void navigate({ to: '/opt-outs/imports/$importId', params: { importId: id } })
          }
        />
      </Section>
      <Earlier />
    </Page>
  );
}

const FIGURES = ['added', 'raised', 'already', 'invalid'] as const;

function Earlier() {
  const { t } = useTranslation();
  return (
    <History
      kind="opt-outs"
      noneWhy={t('optOutImport.noneWhy')}
      own={{ title: t('optOuts.kind'), cell: ({ kind }) => <KindPill kind={kind} /> }}
      figures={FIGURES.map((code) => [code, t(`optOutImport.figure.${code}`)])}
    />
  );
}
