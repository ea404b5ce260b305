import { Drawer } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/Icon';
import { JobTray } from '../../features/jobs/JobTray';
import { QueueShortcut } from '../../features/queue/QueueBadge';
import { useAccess } from '../access';
import { ANNOUNCEMENTS_ID } from '../announce';
import { PAGES } from '../nav';
import { useShortcuts, type Shortcuts } from '../shortcuts';
import { ConnectionBanner } from './ConnectionBanner';
import { Help } from './Help';
import { Navigation } from './Navigation';
import { Palette } from './Palette';
import classes from './Shell.module.css';

/** Moves the focus to the page after a navigation, as a page load would. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

/** What every page has around it: navigation, banners, command palette, help. */
export function Shell() {
  const { t } = useTranslation();
  const main = useFocusOnNavigation();
  const navigate = useNavigate();
  const { can } = useAccess();
  const [menuOpen, menu] = useDisclosure(false);
  const [helpOpen, help] = useDisclosure(false);
  const [paletteOpen, palette] = useDisclosure(false);
  useHotkeys([['mod+K', palette.toggle]], []);

  const shortcuts: Shortcuts = { '?': help.open };
  for (const page of PAGES) {
    if (!page.needs || can(page.needs)) shortcuts[page.keys] = () => void navigate({ to: page.to });
  }
  useShortcuts(shortcuts);

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        {t('shell.skip')}
      </a>
      <aside className={classes.aside}>
        <Navigation onHelp={help.open} onCommands={palette.open} />
      </aside>
      <div className={classes.column}>
        <header className={classes.topbar}>
          <button
            type="button"
            className={classes.burger}
            aria-label={t('shell.menu')}
            onClick={menu.open}
          >
            <Icon name="menu" size={20} />
          </button>
          <span className={classes.brand}>Assent</span>
          <QueueShortcut />
        </header>
        <ConnectionBanner />
        <main id="main" ref={main} tabIndex={-1} className={classes.main}>
          <Outlet />
        </main>
      </div>
      <Drawer
        opened={menuOpen}
        onClose={menu.close}
        size={260}
        title={t('shell.menu')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Navigation onHelp={help.open} onCommands={palette.open} onNavigate={menu.close} />
      </Drawer>
      <JobTray />
      <Help opened={helpOpen} onClose={help.close} />
      <Palette opened={paletteOpen} onClose={palette.close} onHelp={help.open} />
      <div id={ANNOUNCEMENTS_ID} className="visually-hidden" role="status" aria-live="polite" />
    </div>
  );
}
