import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/Icon';
import { DecisionBadge } from '../../features/decisions/DecisionBadge';
import { QueueBadge } from '../../features/queue/QueueBadge';
import { useAccess } from '../access';
import { PAGES } from '../nav';
import { AccountSwitcher } from './AccountSwitcher';
import classes from './Navigation.module.css';
import { UserMenu } from './UserMenu';

interface Props {
  onHelp: () => void;
  onCommands: () => void;
  onNavigate?: () => void;
}

const MODIFIER = navigator.userAgent.includes('Mac') ? '⌘' : 'Ctrl';

/** The left side: account, pages, person. */
export function Navigation({ onHelp, onCommands, onNavigate }: Props) {
  const { t } = useTranslation();
  const { can } = useAccess();
  return (
    <div className={classes.side}>
      <AccountSwitcher />
      <button
        type="button"
        className={classes.search}
        onClick={() => {
          onNavigate?.();
          onCommands();
        }}
      >
        <Icon name="search" size={15} />
        <span>{t('shell.commands')}</span>
        <kbd aria-hidden="true">{MODIFIER} K</kbd>
      </button>
      <nav aria-label={t('shell.navigation')}>
        <ul className={classes.list}>
          {PAGES.filter(({ needs }) => !needs || can(needs)).map(({ to, name, icon }) => (
            <li key={to}>
              <Link
                to={to}
                className={classes.link}
                activeOptions={{ exact: to === '/' }}
                onClick={onNavigate}
              >
                <Icon name={icon} />
                <span className={classes.label}>{t(`nav.${name}`)}</span>
                {name === 'queue' && <QueueBadge />}
                {name === 'decisions' && <DecisionBadge />}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className={classes.foot}>
        <UserMenu onHelp={onHelp} />
      </div>
    </div>
  );
}
