import { useTranslation } from 'react-i18next';
import type { Why } from '../../api/types';
import { wordFor } from '../../app/i18n';
import { Icon, type IconName } from '../../components/Icon';
import { Evidence } from './Evidence';
import classes from './WhyPanel.module.css';

type Gate = Why['gates'][number];

const SIGNS: Record<'passed' | 'skipped' | 'closed' | 'waits' | 'open', IconName> = {
  passed: 'check',
  skipped: 'arrow',
  closed: 'close',
  waits: 'pause',
  open: 'question',
};

interface Props {
  gates: readonly Gate[];
  /** It only waits at the gate that holds it. */
  waits: boolean;
}

/** What a copy had to pass, in order: passed or not, and what each gate saw. */
export function Gates({ gates, waits }: Props) {
  const { t } = useTranslation();
  const come = ({ passed, evidence }: Gate) => {
    if (passed === null) return 'open';
    if (passed && evidence.otherwise === 'exempt') return 'skipped';
    if (passed) return 'passed';
    return waits ? 'waits' : 'closed';
  };
  return (
    <ol className={classes.gates} aria-label={t('why.gates')}>
      {gates.map((gate, place) => {
        const how = come(gate);
        const asks = wordFor(t, 'gateAsks', gate.name);
        const seen = Object.entries(gate.evidence).filter(([name, value]) => {
          if (value === '' || name === 'channel') return false;
          // The gate of its own says it, where this one let the copy through.
          if (name === 'sender_id') return gate.name === 'sender' || how === 'closed';
          return name !== 'standing' || !gate.evidence.event;
        });
        return (
          <li key={`${gate.name} ${String(place)}`} data-how={how}>
            <span className={classes.sign}>
              <Icon name={SIGNS[how]} size={14} />
            </span>
            <div>
              <strong>{wordFor(t, 'gate', gate.name)}</strong>{' '}
              <span className={classes.how}>{t(`why.${how}`)}</span>
              <small>
                {how === 'closed' || how === 'waits' ? t('why.asks', { what: asks }) : asks}
              </small>
              {seen.length > 0 && (
                <dl className={classes.seen}>
                  {seen.map(([name, value]) => (
                    <div key={name}>
                      <dt>{wordFor(t, 'evidence', name)}</dt>
                      <dd>
                        <Evidence name={name} value={value} />
                      </dd>
                    </div>
                  ))}
                </dl>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
