import { ActionIcon, Menu } from '@mantine/core';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './Icon';

export interface Action {
  label: string;
  choose: () => void;
  /** It takes something away. */
  danger?: boolean;
}

interface Props {
  /** What is acted on. */
  name: string;
  actions: readonly Action[];
  /** The button, for giving it the focus back when a dialog that it led to has closed. */
  button: RefObject<HTMLButtonElement | null>;
}

/** What can be done to one thing of a list, behind three dots. */
export function ActionMenu({ name, actions, button }: Props) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon
          ref={button}
          variant="subtle"
          color="gray"
          aria-label={t('groups.actions', { name })}
        >
          <Icon name="more" size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label, choose, danger }) => (
          <Menu.Item key={label} c={danger ? 'var(--bad)' : undefined} onClick={choose}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
