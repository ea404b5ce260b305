import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { Facts } from '../../components/Facts';
import { Pill, type Tone } from '../../components/Pill';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { useBroadcast, useWhy } from './api';
import { Evidence } from './Evidence';
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
  const { outcome, reason, message, evidence, at } = why.data;
  const known = sentence(outcome, reason, channel);
  const remedy = outcome === 'excluded' && reason ? remedyName(reason, channel) : undefined;
  return (
    <>
      <p className={classes.verdict} role="status">
        <Pill tone={TONES[outcome] ?? 'mute'}>{wordFor(t, 'outcome', outcome)}</Pill>
        <span>
          {known ? wordFor(t, 'because', known) : message}
          {remedy && ` ${wordFor(t, 'remedy', remedy)}`}
        </span>
      </p>
      <Facts
        facts={[
          ...(at ? [[t('why.at'), <Time key="at" at={at} />] as const] : []),
          ...Object.entries(evidence).map(
            ([name, value]) =>
              [
                wordFor(t, 'evidence', name),
                <Evidence key={name} name={name} value={value} />,
              ] as const,
          ),
        ]}
      />
    </>
  );
}

/** The name of the console's own words for an answer; without one the API's words stand. */
function sentence(outcome: string, reason: string | null, channel: string): string | undefined {
  const exists = (name: string) => i18next.exists(`codes.because.${name}`);
  if (reason && outcome === 'deferred' && exists(`held_${reason}`)) return `held_${reason}`;
  if (reason && exists(reason)) return reason;
  // The cause of a failure is the provider's own, and the API knows each code.
  if (outcome === 'failed') return undefined;
  return [`${outcome}_${channel}`, outcome].find(exists);
}
