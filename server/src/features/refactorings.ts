import { type CodeAction, CodeActionKind, type Range, type TextEdit } from 'vscode-languageserver-types';
import type { Document } from '../schema';
import { inDocument, type Span } from '../syntax';
import { itemsOf, separationOf } from './items';
import { isKnown, type Known, offsetsOf, rangeOf, spanOf } from './lookup';

/** The most items of a list that is written in another way. */
const mostItems = 10_000;

/** Other ways to write the list at a range: one item per line, all on one, sorted, one assignment per item. */
export function refactorings(document: Document, range: Range): CodeAction[] {
  const assigned = document.assignedAt(document.tree.indexAt(offsetsOf(document, range).start));
  if (!isKnown(assigned)) return [];
  const items = itemsOf(document, assigned);
  // A comment between items belongs to one of them; nothing here could keep it there.
  if (items.length < 2 || items.length > mostItems || assigned.line.comments.length > 0) return [];
  const action = (title: string, edits: TextEdit[]): CodeAction => ({
    title,
    kind: CodeActionKind.RefactorRewrite,
    edit: { changes: { [document.uri]: edits } },
  });
  const first = rangeOf(document, spanOf(assigned, items[0] ?? { start: 0, end: 0 })).start.line;
  const spread = items.some((s) => rangeOf(document, spanOf(assigned, s)).start.line !== first);
  return [
    spread
      ? action('Put all items on one line', joined(document, assigned, items))
      : action('Put every item on its own line', spreadOut(document, assigned, items)),
    ...sorted(document, assigned, items).map((edits) => action('Sort the items', edits)),
    ...repeated(document, assigned, items).map((edits) => action(`Write one ${assigned.setting.name}= for every item`, edits)),
  ];
}

const textsOf = ({ line }: Known, items: readonly Span[]): string[] => items.map((s) => line.value.text.slice(s.start, s.end));

/** What is in front of the items: the `~` that turns a list round. */
const inversion = ({ line }: Known): string => (line.value.text.startsWith('~') ? '~' : '');

function joined(document: Document, assigned: Known, items: readonly Span[]): TextEdit[] {
  const glue = separationOf(document, assigned)?.glue ?? ' ';
  return [replaceValue(document, assigned, inversion(assigned) + textsOf(assigned, items).join(glue))];
}

function spreadOut(document: Document, assigned: Known, items: readonly Span[]): TextEdit[] {
  const backslash = document.tree.dialect.continuation === 'backslash',
    texts = textsOf(assigned, items);
  return [
    replaceValue(document, assigned, backslash ? inversion(assigned) + texts.join(' \\\n    ') : texts.map((t) => `\n    ${t}`).join('')),
  ];
}

/** From after the equals sign to the end of the value. */
function replaceValue(document: Document, { line, start }: Known, newText: string): TextEdit {
  return { range: rangeOf(document, { start: start + line.equals + 1, end: inDocument(start, line.value.span()).end }), newText };
}

/** For lists whose order has no meaning; for none whose items are arguments or are looked at one after the other. */
function sorted(document: Document, assigned: Known, items: readonly Span[]): TextEdit[][] {
  const { value, repeat } = assigned.setting;
  const isSet = repeat === 'merge' || value.type === 'syscall-filter' || value.type === 'user-names' || value.of?.type === 'string';
  const texts = textsOf(assigned, items),
    order = [...texts].sort();
  if (!isSet || texts.every((t, i) => t === order[i])) return [];
  return [items.map((s, i) => ({ range: rangeOf(document, spanOf(assigned, s)), newText: order[i] ?? '' }))];
}

/** For settings where a second line adds to the first; a command line is not a list of equals. */
function repeated(document: Document, assigned: Known, items: readonly Span[]): TextEdit[][] {
  const { value, repeat, name } = assigned.setting;
  if ((repeat !== 'append' && repeat !== 'merge') || value.type === 'words') return [];
  const before = inversion(assigned),
    lines = textsOf(assigned, items).map((t) => `${name}=${before}${t}`);
  const { start, line } = assigned;
  const whole = { start: start + line.key.span().start, end: inDocument(start, line.value.span()).end };
  return [[{ range: rangeOf(document, whole), newText: lines.join('\n') }]];
}
