import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { Pill, type Tone } from '../../components/Pill';
import type { ImportState } from './routes';

const TONES: Record<ImportState, Tone> = {
  uploading: 'info',
  checking: 'info',
  checked: 'warn',
  running: 'info',
  finished: 'ok',
  cancelled: 'mute',
  failed: 'bad',
};

export function ImportPill({ state }: { state: ImportState }) {
  const { t } = useTranslation();
  return <Pill tone={TONES[state]}>{wordFor(t, 'importState', state)}</Pill>;
}
