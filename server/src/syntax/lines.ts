import type { Dialect } from './dialect';
import { endsInBackslash } from './scan';
import { type Span, Text } from './text';
import type { LogicalLine } from './tree';

/** White space as systemd strips it (v262 string-util.h WHITESPACE); Python strips more, see `blank`. */
const systemdSpace = ' \t\n\r';
const pythonSpace = ' \t\n\r\f\v\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029';
const pythonLineEnds = '\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029';
const byteOrderMark = '\ufeff';

/** The comments of lines without one, which are most. */
const none: readonly Span[] = [];

/** What the lines before say about the next one. */
export interface State {
  /** A byte order mark has been taken off: the next one is text. */
  readonly marked: boolean;
  /** The section above is one that the dialect reads. */
  readonly inside: boolean;
}

/** A physical line: `[start, end)` is its text, the next one starts at `next`. Offsets in the document. */
interface Physical {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/**
 * Reads the logical line that begins at `at`: a setting takes in the lines that continue it.
 */
export function readLine(text: string, at: number, dialect: Dialect, margin: string, { marked, inside }: State): LogicalLine {
  return dialect.continuation === 'backslash' ? readBackslash(text, at, dialect, marked) : readIndented(text, at, dialect, margin, inside);
}

/** For each code unit whether it ends a line. */
const tableOf = (characters: string): Uint8Array => {
  const table = new Uint8Array(0x202a);
  for (const c of characters) table[c.charCodeAt(0)] = 1;
  return table;
};
const lineEnds: Readonly<Record<Dialect['lineEnds'], Uint8Array>> = {
  systemd: tableOf('\n\r\0'),
  newline: tableOf('\n\0'),
  python: tableOf(pythonLineEnds),
  universal: tableOf('\n\r'),
};

function physical(text: string, start: number, dialect: Dialect): Physical {
  const ends = lineEnds[dialect.lineEnds];
  let end = start;
  while (end < text.length && ends[text.charCodeAt(end)] !== 1) end++;
  let next = end;
  if (dialect.lineEnds === 'systemd') {
    // Each kind of line end is taken once, and nothing after a NUL (v262 fileio.c read_line_full).
    for (; next < text.length && ends[text.charCodeAt(next)] === 1; next++) {
      const before = text.slice(end, next);
      if (before.includes(text.charAt(next)) || before.includes('\0')) break;
    }
  } else if (next < text.length) {
    next += dialect.lineEnds !== 'newline' && text.startsWith('\r\n', next) ? 2 : 1;
  }
  return { start, end, next };
}

function readBackslash(text: string, at: number, dialect: Dialect, before: boolean): LogicalLine {
  const parts: Text[] = [],
    comments: Span[] = [];
  let next = at,
    goesOn = false,
    marked = before;
  do {
    const line = physical(text, next, dialect);
    next = line.next;
    if (isComment(text, line, dialect) && (parts.length === 0 || dialect.commentsInContinuation)) {
      if (parts.length > 0) {
        comments.push({ start: firstOf(text, line) - at, end: line.end - at });
        continue;
      }
      let last = line;
      while (dialect.commentsContinue === true && endsInBackslash(text, last.end, last.start) && next < text.length) {
        last = physical(text, next, dialect);
        next = last.next;
      }
      comments.push({ start: firstOf(text, line) - at, end: last.end - at });
      return { kind: 'comment', length: next - at, comments };
    }
    if (parts.length > 0 && isLeftOut(text, line, dialect)) continue;
    const skip = dialect.byteOrderMark && !marked && text.startsWith(byteOrderMark, line.start) ? 1 : 0;
    if (skip > 0) marked = true;
    goesOn = endsInBackslash(text, line.end, line.start);
    parts.push(Text.plain(text.slice(line.start + skip, goesOn ? line.end - 1 : line.end), line.start + skip - at));
  } while ((goesOn || parts.length === 0) && next < text.length);
  // The backslash becomes a space, and a continuation that the file ends in still counts as that space.
  const said = comments.length === 0 ? none : comments;
  const line: LogicalLine =
    goesOn && dialect.dropsUnfinished === true
      ? { kind: 'blank', length: next - at, comments: said }
      : classify(Text.join(parts, ' ').trim(systemdSpace), dialect, next - at, said);
  return marked === before ? line : { ...line, marked: true };
}

function firstOf(text: string, line: Physical): number {
  let start = line.start;
  while (start < line.end && systemdSpace.includes(text.charAt(start))) start++;
  return start;
}

function isComment(text: string, line: Physical, dialect: Dialect): boolean {
  const start = dialect.indentedComments ? firstOf(text, line) : line.start;
  return start < line.end && dialect.comments.includes(text.charAt(start));
}

/** Whether a blank line between continued ones is left out. */
const isLeftOut = (text: string, line: Physical, { blanksInContinuation }: Dialect): boolean =>
  blanksInContinuation !== undefined && (blanksInContinuation === 'empty' ? line.start : firstOf(text, line)) === line.end;

function readIndented(text: string, at: number, dialect: Dialect, margin: string, inside: boolean): LogicalLine {
  const first = content(text, physical(text, at, dialect), dialect, margin);
  const comments = first.comment ? [shift(first.comment, at)] : none;
  const start = first.text.start;
  if (start === first.text.end) {
    return { kind: first.comment ? 'comment' : 'blank', length: first.next - at, comments };
  }
  const head = classify(Text.plain(text.slice(start, first.text.end), start - at), dialect, first.next - at, comments);
  if (head.kind !== 'assignment' || !inside) return head;

  const parts = [head.value],
    within: Span[] = [];
  let end = first.next,
    next = first.next,
    between: Span[] = [];
  while (next < text.length) {
    const line = content(text, physical(text, next, dialect), dialect, margin);
    if (line.comment) between.push(shift(line.comment, at));
    next = line.next;
    if (line.text.start === line.text.end) continue;
    if (line.indent === 0 || (dialect.continuation === 'deeper' && line.indent <= first.indent)) break;
    parts.push(Text.plain(text.slice(line.text.start, line.text.end), line.text.start - at));
    for (const comment of between) within.push(comment);
    between = [];
    end = next;
  }
  return { ...head, length: end - at, comments: within.length === 0 ? comments : [...comments, ...within], value: Text.join(parts, '\n') };
}

/** A physical line without margin, comment and white space around it. All offsets in the document. */
function content(
  text: string,
  line: Physical,
  dialect: Dialect,
  margin: string,
): { text: Span; comment?: Span; indent: number; next: number } {
  const from = margin !== '' && text.startsWith(margin, line.start) ? line.start + margin.length : line.start;
  let start = from;
  while (start < line.end && pythonSpace.includes(text.charAt(start))) start++;
  let cut = line.end;
  if (start < line.end && dialect.comments.includes(text.charAt(start))) cut = start;
  else if (dialect.inlineComments !== '') {
    for (let i = start; i < line.end; i++) {
      if (!dialect.inlineComments.includes(text.charAt(i))) continue;
      if (dialect.inlineNeedsSpace && (i === start || !pythonSpace.includes(text.charAt(i - 1)))) continue;
      cut = i;
      break;
    }
  }
  let end = cut;
  while (end > start && pythonSpace.includes(text.charAt(end - 1))) end--;
  return {
    text: { start: Math.min(start, end), end },
    indent: start - from,
    next: line.next,
    ...(cut < line.end ? { comment: { start: cut, end: line.end } } : {}),
  };
}

const shift = (span: Span, by: number): Span => ({ start: span.start - by, end: span.end - by });

/** Header, assignment or neither (v262 conf-parser.c:172 parse_line; mkosi config.py parse_ini). */
function classify(text: Text, dialect: Dialect, length: number, comments: readonly Span[]): LogicalLine {
  if (text.length === 0) return { kind: 'blank', length, comments };
  const space = dialect.continuation === 'backslash' ? systemdSpace : pythonSpace;
  const loose = dialect.looseHeaders === true ? text.text.lastIndexOf(']') : -1;
  // configparser takes [] for a setting.
  if (text.text.startsWith('[') && (dialect.looseHeaders !== true || loose > 1)) {
    const last = dialect.looseHeaders === true ? loose : text.length - 1;
    const closed = last > 0 && text.text.charAt(last) === ']';
    const name = text.slice(1, closed ? last : text.length);
    return { kind: 'header', length, comments, whole: text, closed, name: dialect.trimsHeaders === true ? name.trim(space) : name };
  }
  const equals = text.text.indexOf('=');
  if (equals < 0) return { kind: 'stray', length, comments, text };
  return {
    kind: 'assignment',
    length,
    comments,
    equals: text.inLine(equals),
    key: text.slice(0, equals).trim(space),
    value: text.slice(equals + 1).trim(space),
  };
}
