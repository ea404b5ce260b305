import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../api/types';
import { wordFor } from '../../app/i18n';
import { Pill, type Tone } from '../../components/Pill';

const TONES: Record<string, Tone> = {
  scheduled: 'info',
  planning: 'info',
  running: 'info',
  paused: 'warn',
  finishing: 'info',
  finished: 'ok',
  failed: 'bad',
};

export function StatePill({ state }: Pick<Broadcast, 'state'>) {
  const { t } = useTranslation();
  return <Pill tone={TONES[state] ?? 'mute'}>{wordFor(t, 'broadcast', state)}</Pill>;
}
