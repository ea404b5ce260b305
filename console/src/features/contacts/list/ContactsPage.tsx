import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useAccess } from '../../../app/access';
import { Icon } from '../../../components/Icon';
import { Page } from '../../../components/Page';
import { Empty } from '../../../components/States';
import { useSearchText } from '../../../components/useSearchText';
import { ExportContacts } from '../../exports/ExportContacts';
import { NewContactDialog } from '../edit/NewContactDialog';
import { ContactList } from './ContactList';
import { contactFilter } from './search';

/** Everybody the account knows. */
export function ContactsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ from: '/contacts' });
  const text = useSearchText('contacts');
  const filter = contactFilter(search, text.asked);
  const { can } = useAccess();
  const [adding, add] = useDisclosure(false);
  const actions = (
    <>
      {can('contacts.import') && (
        <Button
          component={Link}
          to="/settings/imports"
          variant="default"
          leftSection={<Icon name="upload" size={16} />}
        >
          {t('contacts.import')}
        </Button>
      )}
      {can('contacts.edit') && (
        <Button leftSection={<Icon name="plus" size={16} />} onClick={add.open}>
          {t('edit.new')}
        </Button>
      )}
    </>
  );
  return (
    <Page
      title={t('nav.contacts')}
      lead={t('contacts.lead')}
      width="full"
      actions={
        <>
          <ExportContacts filter={filter} sort={search.sort} />
          {actions}
        </>
      }
    >
      <ContactList
        label={t('contacts.all')}
        search={search}
        onSearch={(next) =>
          void navigate({ to: '/contacts', search: next, replace: true, resetScroll: false })
        }
        text={text}
        views
        empty={
          <Empty icon="contacts" title={t('contacts.empty')} action={actions}>
            {t('contacts.emptyWhy')}
          </Empty>
        }
      />
      <NewContactDialog opened={adding} onClose={add.close} />
    </Page>
  );
}
