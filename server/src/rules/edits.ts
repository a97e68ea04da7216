import type { HostFiles } from '../model/host-files';
import type { Assigned, Document } from '../schema';
import { isLineEnd, type Span, withoutEnd } from '../syntax';
import type { Fix, RuleContext } from './rule';

/** Where each section ends, the last time it is in the document: after its last line with text. */
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
  const content = text.getText(),
    at = ends.get(section),
    end = at ?? content.length;
  const broken = end === 0 || /[\n\r]/.test(content.charAt(end - 1));
  const header = at === undefined ? `${content === '' ? '' : '\n'}[${section}]\n` : '';
  return { start: end, end, text: `${broken ? '' : '\n'}${header}${lines}\n` };
}

/** Where something is marked that is not about one line in particular: the first line that is not a comment. */
export const topOf = ({ document }: RuleContext): Span => document.once(top);

function top({ tree, text }: Document): Span {
  for (const { line, start } of tree) {
    if (line.kind === 'blank' || line.kind === 'comment') continue;
    const written = text.getText().slice(start, start + line.length);
    const blank = /^\s*/.exec(written)?.[0].length ?? 0;
    return { start: start + blank, end: start + blank + (/^[^\n\r\0]*/.exec(written.slice(blank))?.[0].length ?? 0) };
  }
  return { start: 0, end: 0 };
}

/** Where a file would be right, unless another one lies there already. */
export const freeAt = (path: string, files: HostFiles): { readonly moveTo?: string } => (files.exists(path) ? {} : { moveTo: path });
