import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { Icon } from '../../components/Icon';
import { LoadMore } from '../../components/LoadMore';
import { Page, Section } from '../../components/Page';
import { Pill } from '../../components/Pill';
import { Empty, Failed, Loading } from '../../components/States';
import classes from '../../components/table.module.css';
import { Time } from '../../components/Time';
import { useGroupPages, type Group } from './api';
import { GroupMenu } from './GroupMenu';
import { NewGroupDialog } from './NewGroupDialog';

/** The account's groups: audiences of broadcasts. */
export function GroupsPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 250);
  const groups = useGroupPages(asked);
  const [creating, dialog] = useDisclosure(false);
  const create = can('groups.edit') && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={dialog.open}>
      {t('groups.new')}
    </Button>
  );
  const settled = !groups.isPending && !groups.error && groups.items.length === 0;
  // Those in use first; an archived one is kept out of the way, not out of sight.
  const shown = [...groups.items].sort((a, b) => Number(a.archived) - Number(b.archived));
  return (
    <Page title={t('nav.groups')} lead={t('groups.lead')} actions={create}>
      {(search || groups.items.length > 0) && (
        <TextInput
          type="search"
          label={t('groups.search')}
          value={search}
          maxLength={100}
          mb="md"
          onChange={(event) => {
            setSearch(event.currentTarget.value);
          }}
        />
      )}
      <Section title={t('groups.all')} flush>
        {groups.isPending && <Loading />}
        {groups.error && <Failed error={groups.error} retry={groups.retry} />}
        {settled && asked && <Empty icon="groups" title={t('groups.nothing', { search: asked })} />}
        {settled && !asked && (
          <Empty icon="groups" title={t('groups.empty')} action={create}>
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
                  <th scope="col">
                    <span className="visually-hidden">{t('optOuts.action')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((group) => (
                  <Row key={group.id} group={group} />
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

function Row({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  return (
    <tr>
      <td>
        <Link to="/groups/$groupId" params={{ groupId: group.id }} className={classes.strong}>
          {group.name}
        </Link>{' '}
        {group.archived && <Pill tone="mute">{t('groups.archived')}</Pill>}
      </td>
      <td
        className={classes.number}
        title={group.members_at ? t('groups.countedAt', { when: group.members_at }) : undefined}
      >
        {t('optOutImport.number', { value: group.members })}
        {group.members_capped && '+'}
      </td>
      <td className={classes.quiet}>
        <Time at={group.created_at} />
      </td>
      <td style={{ textAlign: 'right' }}>{can('groups.edit') && <GroupMenu group={group} />}</td>
    </tr>
  );
}
