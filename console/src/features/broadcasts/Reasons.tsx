import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { useNumbers } from '../../app/numbers';
import { wordFor } from '../../app/i18n';
import { remedyName } from './remedy';
import classes from './ReportBar.module.css';

interface Props {
  excluded: Record<string, number>;
  channel: Broadcast['channel'];
  minus?: boolean;
}

/** How many are left out for each reason, what it means, and what can be done; most first. */
export function Reasons({ excluded, channel, minus = false }: Props) {
  const { t } = useTranslation();
  const number = useNumbers();
  const reasons = Object.entries(excluded).sort(([, a], [, b]) => b - a);
  return (
    <ul className={classes.reasonList}>
      {reasons.map(([reason, count]) => {
        const remedy = remedyName(reason, channel);
        return (
          <li key={reason}>
            <span>
              {wordFor(t, 'reason', reason)}
              {remedy && <small>{wordFor(t, 'remedy', remedy)}</small>}
            </span>
            <strong>
              {minus && '− '}
              {number.plain(count)}
            </strong>
          </li>
        );
      })}
    </ul>
  );
}
