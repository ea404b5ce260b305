import { useTranslation } from 'react-i18next';
import { wordFor, type CodeFamily } from '../../app/i18n';
import { Phone } from '../../components/Phone';
import { useTimes } from '../../components/Time';
import { useGroupList } from '../groups/api';
import { wallWords } from './whenWords';
import classes from './WhyPanel.module.css';

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
  event: 'event',
  because: 'event',
  otherwise: 'otherwise',
  textable: 'textable',
  line: 'line',
  on_record: 'onRecord',
};
const MOMENTS = new Set([
  'at',
  'effective_at',
  'asked_at',
  'recorded_at',
  'until',
  'looked_at',
  'lifted_at',
  'decided_at',
]);
const CAP = /^(\d+) in (\d+) h$/;

/** Evidence in words: codes, times, senders and groups as the rest of the console names them. */
export function Evidence({ name, value }: { name: string; value: string }) {
  const { t, i18n } = useTranslation();
  const names = useGroupList();
  const times = useTimes();
  const family = FAMILIES[name];
  // Two capital letters are a state's own abbreviation, which everybody there knows.
  if (family === 'place' && /^[A-Z]{2}$/.test(value) && value !== 'US') return value;
  if (family) return wordFor(t, family, value);
  if (MOMENTS.has(name) && !Number.isNaN(Date.parse(value))) return times.full(value);
  if (name === 'sender_id') return <Phone e164={value.replace(/^sn_/, '+')} />;
  if (name === 'registered') return wordFor(t, 'yesNo', value === 'True' ? 'yes' : 'no');
  if (name === 'local_at') return wallWords(i18n.language, value);
  if (name === 'body') return <q className={classes.body}>{value}</q>;
  if (name === 'cap' && value === 'none') return t('why.noCap');
  const cap = name === 'cap' && CAP.exec(value);
  if (cap) return t('why.cap', { count: Number(cap[1]), hours: cap[2] });
  if (name === 'zones') return value.replaceAll('_', ' ');
  return value.startsWith('gr_') ? names(value.split(', ')) : value;
}
