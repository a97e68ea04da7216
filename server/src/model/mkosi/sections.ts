import type { Document } from '../../schema';
import { type AssignmentLine, parse, type Tree } from '../../syntax';

/** What mkosi's reader hands over: an assignment, the end of a section, or that it gives up. */
export type Item =
  | { readonly kind: 'assignment'; readonly section: string; readonly line: AssignmentLine; readonly start: number }
  | { readonly kind: 'end'; readonly section: string }
  | { readonly kind: 'fault' };

/**
 * A file as mkosi reads it for some sections: all others are passed over line by line, so that an indented header in
 * them is one (config.py parse_ini). Stops at the first line that it cannot read.
 */
export function* items(document: Document, sections: readonly string[]): Generator<Item> {
  let section: string | undefined;
  for (const { line, start } of treeFor(document, sections)) {
    if (line.kind === 'blank' || line.kind === 'comment') continue;
    if (line.kind === 'header') {
      if (!line.closed) {
        yield { kind: 'fault' };
        return;
      }
      if (section !== undefined) yield { kind: 'end', section };
      section = line.name.text;
      if (section === '') {
        yield { kind: 'fault' };
        return;
      }
      continue;
    }
    if (section === undefined) {
      yield { kind: 'fault' };
      return;
    }
    if (!sections.includes(section)) continue;
    if (line.kind === 'stray' || line.key.length === 0) {
      yield { kind: 'fault' };
      return;
    }
    yield { kind: 'assignment', section, line, start };
  }
  // Until 25 the end of the file ended any section, since 26 only those that were asked for.
  if (section !== undefined && (sections.includes(section) || document.edition.version < 26)) yield { kind: 'end', section };
}

/** Whether a header of a document may be indented, and its trees for some sections. */
const readings = ({ text }: Document): { readonly indented: boolean; readonly trees: Map<string, Tree> } => ({
  indented: indentedHeader.test(text.getText()),
  trees: new Map(),
});

/** Any white space but the ends of lines that all Python programs know, in front of a bracket: perhaps an indented header. */
const indentedHeader = /(?:[^\S\n\r]|[\x1c-\x1f\x85])\[/;

/** Which sections are read only matters where headers are indented: a value of a section that is read takes them in. */
function treeFor(document: Document, sections: readonly string[]): Tree {
  const { tree } = document,
    known = tree.dialect.sections;
  if (known === undefined) return tree;
  const reading = document.once(readings);
  if (!reading.indented && sections.every((s) => known.includes(s))) return tree;
  const key = sections.join();
  let own = reading.trees.get(key);
  if (own === undefined) reading.trees.set(key, (own = parse(document.text.getText(), { ...tree.dialect, sections })));
  return own;
}
