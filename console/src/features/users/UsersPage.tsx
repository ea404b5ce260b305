import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { Section } from '../../components/Page';
import { Failed, Loading } from '../../components/States';
import tableClasses from '../../components/table.module.css';
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
        <div className={tableClasses.wrap}>
          <table
            className={`${tableClasses.table} ${tableClasses.cards}`}
            aria-label={t('settings.users')}
          >
            <thead>
              <tr>
                <th scope="col">{t('users.user')}</th>
                <th scope="col">{t('users.role')}</th>
                <th scope="col">{t('danger.what.delete')}</th>
                <th scope="col">{t('danger.what.delete_all')}</th>
                <th scope="col">
                  <span className="visually-hidden">{t('optOuts.action')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {query.data.items.map((user) => (
                <UserRow key={user.id} user={user} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
