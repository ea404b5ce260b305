import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon, type IconName } from '../Icon';

interface Props {
  icon: IconName;
  danger?: boolean;
  onClick: () => void;
  children: ReactNode;
}

/** One of the actions in the bar above a list. */
export function BarButton({ icon, danger = false, onClick, children }: Props) {
  return (
    <Button
      size="compact-sm"
      variant="default"
      c={danger ? 'var(--bad)' : undefined}
      leftSection={<Icon name={icon} size={14} />}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
