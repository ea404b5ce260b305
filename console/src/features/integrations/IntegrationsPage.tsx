import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CreatedIntegration } from '../../api/types';
import { useAccess } from '../../app/access';
import { Icon } from '../../components/Icon';
import { LoadMore } from '../../components/LoadMore';
import { Page, Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { useIntegrations } from './api';
import { IntegrationCard } from './IntegrationCard';
import { KeyDialog } from './KeyDialog';
import { NewIntegrationDialog } from './NewIntegrationDialog';

/** Where leads come from: hosted forms and the lead API. */
export function IntegrationsPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const integrations = useIntegrations();
  const [creating, dialog] = useDisclosure(false);
  const [created, setCreated] = useState<CreatedIntegration | null>(null);
  const mayEdit = can('integrations.edit');
  const create = mayEdit && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={dialog.open}>
      {t('integrations.new')}
    </Button>
  );
  const none = !integrations.isPending && !integrations.error && integrations.items.length === 0;
  return (
    <Page title={t('nav.integrations')} lead={t('integrations.lead')} actions={create}>
      {(integrations.isPending || integrations.error !== null || none) && (
        <Section title={t('integrations.all')} flush>
          {integrations.isPending && <Loading />}
          {integrations.error && <Failed error={integrations.error} retry={integrations.retry} />}
          {none && (
            <Empty icon="integrations" title={t('integrations.empty')}>
              {t('integrations.emptyWhy')}
            </Empty>
          )}
        </Section>
      )}
      {integrations.items.map((integration) => (
        <IntegrationCard
          key={integration.id}
          integration={integration}
          mayEdit={mayEdit}
          onKey={setCreated}
        />
      ))}
      <LoadMore pages={integrations} />
      <NewIntegrationDialog
        opened={creating}
        onClose={dialog.close}
        onCreated={(integration) => {
          dialog.close();
          setCreated(integration);
        }}
      />
      <KeyDialog
        created={created}
        onClose={() => {
          setCreated(null);
        }}
      />
    </Page>
  );
}
