import i18next from 'i18next';
import type { Broadcast } from '../../api/types';

/** Under which name it is said what can be done about a reason; nothing where nobody can. */
export function remedyName(reason: string, channel: Broadcast['channel']): string | undefined {
  return [`${reason}_${channel}`, reason].find((name) => i18next.exists(`codes.remedy.${name}`));
}
