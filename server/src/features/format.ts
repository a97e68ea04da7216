import type { Range, TextEdit } from 'vscode-languageserver-types';
import type { Document } from '../schema';
import { type AssignmentLine, type Dialect, type LogicalLine, type Placed, parse, type Span } from '../syntax';
import { offsetsOf, rangeOf } from './lookup';

/** A stretch of the document and what shall be there. */
interface Edit extends Span {
  readonly text: string;
}

/**
 * The canonical form of a document or of some of its lines: nothing around the equals sign, no indentation of headers
 * and names, no trailing white space, one blank line between sections, never two in a row, a line end at the end.
 * Comments, order, continuation lines and the meaning of every line stay.
 */
export function formatting(document: Document, range?: Range): TextEdit[] {
  const edits = wanted(document);
  const chosen = range === undefined ? edits : inRange(document, edits, range);
  if (chosen.length > mostEdits) return [whole(document, chosen)];
  return chosen.map((e) => ({ range: rangeOf(document, e), newText: e.text }));
}

/** The most edits that an editor is given one by one. */
const mostEdits = 10_000;

/** From the first edit to the last one, as one. */
function whole(document: Document, edits: readonly Edit[]): TextEdit {
  const start = edits[0]?.start ?? 0,
    end = edits.at(-1)?.end ?? 0,
    text = document.text.getText();
  return { range: rangeOf(document, { start, end }), newText: apply(text.slice(0, end), edits).slice(start) };
}

/** Indentation has a meaning in mkosi files, so that some edits are only right together with those outside the range. */
function inRange(document: Document, edits: readonly Edit[], range: Range): readonly Edit[] {
  const { start, end } = offsetsOf(document, { start: { line: range.start.line, character: 0 }, end: range.end });
  const chosen = edits.filter((e) => e.start >= start && e.end <= end);
  const { tree } = document,
    before = document.text.getText();
  const meaning = (text: string): string => JSON.stringify([...parse(text, tree.dialect)].flatMap(({ line }) => meant(line)));
  return tree.dialect.continuation === 'backslash' || meaning(before) === meaning(apply(before, chosen)) ? chosen : [];
}

/** What the tool takes from a line. */
export function meant(line: LogicalLine): readonly (readonly string[])[] {
  switch (line.kind) {
    case 'assignment':
      return [['=', line.key.text, line.value.text]];
    case 'header':
      return [['[', line.whole.text]];
    case 'stray':
      return [['?', line.text.text]];
    case 'comment':
    case 'blank':
      return [];
  }
}

function apply(text: string, edits: readonly Edit[]): string {
  let at = 0,
    result = '';
  for (const e of edits) {
    result += text.slice(at, e.start) + e.text;
    at = e.end;
  }
  return result + text.slice(at);
}

function wanted(document: Document): Edit[] {
  const { lines, starts, dialect } = document.tree;
  const form = formOf(dialect),
    text = document.text.getText(),
    edits: Edit[] = [];
  let above: number | undefined,
    blanks: number[] = [],
    inList = false;
  for (let i = 0; i <= lines.length; i++) {
    const line = lines[i],
      start = starts[i] ?? text.length;
    if (line !== undefined && isBlank(text, start, line)) {
      blanks.push(i);
      continue;
    }
    // Between two lines: the end of the upper one, and the blank ones that are there.
    const room =
      above === undefined || line === undefined
        ? 0
        : opensBlock(lines, i, text, start, form)
          ? 1
          : lines[above]?.kind === 'header'
            ? 0
            : Math.min(1, blanks.length);
    const ending = above === undefined ? '' : lineEnd(text, starts[above] ?? 0, starts[above + 1] ?? 0, form);
    for (const [n, blank] of blanks.entries()) {
      const from = starts[blank] ?? 0,
        end = starts[blank + 1] ?? text.length;
      const keep = n < room && isLineEnd(text, from, end, form);
      if (!keep) edits.push({ start: from, end, text: n < room ? ending : '' });
    }
    if (blanks.length < room) edits.push({ start, end: start, text: ending });
    if (line === undefined) {
      if (above !== undefined && ending === '') edits.push({ start, end: start, text: firstLineEnd(text, form) });
      break;
    }
    // An indented comment of a mkosi file that follows the items of a list is with them.
    const last = above === undefined || room > 0 ? undefined : lines[above]?.kind;
    inList = !form.backslash && line.kind === 'comment' && (last === 'assignment' || (last === 'comment' && inList));
    for (const edit of lineEdits(text, { line, start }, form, inList)) edits.push(edit);
    blanks = [];
    above = i;
  }
  return merged(edits);
}

/** What formatting has to know of a dialect. */
interface Form {
  readonly ends: string;
  readonly space: string;
  readonly backslash: boolean;
  readonly dialect: Dialect;
}

const pythonEnds = '\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029';
const formOf = (dialect: Dialect): Form => ({
  ends: { systemd: '\n\r\0', newline: '\n\0', python: pythonEnds, universal: '\n\r' }[dialect.lineEnds],
  space: { systemd: ' \t', newline: ' \t', python: ' \t\x1f\xa0', universal: ' \t\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029' }[
    dialect.lineEnds
  ],
  backslash: dialect.continuation === 'backslash',
  dialect,
});

/** Only white space; old releases of systemd read a line as blank that is none, and a byte order mark is taken once only. */
const isBlank = (text: string, start: number, { kind, length, marked }: LogicalLine): boolean =>
  kind === 'blank' && marked !== true && /^[\s\0\x1c-\x1f\x85]*$/.test(text.slice(start, start + length));

/** Whether a section begins at a line: at its header, or at the comment above it. */
function opensBlock(lines: readonly LogicalLine[], index: number, text: string, start: number, form: Form): boolean {
  const above = lines[index - 1];
  if (lines[index]?.kind === 'header') return above?.kind !== 'comment' || belongsAbove(text, start, above, form);
  if (lines[index]?.kind !== 'comment' || above?.kind === 'comment') return false;
  let next = index,
    at = start;
  while (lines[next]?.kind === 'comment') at += lines[next++]?.length ?? 0;
  const last = lines[next - 1];
  return lines[next]?.kind === 'header' && last !== undefined && !belongsAbove(text, at, last, form);
}

/** Whether the comment that ends at an offset is a setting out of use or is with the items of a list. */
function belongsAbove(text: string, end: number, { length }: LogicalLine, { backslash }: Form): boolean {
  const comment = text.slice(end - length, end);
  return /^\s*[#;]\s*[A-Za-z-]+\s*=/.test(comment) || (!backslash && /^[ \t]/.test(comment));
}

/** The characters that end the last line of a stretch; empty when the text ends before any. */
function lineEnd(text: string, start: number, end: number, { ends, dialect: { lineEnds } }: Form): string {
  if (end <= start || !ends.includes(text.charAt(end - 1))) return '';
  const two = text.slice(Math.max(start, end - 2), end);
  return two === '\r\n' || (two === '\n\r' && lineEnds === 'systemd') ? two : text.charAt(end - 1);
}

const isLineEnd = (text: string, start: number, end: number, { ends }: Form): boolean => {
  for (let i = start; i < end; i++) if (!ends.includes(text.charAt(i)) && text.charAt(i) !== '\r') return false;
  return true;
};

/** How lines end in this text; old releases of systemd take a carriage return for text. */
const firstLineEnd = (text: string, { dialect }: Form): string =>
  dialect.lineEnds === 'newline' ? '\n' : (/\r\n|\n|\r/.exec(text)?.[0] ?? '\n');

/** The edits inside one line that has text. */
function* lineEdits(text: string, { line, start }: Placed, form: Form, indented: boolean): Generator<Edit> {
  if (line.kind === 'blank') return;
  const end = start + line.length;
  let first = start;
  while (first < end && form.space.includes(text.charAt(first))) first++;
  // A byte order mark counts at the start of a line only, and in systemd 240 a comment does, too.
  const wouldChange =
    (form.backslash && text.charAt(first) === '\ufeff') || (line.kind !== 'comment' && form.dialect.comments.includes(text.charAt(first)));
  if (first > start && !indented && !wouldChange) yield { start, end: first, text: '' };
  if (line.kind === 'assignment') yield* aroundEquals(text, start, line, form);
  yield* trailing(text, start, end, line, form);
}

function* aroundEquals(text: string, start: number, line: AssignmentLine, { space }: Form): Generator<Edit> {
  const equals = start + line.equals;
  let before = equals;
  while (before > start && space.includes(text.charAt(before - 1))) before--;
  if (before < equals) yield { start: before, end: equals, text: '' };
  let after = equals + 1;
  while (after < start + line.length && space.includes(text.charAt(after))) after++;
  // Only up to a value of the same line: a comment may need the space in front of it.
  if (after > equals + 1 && line.value.length > 0 && after === start + line.value.span().start) {
    yield { start: equals + 1, end: after, text: '' };
  }
}

/**
 * White space in front of line ends. A backslash that would become the last character keeps it: it would join the lines. So does
 * a blank line that ends a continuation: old releases of systemd skip an empty one.
 */
function* trailing(
  text: string,
  start: number,
  end: number,
  line: LogicalLine,
  { ends, space, backslash, dialect }: Form,
): Generator<Edit> {
  const isEnd = (i: number): boolean => i === end || ends.includes(text.charAt(i));
  const strip = dialect.lineEnds === 'newline' ? `${space}\r` : space;
  for (let i = start, comment = 0; i <= end; i++) {
    if (!isEnd(i)) continue;
    const to = strip !== space && text.startsWith('\r\n', i - 1) ? i - 1 : i;
    let from = to;
    while (from > start && strip.includes(text.charAt(from - 1))) from--;
    const at = from - 1 - start;
    while ((line.comments[comment]?.end ?? Infinity) <= at) comment++;
    const inComment = dialect.commentsContinue !== true && (line.comments[comment]?.start ?? Infinity) <= at;
    const joins = backslash && ((text.charAt(from - 1) === '\\' && !inComment) || (from > start && isEnd(from - 1)));
    if (from < to && !joins) yield { start: from, end: to, text: '' };
  }
}

/** In order, each stretch once. */
function merged(edits: readonly Edit[]): Edit[] {
  const result: Edit[] = [];
  for (const e of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const before = result.at(-1);
    if (before === undefined || e.start >= before.end) result.push(e);
    else if (e.end > before.end) result[result.length - 1] = { ...before, end: e.end };
  }
  return result;
}
