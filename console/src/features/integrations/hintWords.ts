import type { TFunction } from 'i18next';
import type { Integration } from '../../api/types';
import { hasWordFor, wordFor } from '../../app/i18n';

type Hint = Integration['hints'][number];

/** A hint and what to do, in the console's language; one that is not known as the API says it. */
export function hintWords(t: TFunction, hint: Hint): { text: string; next: string } {
  const { code, count = 0, field = '' } = hint;
  const next = hasWordFor('hintNext', code) ? wordFor(t, 'hintNext', code) : hint.next_step;
  return { text: textOf(t, hint, count, field), next };
}

function textOf(t: TFunction, { code, text }: Hint, count: number, field: string): string {
  if (code === 'listed') return t('hint.listed', { count });
  if (code === 'fields_refused') {
    const known = hasWordFor('refusedWhy', field) ? field : 'unknown';
    const why = wordFor(t, 'refusedWhy', known);
    return t('hint.refused', { count, field: wordFor(t, 'field', field), why });
  }
  return hasWordFor('hint', code) ? wordFor(t, 'hint', code) : text;
}
