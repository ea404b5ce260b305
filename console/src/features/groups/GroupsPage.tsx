import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { Icon } from '../../components/Icon';
import { LoadMore } from '../../components/LoadMore';
import { Page, Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import classes from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { useGroups } from './api';
import { NewGroupDialog } from './NewGroupDialog';

/** The account's groups: audiences of broadcasts. */
export function GroupsPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const groups = useGroups();
  const [creating, dialog] = useDisclosure(false);
  const create = can('groups.edit') && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={dialog.open}>
      {t('groups.new')}
    </Button>
  );
  return (
    <Page title={t('nav.groups')} lead={t('groups.lead')} actions={create}>
      <Section title={t('groups.all')} flush>
        {groups.isPending && <Loading />}
        {groups.error && <Failed error={groups.error} retry={groups.retry} />}
        {!groups.isPending && !groups.error && groups.items.length === 0 && (
          <Empty icon="groups" title={t('groups.empty')}>
            {t('groups.emptyWhy')}
          </Empty>
        )}
        {groups.items.length > 0 && (
          <div className={classes.wrap}>
            <table className={classes.table}>
              <thead>
                <tr>
                  <th scope="col">{t('groups.name')}</th>
                  <th scope="col" className={classes.number}>
                    {t('groups.members')}
                  </th>
                  <th scope="col">{t('groups.created')}</th>
                </tr>
              </thead>
              <tbody>
                {groups.items.map((group) => (
                  <tr key={group.id}>
                    <td style={{ fontWeight: 550 }}>{group.name}</td>
                    <td className={classes.number}>
                      {group.members}
                      {group.members_capped && '+'}
                    </td>
                    <td className={classes.quiet}>
                      <Time at={group.created_at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <LoadMore pages={groups} />
      </Section>
      <NewGroupDialog opened={creating} onClose={dialog.close} />
    </Page>
  );
}
