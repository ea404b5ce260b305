import { Link } from '@tanstack/react-router';
import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess, type Permission } from '../../app/access';
import { Page } from '../../components/Page';
import classes from './Settings.module.css';

const TABS = [
  { to: '/settings/imports', name: 'imports', needs: 'contacts.import' },
  { to: '/settings/jobs', name: 'jobs', needs: 'contacts.view' },
  { to: '/settings/labels', name: 'labels', needs: 'contacts.view' },
  { to: '/settings/users', name: 'users', needs: 'account.edit' },
  { to: '/settings/danger', name: 'danger', needs: 'contacts.delete_all' },
] as const satisfies readonly { to: string; name: string; needs: Permission }[];

interface Props {
  title: string;
  lead: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page of the settings, with the way to the others. */
export function SettingsPage({ title, lead, actions, children }: Props) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const tabs = useRef<HTMLElement>(null);
  // On a phone they are wider than the page: the one that is open is in sight.
  useLayoutEffect(() => {
    tabs.current
      ?.querySelector('[aria-current]')
      ?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, []);
  return (
    <Page title={title} lead={lead} actions={actions}>
      <nav ref={tabs} aria-label={t('nav.settings')} className={classes.tabs}>
        {TABS.filter(({ needs }) => can(needs)).map(({ to, name }) => (
          <Link key={to} to={to} className={classes.tab}>
            {t(`settings.${name}`)}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  );
}
