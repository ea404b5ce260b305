import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { Icon } from '../../components/Icon';
import { Page, Section } from '../../components/Page';
import { Failed } from '../../components/States';
import { ImportForm } from './ImportForm';
import { ImportHistory } from './ImportHistory';

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
      <ImportHistory />
    </Page>
  );
}
