/** The jobs that this tab began: shown until they are closed, also after a reload. */
import { useSyncExternalStore } from 'react';
import { chosenAccount } from '../../app/access';
import { recall, remember } from '../../app/storage';

const KEY = 'jobs';
const MOST = 6;
const listeners = new Set<() => void>();

interface Followed {
  id: string;
  account: string;
}

function read(): Followed[] {
  try {
    const kept: unknown = JSON.parse(recall(KEY, sessionStorage) ?? '[]');
    return Array.isArray(kept) ? (kept as Followed[]) : [];
  } catch {
    return [];
  }
}

let followed = read();

function set(next: Followed[]): void {
  followed = next;
  remember(KEY, JSON.stringify(next), sessionStorage);
  listeners.forEach((listener) => {
    listener();
  });
}

export function follow({ id }: { id: string }): void {
  const account = chosenAccount() ?? '';
  const others = followed.filter((one) => one.id !== id);
  set([...others, { id, account }].slice(-MOST));
}

export function unfollow(id: string): void {
  set(followed.filter((one) => one.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useFollowed(account: string): string[] {
  const all = useSyncExternalStore(subscribe, () => followed);
  return all.filter((one) => one.account === account).map(({ id }) => id);
}
