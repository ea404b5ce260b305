import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon, type IconName } from '../../components/Icon';
import { useAccess } from '../access';
import { chooseLanguage, LANGUAGES, type Language } from '../i18n';
import classes from './Navigation.module.css';

export const SCHEMES = [
  { value: 'light', icon: 'sun' },
  { value: 'dark', icon: 'moon' },
  { value: 'auto', icon: 'auto' },
] as const satisfies readonly { value: MantineColorScheme; icon: IconName }[];

/** The person: colours, language, keyboard help, sign out. */
export function UserMenu({ onHelp }: { onHelp: () => void }) {
  const { t, i18n } = useTranslation();
  const { me, signOut } = useAccess();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const name = me.user.name || me.user.email;
  return (
    <Menu position="top-start" width={208} shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className={classes.switch} aria-label={t('shell.person', { name })}>
          <span className={classes.initial} data-round="true" aria-hidden="true">
            {name.charAt(0).toUpperCase()}
          </span>
          <span className={classes.who}>
            <span className={classes.name} style={{ display: 'block' }}>
              {name}
            </span>
            {me.user.name && (
              <span className={classes.role} style={{ display: 'block' }}>
                {me.user.email}
              </span>
            )}
          </span>
          <Icon name="chevron" size={16} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('shell.colours')}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(value) => {
            setColorScheme(value as MantineColorScheme);
          }}
        >
          {SCHEMES.map(({ value }) => (
            <Menu.RadioItem key={value} value={value}>
              {t(`scheme.${value}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t('shell.language')}</Menu.Label>
        <Menu.RadioGroup
          value={i18n.language}
          onChange={(value) => void chooseLanguage(value as Language)}
        >
          {LANGUAGES.map(({ code, name: language }) => (
            <Menu.RadioItem key={code} value={code} lang={code}>
              {language}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="keyboard" size={16} />} onClick={onHelp}>
          {t('help.title')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="signout" size={16} />} onClick={signOut}>
          {t('shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
