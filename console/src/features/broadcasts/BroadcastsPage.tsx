import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { useShortcuts } from '../../app/shortcuts';
import { Icon } from '../../components/Icon';
import { LoadMore } from '../../components/LoadMore';
import { Page, Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { useBroadcasts } from './api';
import { BroadcastTable } from './BroadcastTable';

export function BroadcastsPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const broadcasts = useBroadcasts();
  const navigate = useNavigate();
  const mayCreate = can('broadcasts.send');
  useShortcuts(mayCreate ? { n: () => void navigate({ to: '/broadcasts/new' }) } : {});
  const create = mayCreate && (
    <Button
      component={Link}
      to="/broadcasts/new"
      leftSection={<Icon name="plus" size={16} />}
      rightSection={<kbd>n</kbd>}
    >
      {t('broadcasts.new')}
    </Button>
  );
  return (
    <Page title={t('nav.broadcasts')} lead={t('broadcasts.lead')} actions={create}>
      <Section title={t('broadcasts.all')} flush>
        {broadcasts.isPending && <Loading />}
        {broadcasts.error && <Failed error={broadcasts.error} retry={broadcasts.retry} />}
        {!broadcasts.isPending && !broadcasts.error && broadcasts.items.length === 0 && (
          <Empty icon="broadcasts" title={t('broadcasts.empty')} action={create}>
            {t('broadcasts.emptyWhy')}
          </Empty>
        )}
        {broadcasts.items.length > 0 && <BroadcastTable broadcasts={broadcasts.items} />}
        <LoadMore pages={broadcasts} />
      </Section>
    </Page>
  );
}
