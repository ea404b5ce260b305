/** Why something failed, in the console's words by the API's code; the API's where there are none. */
import type { TFunction } from 'i18next';
import { hasWordFor, wordFor } from '../../app/i18n';

export interface Cause {
  message: string;
  next: string;
}

/** The words for a code of the provider or of our own; nothing where the console has none. */
export function causeOf(t: TFunction, code: string): Cause | undefined {
  if (!hasWordFor('cause', code)) return undefined;
  return { message: wordFor(t, 'cause', code), next: wordFor(t, 'causeNext', code) };
}
