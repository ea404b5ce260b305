import { useTranslation } from 'react-i18next';
import { wordFor } from '../../app/i18n';
import { Pill } from '../../components/Pill';

export function IntegrationPill({ state }: { state: string }) {
  const { t } = useTranslation();
  return <Pill tone={state === 'active' ? 'ok' : 'warn'}>{wordFor(t, 'integration', state)}</Pill>;
}
