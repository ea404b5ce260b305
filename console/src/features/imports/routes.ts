/** Short names for what imports have in common, whatever they bring. */
import { api, ask } from '../../api/client';
import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type ImportState = Schemas['ImportState'];
export type ContactImport = Schemas['ContactImportView'];
export type OptOutImport = Schemas['ImportView'];
export type AnyImport = ContactImport | OptOutImport;
/** What a file brings: people, or numbers that must be left alone. */
export type ImportKind = 'contacts' | 'opt-outs';

const BINARY = {
  bodySerializer: (given: unknown) => given as BodyInit,
  headers: { 'Content-Type': 'application/octet-stream' },
};

/** Sends one part of a file. */
export function putPart(
  kind: ImportKind,
  id: string,
  number: number,
  content: Blob,
  signal: AbortSignal,
): Promise<AnyImport> {
  const call = {
    params: { path: { import_id: id, number } },
    body: content as unknown as string,
    signal,
    ...BINARY,
  };
  return kind === 'contacts'
    ? ask(api.PUT('/api/v1/contact-imports/{import_id}/parts/{number}', call))
    : ask(api.PUT('/api/v1/opt-out-imports/{import_id}/parts/{number}', call));
}

export type Step = 'check' | 'commit' | 'cancel';

/** Moves an import on, or ends it. */
export function takeStep(kind: ImportKind, id: string, step: Step): Promise<AnyImport> {
  const at = { params: { path: { import_id: id } } };
  if (kind === 'contacts') {
    switch (step) {
      case 'check':
        return ask(api.POST('/api/v1/contact-imports/{import_id}/check', at));
      case 'commit':
        return ask(api.POST('/api/v1/contact-imports/{import_id}/commit', at));
      case 'cancel':
        return ask(api.POST('/api/v1/contact-imports/{import_id}/cancel', at));
    }
  }
  switch (step) {
    case 'check':
      return ask(api.POST('/api/v1/opt-out-imports/{import_id}/check', at));
    case 'commit':
      return ask(api.POST('/api/v1/opt-out-imports/{import_id}/commit', at));
    case 'cancel':
      return ask(api.POST('/api/v1/opt-out-imports/{import_id}/cancel', at));
  }
}

/** One part of the file of rows that were not taken, and how many parts there are. */
export async function errorPart(
  kind: ImportKind,
  id: string,
  part: number,
): Promise<{ content: ArrayBuffer; parts: number }> {
  const call = {
    params: { path: { import_id: id }, query: { part } },
    parseAs: 'arrayBuffer',
  } as const;
  const answer =
    kind === 'contacts'
      ? await api.GET('/api/v1/contact-imports/{import_id}/errors', call)
      : await api.GET('/api/v1/opt-out-imports/{import_id}/errors', call);
  const content = await ask<ArrayBuffer>(
    Promise.resolve(answer as { data?: ArrayBuffer; error?: unknown; response: Response }),
  );
  return { content, parts: Number(answer.response.headers.get('Assent-Parts')) || 1 };
}
