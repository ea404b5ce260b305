import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { Section } from '../../components/Page';
import { DataTable } from '../../components/DataTable';
import { Failed, Loading } from '../../components/States';
import { SettingsPage } from '../settings/SettingsPage';
import { useUsers } from './api';
import { Changes } from './Changes';
import { UserRow } from './UserRow';

/** The people who work in this account: what each may do, and what was changed of that. */
export function UsersPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  return (
    <SettingsPage title={t('settings.users')} lead={t('users.lead')}>
      {can('account.edit') ? (
        <>
          <Users />
          <Changes />
        </>
      ) : (
        <Failed error={new ApiError(403, null)} />
      )}
    </SettingsPage>
  );
}

function Users() {
  const { t } = useTranslation();
  const query = useUsers();
  return (
    <Section title={t('settings.users')} flush>
      {query.isPending && <Loading />}
      {query.error && !query.data && (
        <Failed error={query.error} retry={() => void query.refetch()} />
      )}
      {query.data && (
        <DataTable
          label={t('settings.users')}
          heads={[
            t('users.user'),
            t('users.role'),
            t('danger.what.delete'),
            t('danger.what.delete_all'),
            { label: t('optOuts.action'), hidden: true },
          ]}
        >
          <tbody>
            {query.data.items.map((user) => (
              <UserRow key={user.id} user={user} />
            ))}
          </tbody>
        </DataTable>
      )}
    </Section>
  );
}
