import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './Searching.module.css';

/** Says that what is shown is about to be replaced by what is asked for. */
export function Searching() {
  const { t } = useTranslation();
  return (
    <span className={classes.searching}>
      <Loader size={14} aria-hidden="true" />
      <span role="status">{t('grid.asking')}</span>
    </span>
  );
}
