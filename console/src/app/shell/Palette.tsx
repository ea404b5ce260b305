import { Modal, useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { matches, TypeAhead, type Choice, type ChoiceGroup } from '../../components/TypeAhead';
import { useAccess } from '../access';
import { chooseLanguage, LANGUAGES } from '../i18n';
import { PAGES } from '../nav';
import { pageActions } from '../pageActions';
import { SCHEMES } from './UserMenu';

interface Props {
  opened: boolean;
  onClose: () => void;
  onHelp: () => void;
}

/** The command palette (Ctrl or Cmd + K): everything the shell can do, by typing. */
export function Palette({ opened, onClose, onHelp }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shell.commands')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Commands onClose={onClose} onHelp={onHelp} />
    </Modal>
  );
}

function Commands({ onClose, onHelp }: Omit<Props, 'opened'>) {
  const { t } = useTranslation();
  const groups = useCommands(onHelp).map(({ name, choices }) => ({
    name,
    choices: choices.map((choice) => ({
      ...choice,
      choose: () => {
        onClose();
        choice.choose();
      },
    })),
  }));
  return (
    <TypeAhead
      label={t('palette.placeholder')}
      listLabel={t('shell.commands')}
      match={(text) =>
        groups.map(({ name, choices }) => ({
          name,
          choices: choices.filter(({ label }) => matches(label, text)),
        }))
      }
      nothing={t('palette.nothing')}
    />
  );
}

function useCommands(onHelp: () => void): ChoiceGroup[] {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { me, account, can, switchTo, signOut } = useAccess();
  const { colorScheme, setColorScheme } = useMantineColorScheme();

  const pages: Choice[] = PAGES.filter(({ needs }) => !needs || can(needs)).map(
    ({ to, name, icon }) => ({
      id: `go-${name}`,
      label: t('palette.go', { page: t(`nav.${name}`) }),
      icon,
      choose: () => void navigate({ to }),
    }),
  );
  if (can('broadcasts.send')) {
    pages.push({
      id: 'new-broadcast',
      label: t('broadcasts.new'),
      icon: 'plus',
      choose: () => void navigate({ to: '/broadcasts/new' }),
    });
  }
  const here: Choice[] = pageActions().map(({ id, label, icon, run }) => ({
    id: `here-${id}`,
    label,
    icon,
    choose: run,
  }));
  const accounts: Choice[] = me.accounts
    .filter(({ id }) => id !== account.id)
    .map(({ id, name }) => ({
      id: `account-${id}`,
      label: t('palette.account', { name }),
      choose: () => {
        switchTo(id);
      },
    }));
  const settings: Choice[] = [
    ...SCHEMES.filter(({ value }) => value !== colorScheme).map(({ value, icon }) => ({
      id: `scheme-${value}`,
      label: t('palette.colours', { scheme: t(`scheme.${value}`) }),
      icon,
      choose: () => {
        setColorScheme(value);
      },
    })),
    ...LANGUAGES.filter(({ code }) => code !== i18n.language).map(({ code, name }) => ({
      id: `language-${code}`,
      label: t('palette.language', { name }),
      choose: () => void chooseLanguage(code),
    })),
    { id: 'help', label: t('help.title'), icon: 'keyboard', choose: onHelp },
    { id: 'sign-out', label: t('shell.signOut'), icon: 'signout', choose: signOut },
  ];
  return [
    { name: t('palette.here'), choices: here },
    { name: t('palette.pages'), choices: pages },
    { name: t('palette.accounts'), choices: accounts },
    { name: t('palette.settings'), choices: settings },
  ];
}
