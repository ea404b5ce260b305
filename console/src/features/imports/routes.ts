/** Short names for what imports have in common, whatever they bring. */
import { api, ask } from '../../api/client';
import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type ImportState = Schemas['ImportState'];
export type ContactImport = Schemas['ContactImportView'];
export type OptOutImport = Schemas['ImportView'];
export type AnyImport = ContactImport | OptOutImport;
/** What a file brings: people, or numbers that must be left alone. */
export interface ImportOf {
  contacts: ContactImport;
  'opt-outs': OptOutImport;
}
export type ImportKind = keyof ImportOf;

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

const at = (id: string) => ({ params: { path: { import_id: id } } });

export type Step = 'check' | 'commit' | 'cancel';

interface Pages<Import> {
  items: Import[];
  cursor?: string | null;
}

/** The routes of one kind; the others have the same under another name. */
interface Routes<Import> {
  list: (cursor: string | undefined) => Promise<Pages<Import>>;
  one: (id: string) => Promise<Import>;
  steps: Record<Step, (id: string) => Promise<Import>>;
}

const ROUTES: { [Kind in ImportKind]: Routes<ImportOf[Kind]> } = {
  contacts: {
    list: (cursor) => ask(api.GET('/api/v1/contact-imports', { params: { query: { cursor } } })),
    one: (id) => ask(api.GET('/api/v1/contact-imports/{import_id}', at(id))),
    steps: {
      check: (id) => ask(api.POST('/api/v1/contact-imports/{import_id}/check', at(id))),
      commit: (id) => ask(api.POST('/api/v1/contact-imports/{import_id}/commit', at(id))),
      cancel: (id) => ask(api.POST('/api/v1/contact-imports/{import_id}/cancel', at(id))),
    },
  },
  'opt-outs': {
    list: (cursor) => ask(api.GET('/api/v1/opt-out-imports', { params: { query: { cursor } } })),
    one: (id) => ask(api.GET('/api/v1/opt-out-imports/{import_id}', at(id))),
    steps: {
      check: (id) => ask(api.POST('/api/v1/opt-out-imports/{import_id}/check', at(id))),
      commit: (id) => ask(api.POST('/api/v1/opt-out-imports/{import_id}/commit', at(id))),
      cancel: (id) => ask(api.POST('/api/v1/opt-out-imports/{import_id}/cancel', at(id))),
    },
  },
};

/** A page of earlier imports. */
export function listImports<Kind extends ImportKind>(
  kind: Kind,
  cursor: string | undefined,
): Promise<Pages<ImportOf[Kind]>> {
  return ROUTES[kind].list(cursor);
}

export function oneImport<Kind extends ImportKind>(
  kind: Kind,
  id: string,
): Promise<ImportOf[Kind]> {
  return ROUTES[kind].one(id);
}

/** Moves an import on, or ends it. */
export function takeStep<Kind extends ImportKind>(
  kind: Kind,
  id: string,
  step: Step,
): Promise<ImportOf[Kind]> {
  return ROUTES[kind].steps[step](id);
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
