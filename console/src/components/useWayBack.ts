import { useTranslation } from 'react-i18next';
import type { Channel } from '../api/consent';
import { wordFor } from '../app/i18n';
import { readablePhone } from './Phone';

interface OptOut {
  way_back?: string;
  removable?: boolean;
  sender_address?: string;
}

/** How an opt-out is undone, and by whom; empty where nothing stands. */
export function useWayBack(channel: Channel, status: OptOut): string {
  const { t } = useTranslation();
  if (!status.way_back) return '';
  const address = readablePhone(status.sender_address ?? '');
  return wordFor(t, 'wayBack', status.removable ? 'user' : channel, { address });
}
