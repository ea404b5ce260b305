import { NativeSelect } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../../api/client';
import type { components } from '../../api/schema';
import { wordFor } from '../../app/i18n';
import { tellDone, tellFailed } from '../../app/toast';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Page';
import { Failed, Loading } from '../../components/States';
import classes from '../contacts/ContactPage.module.css';

type Rights = components['schemas']['DeletionRights'];
type Switch = components['schemas']['DeletionSwitch'];

const ROLES = ['owner', 'admin', 'operator'] as const;
const WHAT = ['delete', 'delete_all'] as const;
const CHOICES = ['default', 'on', 'off'] as const;

function choiceOf(value: boolean | null | undefined): (typeof CHOICES)[number] {
  if (value === undefined || value === null) return 'default';
  return value ? 'on' : 'off';
}

/** Who may delete contacts: switched for the account and for each role (C8). */
export function DeletionRights() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['deletion-rights'],
    queryFn: () => ask(api.GET('/api/v1/account/deletion-rights')),
  });
  const change = useMutation({
    mutationFn: (body: Rights) => ask(api.PATCH('/api/v1/account/deletion-rights', { body })),
    onSuccess: (rights) => {
      queries.setQueryData(['deletion-rights'], rights);
      tellDone(t, t('danger.switched'));
      return Promise.all(
        [['me'], ['users']].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
    },
    onError: (error) => {
      tellFailed(t, error);
    },
  });
  const rights = query.data;
  const rows = [
    { name: t('danger.everybody'), role: null },
    ...ROLES.map((role) => ({ name: wordFor(t, 'role', role), role })),
  ];
  const set = (role: string | null, what: (typeof WHAT)[number], choice: string) => {
    // Only what was switched is sent, so that two pages do not undo each other.
    const one: Switch = { [what]: choice === 'default' ? null : choice === 'on' };
    change.mutate(role === null ? { account: one } : { roles: { [role]: one } });
  };
  return (
    <Section title={t('danger.rights')} flush>
      {!rights && !query.error && <Loading />}
      {query.error && !rights && <Failed error={query.error} retry={() => void query.refetch()} />}
      {rights && (
        <>
          <p className={classes.note} style={{ padding: '0.75rem 1rem 0' }}>
            {t('danger.rightsWhat')}
          </p>
          <DataTable
            label={t('danger.rights')}
            heads={[t('danger.who'), ...WHAT.map((what) => t(`danger.what.${what}`))]}
          >
            <tbody>
              {rows.map(({ name, role }) => (
                <tr key={name}>
                  <td>{name}</td>
                  {WHAT.map((what) => {
                    const one = role === null ? rights.account : rights.roles?.[role];
                    return (
                      <td key={what} data-label={t(`danger.what.${what}`)}>
                        <NativeSelect
                          size="xs"
                          aria-label={`${name}: ${t(`danger.what.${what}`)}`}
                          value={choiceOf(one?.[what])}
                          disabled={change.isPending}
                          data={CHOICES.filter((value) => role !== null || value !== 'on').map(
                            (value) => ({ value, label: t(`danger.choice.${value}`) }),
                          )}
                          onChange={(event) => {
                            set(role, what, event.currentTarget.value);
                          }}
                        />
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </DataTable>
        </>
      )}
    </Section>
  );
}
