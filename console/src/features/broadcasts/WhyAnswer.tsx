import { useTranslation } from 'react-i18next';
import { wordFor, type CodeFamily } from '../../app/i18n';
import { Facts } from '../../components/Facts';
import { Phone } from '../../components/Phone';
import { Pill, type Tone } from '../../components/Pill';
import { Failed, Loading } from '../../components/States';
import { Time, useTimes } from '../../components/Time';
import { useGroups } from '../groups/api';
import { useWhy } from './api';
import classes from './WhyPanel.module.css';

const TONES: Record<string, Tone> = {
  sent: 'info',
  delivered: 'ok',
  failed: 'bad',
  excluded: 'warn',
  deferred: 'info',
  unknown: 'warn',
};

/** Which of the API's words a piece of evidence is taken from. */
const FAMILIES: Record<string, CodeFamily> = {
  kind: 'kind',
  source: 'source',
  state: 'outcome',
  queue: 'queue',
  channel: 'channel',
  standing: 'status',
};

/** Evidence in words: codes, times, senders and groups as the rest of the console names them. */
function Evidence({ name, value }: { name: string; value: string }) {
  const { t } = useTranslation();
  const groups = useGroups().items;
  const times = useTimes();
  const family = FAMILIES[name];
  if (family) return wordFor(t, family, value);
  if (name === 'effective_at' || name === 'until') return times.full(value);
  if (name === 'sender_id') return <Phone e164={value.replace(/^sn_/, '+')} />;
  return value
    .split(', ')
    .map((one) => groups.find(({ id }) => id === one)?.name ?? one)
    .join(', ');
}

interface Props {
  broadcastId: string;
  contactId: string;
}

/** What became of one contact in one broadcast, with the evidence. */
export function WhyAnswer({ broadcastId, contactId }: Props) {
  const { t } = useTranslation();
  const why = useWhy(broadcastId, contactId);
  if (why.isPending) return <Loading rows={2} />;
  if (why.error) return <Failed error={why.error} retry={() => void why.refetch()} />;
  const { outcome, reason, message, evidence, at } = why.data;
  return (
    <>
      <p className={classes.verdict} role="status">
        <Pill tone={TONES[outcome] ?? 'mute'}>{wordFor(t, 'outcome', outcome)}</Pill>
        <span>{message}</span>
      </p>
      <Facts
        facts={[
          ...(reason ? [[t('why.reason'), wordFor(t, 'reason', reason)] as const] : []),
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
