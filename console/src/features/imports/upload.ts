/**
 * Sends a file in parts. It goes on while the person looks at other pages of the console; parts
 * that were sent twice count once, so an interrupted upload is simply sent again.
 */
import { useSyncExternalStore } from 'react';
import { isTransient } from '../../api/problem';
import { queryClient } from '../../app/queryClient';
import { putPart, takeStep, type AnyImport, type ImportKind } from './routes';

const TRIES = 4;
const WAIT_MS = 700;

export interface Upload {
  file: File;
  /** Bytes. */
  sent: number;
  /** Why it stopped; it can be resumed. */
  error: Error | null;
}

const uploads = new Map<string, Upload>();
const stops = new Map<string, AbortController>();
const listeners = new Set<() => void>();

function set(id: string, upload: Upload | null): void {
  if (upload) uploads.set(id, upload);
  else uploads.delete(id);
  listeners.forEach((listener) => {
    listener();
  });
}

function warnBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

async function sendPart(
  kind: ImportKind,
  id: string,
  number: number,
  content: Blob,
  signal: AbortSignal,
): Promise<AnyImport> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await putPart(kind, id, number, content, signal);
    } catch (error) {
      if (signal.aborted || failures === TRIES || !isTransient(error)) throw error;
      await new Promise((done) => window.setTimeout(done, WAIT_MS * 2 ** failures));
    }
  }
}

async function sendAll(
  kind: ImportKind,
  { id, part_size }: AnyImport,
  file: File,
  signal: AbortSignal,
): Promise<void> {
  const keep = (one: AnyImport) => {
    queryClient.setQueryData([`${kind}-imports`, 'one', id], one);
  };
  for (let from = 0, number = 1; from < file.size; from += part_size, number += 1) {
    const part = file.slice(from, from + part_size);
    keep(await sendPart(kind, id, number, part, signal));
    set(id, { file, sent: from + part.size, error: null });
  }
  // Contacts are checked once it has been chosen what their columns hold.
  if (kind === 'opt-outs') keep(await takeStep(kind, id, 'check'));
}

/** Begins, or begins again after a failure; a list of opt-outs is then checked by itself. */
export function startUpload(kind: ImportKind, one: AnyImport, file: File): void {
  const stop = new AbortController();
  stops.get(one.id)?.abort();
  stops.set(one.id, stop);
  set(one.id, { file, sent: 0, error: null });
  window.addEventListener('beforeunload', warnBeforeLeaving);
  sendAll(kind, one, file, stop.signal)
    .then(
      () => {
        set(one.id, null);
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        const { sent = 0 } = uploads.get(one.id) ?? {};
        set(one.id, { file, sent, error: error as Error });
      },
    )
    .finally(() => {
      if (stops.get(one.id) === stop) stops.delete(one.id);
      if (stops.size === 0) window.removeEventListener('beforeunload', warnBeforeLeaving);
    });
}

export function stopUpload(id: string): void {
  stops.get(id)?.abort();
  set(id, null);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The upload of an import in this tab, while there is one. */
export function useUpload(id: string): Upload | undefined {
  return useSyncExternalStore(subscribe, () => uploads.get(id));
}
