import { useTranslation } from 'react-i18next';
import type { components } from '../../api/schema';
import classes from './ReportBar.module.css';

type Cost = components['schemas']['Cost'];

const MICROS = 1_000_000;
/** Below this many dollars, cents are too coarse. */
const SMALL = 1;

/** Money as the person writes it; fractions of a cent where the sum is small. */
function useMoney(): (micros: number) => string {
  const { i18n } = useTranslation();
  return (micros) => {
    const dollars = micros / MICROS;
    return new Intl.NumberFormat(i18n.language, {
      style: 'currency',
      currency: 'USD',
      maximumFractionDigits: dollars < SMALL ? 4 : 2,
    }).format(dollars);
  };
}

interface Props {
  cost: Cost;
  /** One copy, all that are to be sent, or all that were. */
  of: 'copy' | 'estimate' | 'spent';
}

/** What it costs to carry, where the price is from, and what is not known of it. */
export function CostLine({ cost, of }: Props) {
  const { t, i18n } = useTranslation();
  const money = useMoney();
  const { micros, unpriced, basis, confirmed, source, seen_on } = cost;
  if (micros === null) return <p className={classes.cost}>{t('cost.unknown')}</p>;
  const day =
    seen_on &&
    new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeZone: 'UTC' }).format(
      Date.parse(seen_on),
    );
  const listed = t(confirmed ? 'cost.listed' : 'cost.quoted', { day: day ?? '' });
  return (
    <p className={classes.cost}>
      <strong>{t(`cost.${of}`, { sum: money(micros) })}</strong>{' '}
      {of !== 'copy' && (
        <span title={source || undefined}>
          {basis === 'own' ? t('cost.own') : listed}
          {unpriced > 0 && ` ${t('cost.unpriced', { count: unpriced })}`}
        </span>
      )}
    </p>
  );
}
