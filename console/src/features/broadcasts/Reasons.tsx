import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import classes from './ReportBar.module.css';

/** How many are left out for each reason, what it means, and what can be done; most first. */
export function Reasons({
  excluded,
  minus = false,
}: {
  excluded: Record<string, number>;
  minus?: boolean;
}) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const reasons = Object.entries(excluded).sort(([, a], [, b]) => b - a);
  return (
    <ul className={classes.reasonList}>
      {reasons.map(([reason, count]) => (
        <li key={reason}>
          <span>
            {wordFor(t, 'reason', reason)}
            {i18next.exists(`codes.remedy.${reason}`) && (
              <small>{wordFor(t, 'remedy', reason)}</small>
            )}
          </span>
          <strong>
            {minus && '− '}
            {number.format(count)}
          </strong>
        </li>
      ))}
    </ul>
  );
}
