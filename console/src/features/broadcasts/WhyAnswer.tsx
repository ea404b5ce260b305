import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Broadcast, Why } from '../../api/types';
import { hasWordFor, wordFor } from '../../app/i18n';
import { Facts } from '../../components/Facts';
import { Pill, type Tone } from '../../components/Pill';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { useBroadcast, useWhy } from './api';
import { causeOf } from './causes';
import { Evidence } from './Evidence';
import { Gates } from './Gates';
import { remedyName } from './remedy';
import classes from './WhyPanel.module.css';

const TONES: Record<string, Tone> = {
  sent: 'info',
  delivered: 'ok',
  failed: 'bad',
  excluded: 'warn',
  deferred: 'info',
  unknown: 'warn',
};

interface Props {
  broadcastId: string;
  contactId: string;
}

/** What became of one contact in one broadcast, with the evidence. */
export function WhyAnswer({ broadcastId, contactId }: Props) {
  const { t } = useTranslation();
  const why = useWhy(broadcastId, contactId);
  const channel = useBroadcast(broadcastId).data?.channel ?? 'sms';
  if (why.isPending) return <Loading rows={2} />;
  if (why.error) return <Failed error={why.error} retry={() => void why.refetch()} />;
  const { outcome, evidence, at, gates } = why.data;
  return (
    <>
      <p className={classes.verdict} role="status">
        <Pill tone={TONES[outcome] ?? 'mute'}>{wordFor(t, 'outcome', outcome)}</Pill>
        <span>{sentence(t, why.data, channel)}</span>
      </p>
      <Facts
        facts={[
          ...(at ? [[t('why.at'), <Time key="at" at={at} />] as const] : []),
          // Without a gate there is nowhere else to say it.
          ...(gates.length > 0 ? [] : Object.entries(evidence)).map(
            ([name, value]) =>
              [
                wordFor(t, 'evidence', name),
                <Evidence key={name} name={name} value={value} />,
              ] as const,
          ),
        ]}
      />
      {gates.length > 0 && (
        <>
          <h3 className={classes.title}>{t('why.gates')}</h3>
          <Gates gates={gates} waits={outcome === 'deferred'} />
        </>
      )}
    </>
  );
}

/** The answer in the console's own words; without them the API's stand. */
function sentence(
  t: TFunction,
  { outcome, reason, message }: Why,
  channel: Broadcast['channel'],
): string {
  const own = (...names: (string | false)[]) => {
    const known = names.find((name) => name !== false && hasWordFor('because', name));
    return known ? wordFor(t, 'because', known) : undefined;
  };
  const cause = reason ? causeOf(t, reason) : undefined;
  const general = own(`${outcome}_${channel}`, outcome) ?? message;
  if (outcome === 'failed') {
    if (cause) return `${general} ${cause.message} ${cause.next}`;
    // Another call was held back by a gate, so it stayed with the one that failed.
    const held = reason && own(reason);
    if (held) return `${general} ${t('why.notAgain')} ${held}`;
    return reason ? message : general;
  }
  // It is called again: what became of the last attempt is not the end of it.
  if (outcome === 'sent' && cause) return `${cause.message} ${t('why.calledAgain')}`;
  if (!reason) return general;
  const known = own(outcome === 'deferred' && `held_${reason}`, reason, `${outcome}_${channel}`);
  const remedy = outcome === 'excluded' ? remedyName(reason, channel) : undefined;
  return [known ?? message, remedy && wordFor(t, 'remedy', remedy)].filter(Boolean).join(' ');
}
