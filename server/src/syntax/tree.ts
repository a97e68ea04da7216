import type { Dialect } from './dialect';
import type { Span, Text } from './text';

/** The first of the numbers from 0 to `count` that something holds for, when it holds for all after it, too; else `count`. */
export function firstWhere(count: number, holds: (i: number) => boolean): number {
  let low = 0,
    high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Index of the last of some ascending numbers that is not greater than `limit`; -1 when all are. */
export function lastUpTo(numbers: readonly number[], limit: number): number {
  let low = -1,
    high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

interface Line {
  /** Characters, with the line ends; the lengths of all lines add up to the text. */
  readonly length: number;
  /** Comments in and between the physical lines; a comment line is one comment. */
  readonly comments: readonly Span[];
  /** A byte order mark was taken off. */
  readonly marked?: true;
}
/** Nothing but white space. */
export interface BlankLine extends Line {
  readonly kind: 'blank';
}
export interface CommentLine extends Line {
  readonly kind: 'comment';
}
/** `[Name]`. */
export interface HeaderLine extends Line {
  readonly kind: 'header';
  /** What is between the brackets, untrimmed. */
  readonly name: Text;
  /** The whole header with its brackets. */
  readonly whole: Text;
  /** Its last character is the closing bracket. */
  readonly closed: boolean;
}
/** `Key=Value`; `key` and `value` without the white space around them. */
export interface AssignmentLine extends Line {
  readonly kind: 'assignment';
  readonly key: Text;
  readonly value: Text;
  /** Where the equals sign is. */
  readonly equals: number;
  /** What a reader made of the value. Lines live on through edits, so that each value is read once. */
  memo?: object;
}
/** Text without an equals sign. */
export interface StrayLine extends Line {
  readonly kind: 'stray';
  readonly text: Text;
}
export type LogicalLine = BlankLine | CommentLine | HeaderLine | AssignmentLine | StrayLine;

/** A line and where it begins in the document. */
export interface Placed<L extends LogicalLine = LogicalLine> {
  readonly line: L;
  readonly start: number;
}

/** A text as one dialect reads it, without loss: the lengths of the lines add up to the text's. */
export class Tree {
  constructor(
    readonly dialect: Dialect,
    readonly lines: readonly LogicalLine[],
    /** Offset of each line in the document, and of the end of the text. */
    readonly starts: readonly number[],
    /** White space that all lines begin with and that the dialect takes off. */
    readonly margin: string,
    /** Indexes of the headers. */
    readonly headers: readonly number[],
    /** Index of the line that a byte order mark was taken off, or -1. */
    readonly mark: number,
  ) {}

  /** Index of the line that holds an offset (of a place between two lines, the second). */
  indexAt(offset: number): number {
    return Math.max(0, Math.min(lastUpTo(this.starts, offset), this.lines.length - 1));
  }

  /** The line at an index, with its place. */
  at(index: number): Placed | undefined {
    const line = this.lines[index],
      start = this.starts[index];
    return line === undefined || start === undefined ? undefined : { line, start };
  }

  *[Symbol.iterator](): Generator<Placed> {
    for (let i = 0; i < this.lines.length; i++) {
      const placed = this.at(i);
      if (placed) yield placed;
    }
  }

  /** The header that an offset is under. */
  headerAbove(index: number): Placed<HeaderLine> | undefined {
    const above = this.headers[lastUpTo(this.headers, index)] ?? -1,
      line = this.lines[above],
      start = this.starts[above];
    return line?.kind === 'header' && start !== undefined ? { line, start } : undefined;
  }
}

/** A span of a line as offsets in the document. */
export const inDocument = (start: number, span: Span): Span => ({ start: start + span.start, end: start + span.end });
