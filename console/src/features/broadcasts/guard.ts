/** What a broadcast paused itself for, in words. */
import type { TFunction } from 'i18next';

export const GUARDS = ['many_opt_outs', 'many_failures'] as const;

export function guardTitle(t: TFunction, code: string): string {
  const guard = GUARDS.find((one) => one === code);
  return guard ? t(`guard.${guard}.title`) : t('broadcasts.pausedItself');
}
