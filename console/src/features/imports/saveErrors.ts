import { save } from '../../app/saveFile';
import { errorPart, type ImportKind } from './routes';

/** Saves the rows of an import that were not taken, each with its reason. */
export async function saveErrors(kind: ImportKind, id: string, name: string): Promise<void> {
  const contents: ArrayBuffer[] = [];
  let expected = 1;
  while (contents.length < expected) {
    const { content, parts } = await errorPart(kind, id, contents.length + 1);
    contents.push(content);
    expected = parts;
  }
  save(contents, name, 'text/csv');
}
