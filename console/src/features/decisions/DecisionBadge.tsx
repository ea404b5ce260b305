import { useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import classes from '../queue/QueueBadge.module.css';
import { useDoubtCount } from './api';

/** How many messages wait for a decision, in the navigation; nothing at all when none does. */
export function DecisionBadge() {
  const { t } = useTranslation();
  const { can } = useAccess();
  const { data } = useDoubtCount(can('opt_outs.view'));
  if (!data || data.count === 0) return null;
  return (
    <span className={classes.badge} data-testid="decision-badge">
      {data.capped ? `${data.count}+` : data.count}
      <span className="visually-hidden"> {t('decisions.waiting')}</span>
    </span>
  );
}
