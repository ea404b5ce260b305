import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask } from '../api/client';
import type { Me } from '../api/types';
import { AccessContext, chooseAccount, chosenAccount, type Access } from './access';
import { announce } from './announce';
import type { Session } from './auth/session';
import { Splash } from './auth/SignInPage';
import { router } from './router';
import { leave } from './unsaved';

const BROWSER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Reads who this is, picks the account, and shows the pages. */
export function AccessGate({ session }: { session: Session }) {
  const { t } = useTranslation();
  const me = useQuery({ queryKey: ['me'], queryFn: () => ask(api.GET('/api/v1/me')) });
  if (me.isPending) return <Splash />;
  const signOut = (
    <Button variant="subtle" onClick={() => void session.signOut()}>
      {t('shell.signOut')}
    </Button>
  );
  if (!me.data) {
    return <Splash error={me.error} retry={() => void me.refetch()} more={signOut} />;
  }
  const [first] = me.data.accounts;
  if (!first) {
    return (
      <Splash
        title={t('noAccount.title')}
        text={t('noAccount.cause', { email: me.data.user.email })}
        more={signOut}
      />
    );
  }
  return <Accounts me={me.data} first={first} session={session} />;
}

interface Props {
  me: Me;
  first: Me['accounts'][number];
  session: Session;
}

function Accounts({ me, first, session }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState(() => {
    const known = me.accounts.find(({ id }) => id === chosenAccount()) ?? first;
    chooseAccount(known.id);
    return known.id;
  });
  const account = me.accounts.find(({ id }) => id === chosen) ?? first;
  const settings = useQuery({
    queryKey: ['account', account.id],
    queryFn: () => ask(api.GET('/api/v1/account')),
    staleTime: 60_000,
  }).data;

  const access = useMemo<Access>(
    () => ({
      me,
      account,
      settings,
      timeZone: settings?.time_zone ?? BROWSER_ZONE,
      can: (permission) => account.permissions.includes(permission),
      switchTo: (id) => {
        const next = me.accounts.find((one) => one.id === id);
        if (!next || id === account.id) return;
        leave(() => {
          chooseAccount(id);
          setChosen(id);
          // Nothing of the other account may stay on the screen or in the cache.
          queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' });
          void router.navigate({ to: '/', ignoreBlocker: true });
          announce(t('shell.switched', { name: next.name }));
        });
      },
      signOut: () => {
        queries.clear();
        void session.signOut();
      },
    }),
    [me, account, settings, queries, session, t],
  );

  return (
    <AccessContext value={access}>
      <RouterProvider key={account.id} router={router} />
    </AccessContext>
  );
}
