import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
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
  const create = can('broadcasts.send') && (
    <Button component={Link} to="/broadcasts/new" leftSection={<Icon name="plus" size={16} />}>
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
