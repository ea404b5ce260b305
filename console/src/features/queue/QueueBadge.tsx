import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { useQueueCount } from './api';
import classes from './QueueBadge.module.css';

/** How many leads wait, in the navigation; nothing at all when none does. */
export function QueueBadge() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { data } = useQueueCount(can('queue.view'));
  if (!data || data.count === 0) return null;
  const count = data.capped ? `${data.count}+` : String(data.count);
  return (
    <span className={classes.badge} data-testid="queue-badge">
      {count}
      <span className="visually-hidden"> {t('queue.waiting')}</span>
    </span>
  );
}

/** The same where the navigation is folded away: a way to the queue while somebody waits there. */
export function QueueShortcut() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { data } = useQueueCount(can('queue.view'));
  if (!data || data.count === 0) return null;
  return (
    <Link to="/queue" className={classes.shortcut}>
      {t('nav.queue')}
      <QueueBadge />
    </Link>
  );
}
