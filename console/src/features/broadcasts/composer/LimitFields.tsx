import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../../app/i18n';
import classes from './Composer.module.css';
import { OTHERWISE, type Form, type Otherwise } from './form';

interface Props {
  quietHours: Otherwise;
  caps: Otherwise;
  change: (changes: Partial<Form>) => void;
}

/** What becomes of those who may not get it now: for the hour, or for having had enough. */
export function LimitFields({ quietHours, caps, change }: Props) {
  const { t } = useTranslation();
  const data = OTHERWISE.map((value) => ({ value, label: wordFor(t, 'otherwise', value) }));
  const chosen = (value: string | null) => OTHERWISE.find((one) => one === value) ?? null;
  return (
    <div className={classes.pair}>
      <Select
        label={t('composer.quietHours')}
        description={t('composer.quietHoursWhy')}
        data={data}
        value={quietHours}
        allowDeselect={false}
        onChange={(value) => {
          change({ quietHours: chosen(value) });
        }}
      />
      <Select
        label={t('composer.caps')}
        description={t('composer.capsWhy')}
        data={data}
        value={caps}
        allowDeselect={false}
        onChange={(value) => {
          change({ caps: chosen(value) });
        }}
      />
    </div>
  );
}
