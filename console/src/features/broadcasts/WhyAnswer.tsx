import { useTranslation } from 'react-i18next';
import type { Group } from '../../api/types';
import { wordFor } from '../../app/i18n';
import { Facts } from '../../components/Facts';
import { Pill, type Tone } from '../../components/Pill';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { useGroups } from '../groups/api';
import { useWhy } from './api';
import classes from './WhyPanel.module.css';

const TONES: Record<string, Tone> = {
  sent: 'info',
  delivered: 'ok',
  failed: 'bad',
  excluded: 'warn',
  unknown: 'warn',
};

/** Evidence as the API gives it: a group by its name, simple values, or else as it stands. */
function readable(value: unknown, groups: readonly Group[]): string {
  const group = groups.find(({ id }) => id === value);
  if (group) return group.name;
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

interface Props {
  broadcastId: string;
  contactId: string;
}

/** What became of one contact in one broadcast, with the evidence. */
export function WhyAnswer({ broadcastId, contactId }: Props) {
  const { t } = useTranslation();
  const groups = useGroups();
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
              [wordFor(t, 'evidence', name), readable(value, groups.items)] as const,
          ),
        ]}
      />
    </>
  );
}
