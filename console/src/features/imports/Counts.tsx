import { useTranslation } from 'react-i18next';
import { Section } from '../../components/Page';
import classes from './Counts.module.css';
import type { AnyImport } from './routes';

const TITLES = {
  checked: 'optOutImport.would',
  running: 'optOutImport.doing',
  finished: 'optOutImport.did',
} as const;

/** States in which there is something to count. */
export type CountedState = keyof typeof TITLES;

export function isCounted(state: AnyImport['state']): state is CountedState {
  return state in TITLES;
}

interface Props {
  one: AnyImport;
  state: CountedState;
  codes: readonly string[];
  /** What becomes of rows with a code, in plain words. */
  words: (code: string) => string;
  total: string;
}

/** What an import would do, does or did with its rows. */
export function Counts({ one, state, codes, words, total }: Props) {
  const { t } = useTranslation();
  const counts: Partial<Record<string, number>> = one.counts;
  return (
    <Section title={t(TITLES[state])} flush>
      <dl className={classes.counts}>
        {codes.map((code) => (
          <div key={code} data-code={code} data-none={!counts[code]}>
            <dt>{words(code)}</dt>
            <dd>{t('optOutImport.number', { value: counts[code] ?? 0 })}</dd>
          </div>
        ))}
        <div className={classes.total}>
          <dt>{total}</dt>
          <dd>{t('optOutImport.number', { value: one.total })}</dd>
        </div>
      </dl>
    </Section>
  );
}
