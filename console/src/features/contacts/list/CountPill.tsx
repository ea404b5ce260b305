import { useTranslation } from 'react-i18next';
import type { Count } from './api';
import classes from './CountPill.module.css';

/** How many there are: "12,431", or "100,000+" where counting stopped. */
export function CountPill({ count }: { count: Count | undefined }) {
  const { t } = useTranslation();
  if (!count) return null;
  return (
    <span className={classes.count}>
      {t('contacts.count', { count: count.count, plus: count.capped ? '+' : '' })}
    </span>
  );
}
