import type { Range, SemanticTokensEdit, SemanticTokensLegend } from 'vscode-languageserver-types';
import type { Document } from '../schema';
import type { Span } from '../syntax';
import type { Role } from '../values';
import { lineText, offsetsOf, readingOf, spanOf } from './lookup';

/** Sections, names and comments are coloured by the grammar of the editor; tokens colour what only the schema knows. */
const types: Readonly<Record<Role, string>> = {
  keyword: 'enumMember',
  number: 'number',
  string: 'string',
  operator: 'operator',
  path: 'string',
  name: 'variable',
};
const tokenTypes = [...new Set(Object.values(types)), 'property'];
export const legend: SemanticTokensLegend = { tokenTypes, tokenModifiers: ['deprecated'] };

/** Tokens of a document or a range, as five numbers each (line and character relative to the token before). */
export function tokens(document: Document, range?: Range): number[] {
  const { text } = document;
  const data: number[] = [];
  let line = 0,
    character = 0;
  const push = (span: Span, type: string, modifiers = 0): void => {
    const first = text.positionAt(span.start),
      last = text.positionAt(span.end);
    for (let l = first.line; l <= last.line; l++) {
      const from = l === first.line ? first.character : 0;
      const to = l === last.line ? last.character : lineText(document, l).length;
      if (to <= from || l < line || (l === line && from < character)) continue;
      data.push(l - line, l === line ? from - character : from, to - from, tokenTypes.indexOf(type), modifiers);
      line = l;
      character = from;
    }
  };
  const asked = range === undefined ? { start: 0, end: text.getText().length } : offsetsOf(document, range);
  for (const assigned of document.assignments(asked)) {
    const {
      setting,
      start,
      line: { key },
    } = assigned;
    if (setting?.deprecated) push({ start: start + key.span().start, end: start + key.span().end }, 'property', 1);
    let end = 0;
    for (const part of [...(readingOf(document, assigned)?.parts ?? [])].sort((a, b) => a.start - b.start || b.end - a.end)) {
      // A value that is two things at once, as the one path of Bind=, has one colour.
      if (part.start < end) continue;
      push(spanOf(assigned, part), types[part.role]);
      end = part.end;
    }
  }
  return data;
}

/** The one stretch in which two runs of tokens differ. */
export function tokenEdits(before: readonly number[], after: readonly number[]): SemanticTokensEdit[] {
  let start = 0,
    same = 0;
  const most = Math.min(before.length, after.length);
  while (start < most && before[start] === after[start]) start++;
  if (start === before.length && start === after.length) return [];
  while (same < most - start && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  return [{ start, deleteCount: before.length - start - same, data: after.slice(start, after.length - same) }];
}
