import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { Pill } from '../../components/Pill';
import type { Kind } from './routes';

/** Whose will it is: red and square for the contact's own, amber and pointed for ours. */
export function KindPill({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  return <Pill tone={kind === 'hard' ? 'bad' : 'warn'}>{wordFor(t, 'optOutKind', kind)}</Pill>;
}
