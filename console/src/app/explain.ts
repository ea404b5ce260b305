/** Every error in words: what is wrong and what to do next. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { ApiError, ConnectionError } from '../api/problem';

export interface Explanation {
  title: string;
  cause: string;
}

export function explain(t: TFunction, error: unknown): Explanation {
  if (error instanceof ConnectionError) {
    return {
      title: t('error.connection.title'),
      cause: t(`error.connection.${error.reason}`),
    };
  }
  if (error instanceof ApiError) {
    if (error.status === 403) {
      return {
        title: t('error.forbidden.title'),
        cause: error.message || t('error.forbidden.cause'),
      };
    }
    if (error.status === 404) {
      return { title: t('error.missing.title'), cause: t('error.missing.cause') };
    }
    if (error.status >= 500) {
      return {
        title: t('error.server.title'),
        cause: t('error.server.cause', { code: error.code }),
      };
    }
    const details = error.fields.map(({ message }) => message).join(' ');
    return {
      title: t('error.refused.title'),
      cause: [error.message, details].filter(Boolean).join(' ') || t('error.refused.cause'),
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { title: t('error.page.title'), cause: t('error.page.cause', { detail }) };
}

export function useExplanation(error: unknown): Explanation {
  const { t } = useTranslation();
  return explain(t, error);
}
