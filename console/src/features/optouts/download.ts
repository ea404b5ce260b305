/** Files that the API hands out in pages: put together here, saved as one. */
import { ask } from '../../api/client';
import { routes, type OptOutQuery } from './routes';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

function save(parts: BlobPart[], name: string): void {
  const address = URL.createObjectURL(new Blob(parts, { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Not at once: the browser may still be reading it.
  window.setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 10_000);
}

/** The lines of a CSV page; a line break within quotes is none. */
function linesIn(page: ArrayBuffer): number {
  let lines = 0;
  let quoted = false;
  for (const byte of new Uint8Array(page)) {
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === LINE_FEED && !quoted) lines += 1;
  }
  return lines;
}

/** Saves all that match; `tell` hears how many opt-outs have been read so far. */
export async function exportOptOuts(
  query: OptOutQuery,
  name: string,
  tell: (rows: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const pages: ArrayBuffer[] = [];
  let rows = -1; // The first line is the header.
  let cursor: string | undefined;
  do {
    const call = routes.GET('/api/v1/opt-outs/export', {
      params: { query: { ...query, cursor } },
      parseAs: 'arrayBuffer',
      signal,
    });
    const page = await ask<ArrayBuffer>(call);
    pages.push(page);
    rows += linesIn(page);
    tell(Math.max(0, rows));
    cursor = (await call).response.headers.get('Assent-Cursor') ?? undefined;
  } while (cursor);
  save(pages, name);
  return Math.max(0, rows);
}

/** Saves the lines of an import that were not taken, each with its reason. */
export async function saveErrors(importId: string, name: string): Promise<void> {
  const parts: ArrayBuffer[] = [];
  let expected = 1;
  while (parts.length < expected) {
    const call = routes.GET('/api/v1/opt-out-imports/{import_id}/errors', {
      params: { path: { import_id: importId }, query: { part: parts.length + 1 } },
      parseAs: 'arrayBuffer',
    });
    parts.push(await ask<ArrayBuffer>(call));
    expected = Number((await call).response.headers.get('Assent-Parts')) || 1;
  }
  save(parts, name);
}

export function saveText(text: string, name: string): void {
  save([text], name);
}
