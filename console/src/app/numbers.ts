/** Numbers as people of the chosen language write them. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export interface Numbers {
  plain: (value: number) => string;
  /** A share of one, with at most so many decimals: `3.25 %`. */
  percent: (share: number, decimals?: number) => string;
}

export function useNumbers(): Numbers {
  const { language } = useTranslation().i18n;
  return useMemo(() => {
    const plain = new Intl.NumberFormat(language);
    return {
      plain: (value) => plain.format(value),
      percent: (share, maximumFractionDigits = 1) =>
        new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits }).format(share),
    };
  }, [language]);
}
