import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useKeptText } from '../../../components/useKeptText';
import { Page } from '../../../components/Page';
import { Empty } from '../../../components/States';
import { useContactCount } from './api';
import { ContactList } from './ContactList';
import { CountPill } from './CountPill';
import { contactFilter } from './search';

/** Everybody the account knows. */
export function ContactsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ from: '/contacts' });
  const [text, setText] = useKeptText('contacts');
  const { data: count } = useContactCount(contactFilter(search, text));
  return (
    <Page
      title={t('nav.contacts')}
      lead={t('contacts.lead')}
      aside={<CountPill count={count} />}
      width="full"
    >
      <ContactList
        label={t('contacts.all')}
        search={search}
        onSearch={(next) =>
          void navigate({ to: '/contacts', search: next, replace: true, resetScroll: false })
        }
        text={text}
        onText={setText}
        count={count}
        empty={
          <Empty icon="contacts" title={t('contacts.empty')}>
            {t('contacts.emptyWhy')}
          </Empty>
        }
      />
    </Page>
  );
}
