import type { Assigned, Document } from '../schema';
import { isLineEnd, withoutEnd } from '../syntax';
import type { Fix } from './rule';

/** Where each section ends, the last time it stands in the document: behind its last line with text. */
export function endsOf({ tree }: Document): Map<string, number> {
  const ends = new Map<string, number>();
  let section: string | undefined;
  for (const { line, start } of tree) {
    if (line.kind === 'header') section = line.name.text;
    if (section !== undefined && line.kind !== 'blank' && line.kind !== 'comment') ends.set(section, start + line.length);
  }
  return ends;
}

/** An assignment as it is written, without the end of its last line. */
export const written = ({ text }: Document, { line, start }: Assigned): string =>
  withoutEnd(text.getText().slice(start, start + line.length), isLineEnd);

/** Writes lines at the end of a section, or of a new one at the end of the file. @param ends see endsOf */
export function atEndOf(section: string, lines: string, { text }: Document, ends: ReadonlyMap<string, number>): Fix['edits'][number] {
  const content = text.getText(), at = ends.get(section), end = at ?? content.length;
  const broken = end === 0 || /[\n\r]/.test(content.charAt(end - 1));
  const header = at === undefined ? `${content === '' ? '' : '\n'}[${section}]\n` : '';
  return { start: end, end, text: `${broken ? '' : '\n'}${header}${lines}\n` };
}
