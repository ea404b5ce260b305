/** Whether the API answers, for the banner that says so. */
import { useSyncExternalStore } from 'react';

/** `ok`, or since when (ms) requests have been failing without an answer in between. */
export type Connection = { state: 'ok' } | { state: 'failing'; since: number };

const OK: Connection = { state: 'ok' };
let current: Connection = OK;
const listeners = new Set<() => void>();

function set(next: Connection): void {
  current = next;
  listeners.forEach((listener) => {
    listener();
  });
}

export function reportAnswer(): void {
  if (current.state !== 'ok') set(OK);
}

export function reportFailure(now: number): void {
  if (current.state === 'ok') set({ state: 'failing', since: now });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, () => current);
}

function subscribeOnline(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

export function useOnline(): boolean {
  return useSyncExternalStore(subscribeOnline, () => navigator.onLine);
}
