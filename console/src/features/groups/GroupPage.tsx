import { Button } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { Icon } from '../../components/Icon';
import { Page } from '../../components/Page';
import { Pill } from '../../components/Pill';
import { Empty, Failed, Loading } from '../../components/States';
import { useSearchText } from '../../components/useSearchText';
import { ContactList } from '../contacts/list/ContactList';
import { contactSearch } from '../contacts/list/search';
import { useGroup } from './api';
import { GroupMenu } from './GroupMenu';

/** The members of a group: the contacts table, narrowed to it. */
export function GroupPage() {
  const { groupId } = useParams({ from: '/groups/$groupId' });
  // Nothing of one group stays for the next: no rows, no search.
  return <Members key={groupId} groupId={groupId} />;
}

function Members({ groupId }: { groupId: string }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const navigate = useNavigate();
  const search = { ...useSearch({ from: '/groups/$groupId' }), group: groupId };
  const found = useGroup(groupId);
  const group = found.data;
  const text = useSearchText(`group ${groupId}`);
  if (!group) {
    return (
      <Page title={t('groups.one')}>
        {found.error ? (
          <Failed error={found.error} retry={() => void found.refetch()} />
        ) : (
          <Loading rows={6} />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={group.name}
      aside={<>{group.archived && <Pill tone="mute">{t('groups.archived')}</Pill>}</>}
      lead={t('groups.membersLead')}
      width="full"
      actions={
        <>
          <Button
            component={Link}
            to="/groups"
            variant="default"
            leftSection={<Icon name="back" size={16} />}
          >
            {t('groups.all')}
          </Button>
          {can('groups.edit') && (
            <GroupMenu group={group} onDeleted={() => void navigate({ to: '/groups' })} />
          )}
        </>
      }
    >
      <ContactList
        label={t('groups.members')}
        search={search}
        fixed="group"
        onSearch={(next) =>
          void navigate({
            to: '/groups/$groupId',
            params: { groupId },
            // The group is in the path already.
            search: contactSearch({ ...next, group: undefined }),
            replace: true,
            resetScroll: false,
          })
        }
        text={text}
        empty={
          <Empty
            icon="groups"
            title={t('groups.nobody')}
            action={
              <Button component={Link} to="/contacts" variant="default">
                {t('nav.contacts')}
              </Button>
            }
          >
            {t('groups.nobodyWhy')}
          </Empty>
        }
      />
    </Page>
  );
}
