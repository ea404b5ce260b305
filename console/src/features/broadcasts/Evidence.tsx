import { useTranslation } from 'react-i18next';
import { wordFor, type CodeFamily } from '../../app/i18n';
import { Phone } from '../../components/Phone';
import { useTimes } from '../../components/Time';
import { useGroupNames } from '../groups/api';

/** Which of the API's words a piece of evidence is taken from. */
const FAMILIES: Record<string, CodeFamily> = {
  kind: 'kind',
  source: 'source',
  state: 'outcome',
  queue: 'queue',
  channel: 'channel',
  standing: 'status',
  scope: 'scope',
  problem: 'textProblem',
  place: 'place',
};
const MOMENTS = new Set(['at', 'effective_at', 'asked_at', 'recorded_at', 'until']);
const CAP = /^(\d+) in (\d+) h$/;

/** Evidence in words: codes, times, senders and groups as the rest of the console names them. */
export function Evidence({ name, value }: { name: string; value: string }) {
  const { t } = useTranslation();
  const nameOf = useGroupNames();
  const times = useTimes();
  const family = FAMILIES[name];
  // Two capital letters are a state's own abbreviation, which everybody there knows.
  if (family === 'place' && /^[A-Z]{2}$/.test(value) && value !== 'US') return value;
  if (family) return wordFor(t, family, value);
  if (MOMENTS.has(name) && !Number.isNaN(Date.parse(value))) return times.full(value);
  if (name === 'sender_id') return <Phone e164={value.replace(/^sn_/, '+')} />;
  const cap = name === 'cap' && CAP.exec(value);
  if (cap) return t('why.cap', { count: Number(cap[1]), hours: cap[2] });
  if (name === 'zones') return value.replaceAll('_', ' ');
  return value
    .split(', ')
    .map((one) => nameOf(one) || one)
    .join(', ');
}
