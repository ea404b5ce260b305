/** Short messages in the corner: what was done, or what failed and why. */
import { notifications } from '@mantine/notifications';
import type { TFunction } from 'i18next';
import { explain } from './explain';

export function tellDone(t: TFunction, message: string): void {
  notifications.show({
    message,
    color: 'green',
    closeButtonProps: { 'aria-label': t('common.close') },
  });
}

/** Failures stay until they are closed: they ask for an action. */
export function tellFailed(t: TFunction, error: unknown): void {
  const { title, cause } = explain(t, error);
  notifications.show({
    title,
    message: cause,
    color: 'red',
    autoClose: false,
    closeButtonProps: { 'aria-label': t('common.close') },
  });
}
