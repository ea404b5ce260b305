import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { Section } from '../../components/Page';
import classes from './OptOuts.module.css';
import type { Import } from './routes';

const OF_A_GROUP = ['added', 'raised', 'already'];
const OF_A_FILE = [...OF_A_GROUP, 'duplicate', 'invalid'];
const TITLES = {
  checked: 'optOutImport.would',
  running: 'optOutImport.doing',
  finished: 'optOutImport.did',
} as const;

interface Props {
  one: Import;
  state: keyof typeof TITLES;
}

/** What the import does, in plain words. */
export function ImportCounts({ one, state }: Props) {
  const { t } = useTranslation();
  const first = one.size > 0 ? OF_A_FILE : OF_A_GROUP;
  const family = state === 'checked' ? 'importWill' : 'importDid';
  const codes = [...first, ...Object.keys(one.counts).filter((code) => !first.includes(code))];
  return (
    <Section title={t(TITLES[state])} flush>
      <dl className={classes.counts}>
        {codes.map((code) => (
          <div key={code} data-code={code} data-none={!one.counts[code]}>
            <dt>{wordFor(t, family, code)}</dt>
            <dd>{t('optOutImport.number', { value: one.counts[code] ?? 0 })}</dd>
          </div>
        ))}
        <div className={classes.total}>
          <dt>{t('optOutImport.total')}</dt>
          <dd>{t('optOutImport.number', { value: one.total })}</dd>
        </div>
      </dl>
    </Section>
  );
}
