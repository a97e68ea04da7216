import type { Position, TextEdit } from 'vscode-languageserver-types';
import type { Document } from '../schema';
import type { LogicalLine } from '../syntax';
import { lineText } from './lookup';

const indent = '    ';

/**
 * What Enter needs besides the line break it has put in: inside a value, the sign that the value goes on; inside a
 * comment, the sign that the comment does.
 * @param position where the cursor is, on the new line
 */
export function enter(document: Document, position: Position): TextEdit[] {
  const { tree, text } = document;
  if (position.line === 0) return [];
  const above = lineText(document, position.line - 1),
    here = lineText(document, position.line);
  const aboveEnd = text.offsetAt({ line: position.line - 1, character: above.length });
  const index = tree.indexAt(Math.max(0, aboveEnd - 1)),
    upper = tree.lines[index];
  const lower = tree.indexAt(text.offsetAt({ line: position.line, character: 0 }));
  const insert = (line: number, character: number, newText: string): TextEdit => ({
    range: { start: { line, character }, end: { line, character } },
    newText,
  });
  const first = here.length - here.trimStart().length,
    empty = here.trim() === '',
    indented = first > 0;

  if (upper?.kind === 'comment' && above.trim() !== '') {
    const rest = tree.lines[lower];
    // What is left of a comment; a setting after the cursor was none.
    return empty || rest === undefined || rest.kind !== 'stray' ? [] : [insert(position.line, first, '# ')];
  }
  if (upper?.kind !== 'assignment' || above.trim() === '') return [];
  const backslash = tree.dialect.continuation === 'backslash';
  if (lower === index) return indented ? [] : [insert(position.line, 0, indent)];
  if (!isRest(document, tree.lines[lower])) {
    return empty && !indented && !backslash && upper.value.length === 0 && takesList(document, index)
      ? [insert(position.line, 0, indent)]
      : [];
  }
  return [
    ...(backslash ? [insert(position.line - 1, above.length, /\s$/.test(above) ? '\\' : ' \\')] : []),
    ...(indented ? [] : [insert(position.line, 0, indent)]),
  ];
}

/** Whether a line can only be the second half of a value: it is neither a setting nor anything else. */
function isRest({ edition }: Document, line: LogicalLine | undefined): boolean {
  return (
    line?.kind === 'stray' ||
    (line?.kind === 'assignment' && line.key.length > 0 && edition.named(line.key.text).length === 0 && !line.key.text.startsWith('X-'))
  );
}

const takesList = (document: Document, index: number): boolean => document.assignedAt(index)?.setting?.value.type === 'list';
