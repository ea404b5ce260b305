/** Languages: which exist, which is used, and messages loaded for that one only. */
import i18next, { type TFunction } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type en from '../messages/en.json';
import { recall, remember } from './storage';

export const LANGUAGES = [
  { code: 'en', name: 'English' },
  { code: 'es', name: 'Español' },
] as const;

export type Language = (typeof LANGUAGES)[number]['code'];
type Messages = typeof en;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Messages };
  }
}

const LOADERS: Record<Language, () => Promise<{ default: unknown }>> = {
  en: () => import('../messages/en.json'),
  es: () => import('../messages/es.json'),
};

function isLanguage(value: string | null | undefined): value is Language {
  return LANGUAGES.some(({ code }) => code === value);
}

function preferred(): Language {
  const chosen = recall('language');
  if (isLanguage(chosen)) return chosen;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return wanted ?? 'en';
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'translation')) return;
  const { default: messages } = await LOADERS[language]();
  i18next.addResourceBundle(language, 'translation', messages);
}

export async function startI18n(): Promise<void> {
  const language = preferred();
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    partialBundledLanguages: true,
    interpolation: { escapeValue: false },
  });
  await setLanguage(language);
}

export async function setLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Changes the language because the person asked, and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  remember('language', language);
  await setLanguage(language);
}

/** Whether there are words for a code that the API sent. */
export function hasWordFor(family: CodeFamily, code: string): boolean {
  return i18next.exists(`codes.${family}.${code}`);
}

/**
 * The words for a code that the API sent. A code that is not known yet is shown as it is, in
 * readable form, rather than hidden.
 */
export function wordFor(
  t: TFunction,
  family: CodeFamily,
  code: string,
  about: Record<string, string | undefined> = {},
): string {
  const key = `codes.${family}.${code}`;
  if (i18next.exists(key)) return (t as (key: string, about: object) => string)(key, about);
  const plain = code.replaceAll('_', ' ');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

export type CodeFamily = keyof Messages['codes'];
