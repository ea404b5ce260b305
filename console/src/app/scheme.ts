/**
 * Sets the colour scheme on the page before anything is drawn.
 *
 * Imported first by `main.tsx`: the usual inline script is not allowed by the security policy.
 */
import { localStorageColorSchemeManager } from '@mantine/core';

export const colorSchemeManager = localStorageColorSchemeManager({ key: 'assent.color-scheme' });

const chosen = colorSchemeManager.get('auto');
const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
document.documentElement.dataset.mantineColorScheme =
  chosen === 'auto' ? (dark ? 'dark' : 'light') : chosen;
