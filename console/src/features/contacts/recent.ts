/** Contacts opened lately in this tab: offered where a contact has to be named. */
import { recall, remember } from '../../app/storage';

export interface RecentContact {
  id: string;
  account: string;
  name: string;
}

const KEPT = 12;

function isRecent(value: unknown): value is RecentContact {
  return typeof value === 'object' && value !== null && 'id' in value && 'name' in value;
}

export function recentContacts(account: string): RecentContact[] {
  try {
    const kept: unknown = JSON.parse(recall('recent-contacts', sessionStorage) ?? '[]');
    return Array.isArray(kept)
      ? kept.filter(isRecent).filter((one) => one.account === account)
      : [];
  } catch {
    return [];
  }
}

export function rememberContact(contact: RecentContact): void {
  const others = recentContacts(contact.account).filter(({ id }) => id !== contact.id);
  const kept = [contact, ...others].slice(0, KEPT);
  remember('recent-contacts', JSON.stringify(kept), sessionStorage);
}

/** Nothing may be remembered of who was erased. */
export function forgetContact(account: string, id: string): void {
  const others = recentContacts(account).filter((one) => one.id !== id);
  remember('recent-contacts', JSON.stringify(others), sessionStorage);
}
