import { useTranslation } from 'react-i18next';
import { wordFor } from '../../../app/i18n';
import { Section } from '../../../components/Page';
import countClasses from '../../optouts/OptOuts.module.css';
import type { ContactImport } from '../routes';

const OUTCOMES = ['added', 'updated', 'existing', 'opted_out', 'duplicate', 'invalid'] as const;
const TITLES = {
  checked: 'optOutImport.would',
  running: 'optOutImport.doing',
  finished: 'optOutImport.did',
} as const;

/** What the import does with its rows, in plain words. */
export function Counts({ one, state }: { one: ContactImport; state: keyof typeof TITLES }) {
  const { t } = useTranslation();
  return (
    <Section title={t(TITLES[state])} flush>
      <dl className={countClasses.counts}>
        {OUTCOMES.map((code) => (
          <div key={code} data-code={code} data-none={!one.counts[code]}>
            <dt>{wordFor(t, state === 'checked' ? 'rowsWill' : 'rowsDid', code)}</dt>
            <dd>{t('optOutImport.number', { value: one.counts[code] ?? 0 })}</dd>
          </div>
        ))}
        <div className={countClasses.total}>
          <dt>{t('contactImport.total')}</dt>
          <dd>{t('optOutImport.number', { value: one.total })}</dd>
        </div>
      </dl>
    </Section>
  );
}
