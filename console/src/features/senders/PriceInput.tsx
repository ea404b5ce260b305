import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const MICROS = 1_000_000;
const MONEY = /^\d{1,2}([.,]\d{1,6})?$/;

interface Props {
  label: string;
  description: string;
  /** Micro-dollars; nothing where the list price counts. */
  value: number | null | undefined;
  error: string | undefined;
  onChange: (micros: number | null) => void;
}

/** A price in dollars, to a millionth, as it stands in a contract. */
export function PriceInput({ label, description, value, error, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const kept = value === null || value === undefined ? '' : String(value / MICROS);
  const wrong = typed !== null && typed !== '' && !MONEY.test(typed);
  return (
    <TextInput
      label={label}
      description={description}
      placeholder={t('senders.listPrice')}
      value={typed ?? kept}
      inputMode="decimal"
      leftSection="$"
      error={error ?? (wrong && t('senders.priceBad'))}
      onChange={(event) => {
        const text = event.currentTarget.value.trim();
        setTyped(text);
        if (text === '') onChange(null);
        else if (MONEY.test(text)) onChange(Math.round(Number(text.replace(',', '.')) * MICROS));
      }}
      onBlur={() => {
        // What cannot be a price is not kept, and so does not stay in sight.
        setTyped(null);
      }}
    />
  );
}
