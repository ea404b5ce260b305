import { useTranslation } from 'react-i18next';
import { Icon } from '../../../components/Icon';
import classes from './Contacts.module.css';

/** The star beside the name of a favourite. */
export function Favourite() {
  const { t } = useTranslation();
  return (
    <span className={classes.favourite}>
      <Icon name="starred" size={14} />
      <span className="visually-hidden">{t('contacts.favourite')}</span>
    </span>
  );
}
