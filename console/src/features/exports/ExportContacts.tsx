import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { announce } from '../../app/announce';
import { tellDone, tellFailed } from '../../app/toast';
import { Icon } from '../../components/Icon';
import type { ContactFilter, ContactSearch } from '../contacts/list/search';
import { useExportContacts } from './api';

interface Props {
  filter: ContactFilter;
  sort: ContactSearch['sort'];
}

/** Writes what the view shows to a file in the background; leads to where it can be fetched. */
export function ExportContacts({ filter, sort }: Props) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const navigate = useNavigate();
  const start = useExportContacts();
  if (!can('contacts.export')) return null;
  return (
    <Button
      variant="default"
      leftSection={<Icon name="download" size={16} />}
      loading={start.isPending}
      onClick={() => {
        start.mutate(
          { filter, sort: sort ?? 'newest' },
          {
            onSuccess: () => {
              tellDone(t, t('exports.begun'));
              announce(t('exports.begun'));
              void navigate({ to: '/settings/jobs' });
            },
            onError: (error) => {
              tellFailed(t, error);
            },
          },
        );
      }}
    >
      {t('exports.action')}
    </Button>
  );
}
