/** Files that the API hands out in pages: put together here, saved as one. */
import { ask } from '../../api/client';
import { save } from '../../app/saveFile';
import { routes, type OptOutQuery } from './routes';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

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
  save(pages, name, 'text/csv');
  return Math.max(0, rows);
}
