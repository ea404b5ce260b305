import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/Icon';
import { useAccess } from '../access';
import { wordFor } from '../i18n';
import classes from './Navigation.module.css';

/** The account in use; opens the list of accounts this person belongs to. */
export function AccountSwitcher() {
  const { t } = useTranslation();
  const { me, account, switchTo } = useAccess();
  return (
    <Menu position="bottom-start" width={208} shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button
          type="button"
          className={classes.switch}
          aria-label={t('shell.account', { name: account.name })}
        >
          <span className={classes.initial} aria-hidden="true">
            {account.name.charAt(0).toUpperCase()}
          </span>
          <span className={classes.who}>
            <span className={classes.name} style={{ display: 'block' }}>
              {account.name}
            </span>
            <span className={classes.role} style={{ display: 'block' }}>
              {wordFor(t, 'role', account.role)}
            </span>
          </span>
          <Icon name="chevron" size={16} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('shell.switchAccount')}</Menu.Label>
        <Menu.RadioGroup value={account.id} onChange={switchTo}>
          {me.accounts.map(({ id, name }) => (
            <Menu.RadioItem key={id} value={id} closeMenuOnClick>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
