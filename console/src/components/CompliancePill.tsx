import { useTranslation } from 'react-i18next';
import type { Compliance } from '../api/types';
import { wordFor } from '../app/i18n';
import { Pill, type Tone } from './Pill';

const TONES: Record<Compliance['state'], Tone> = {
  delivered: 'ok',
  sent: 'info',
  queued: 'info',
  failed: 'bad',
  unknown: 'warn',
  excluded: 'mute',
  not_sent: 'mute',
  not_textable: 'mute',
};

/** What became of the compliance SMS, with the reason when there is one. */
export function CompliancePill({ compliance }: { compliance: Compliance }) {
  const { t } = useTranslation();
  return (
    <span title={compliance.reason || undefined}>
      <Pill tone={TONES[compliance.state]}>{wordFor(t, 'compliance', compliance.state)}</Pill>
    </span>
  );
}
