import type { Dialect } from './dialect';
import { readLine, type State } from './lines';
import { type LogicalLine, lastUpTo, Tree } from './tree';

/** Reads a whole text. Never throws; takes time proportional to the text. */
export function parse(text: string, dialect: Dialect): Tree {
  const margin = marginOf(text, dialect);
  const read = new Lines();
  let at = 0,
    state = beginning(dialect);
  while (at < text.length) {
    const line = readLine(text, at, dialect, margin, state);
    read.push(line, at);
    at += line.length;
    state = after(line, state, dialect);
  }
  return read.tree(dialect, margin, at);
}

/** Lines as they are read one after the other. */
class Lines {
  readonly lines: LogicalLine[] = [];
  readonly starts: number[] = [];
  /** Indexes of the headers among them. */
  readonly headers: number[] = [];
  /** Index of the one that a byte order mark was taken off, or -1. */
  mark = -1;

  push(line: LogicalLine, at: number): void {
    if (line.kind === 'header') this.headers.push(this.lines.length);
    if (line.marked === true) this.mark = this.lines.length;
    this.lines.push(line);
    this.starts.push(at);
  }

  tree(dialect: Dialect, margin: string, end: number): Tree {
    this.starts.push(end);
    return new Tree(dialect, this.lines, this.starts, margin, this.headers, this.mark);
  }

  /** Another tree, in which these are in place of the lines from index `first` to `next`, and what follows is moved. */
  within(tree: Tree, first: number, next: number, shift: number): Tree {
    const further = this.lines.length - (next - first),
      { headers, mark } = tree;
    const starts = replaced(tree.starts, first, next, this.starts);
    if (shift !== 0) for (let i = first + this.starts.length; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + shift;
    return new Tree(
      tree.dialect,
      replaced(tree.lines, first, next, this.lines),
      starts,
      tree.margin,
      [
        ...headers.slice(0, lastUpTo(headers, first - 1) + 1),
        ...this.headers.map((i) => i + first),
        ...headers.slice(lastUpTo(headers, next - 1) + 1).map((i) => i + further),
      ],
      this.mark >= 0 ? this.mark + first : mark >= next ? mark + further : mark < first ? mark : -1,
    );
  }
}

/** A list with others in place of those from `first` to `next`: a copy in one go, for lists are long and edits are many. */
function replaced<T>(list: readonly T[], first: number, next: number, others: readonly T[]): T[] {
  if (others.length !== next - first) return list.slice(0, first).concat(others, list.slice(next));
  const copy = list.slice();
  for (const [i, other] of others.entries()) copy[first + i] = other;
  return copy;
}

/** A replaced stretch: offsets in the old text, and the length of what is there now. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly newLength: number;
}

/**
 * The tree of `text`, which came out of `tree`'s text by one change. Only lines that the change can have touched are
 * read again; the result equals `parse(text)`.
 */
export function reparse(tree: Tree, text: string, change: Change): Tree {
  if (marginOf(text, tree.dialect) !== tree.margin) return parse(text, tree.dialect);
  // Back to a line that no edit after it can change: one step for joined line ends, and over all lines that
  // a value above them could take in.
  let first = Math.max(0, tree.indexAt(change.start) - 1);
  while (first > 0 && ['blank', 'comment'].includes(tree.lines[first]?.kind ?? '')) first--;
  const shift = change.newLength - (change.end - change.start);
  const read = new Lines();
  let at = tree.starts[first] ?? 0,
    state = stateBefore(tree, first);
  let old = tree.indexAt(change.end);
  while (at < text.length) {
    while (old < tree.lines.length && (tree.starts[old] ?? 0) + shift < at) old++;
    const meets = old < tree.lines.length && (tree.starts[old] ?? 0) >= change.end && (tree.starts[old] ?? 0) + shift === at;
    if (meets && at > change.start + change.newLength && same(state, stateBefore(tree, old))) {
      return read.within(tree, first, old, shift);
    }
    const line = readLine(text, at, tree.dialect, tree.margin, state);
    read.push(line, at);
    at += line.length;
    state = after(line, state, tree.dialect);
  }
  return read.within(tree, first, tree.lines.length, shift);
}

const beginning = ({ sections }: Dialect): State => ({ marked: false, inside: sections === undefined });

const same = (a: State, b: State): boolean => a.marked === b.marked && a.inside === b.inside;

/** The state after a line. */
function after(line: LogicalLine, { marked, inside }: State, { sections }: Dialect): State {
  return {
    marked: marked || line.marked === true,
    inside: line.kind !== 'header' || sections === undefined ? inside : sections.includes(line.name.text),
  };
}

function stateBefore(tree: Tree, index: number): State {
  const state = { ...beginning(tree.dialect), marked: tree.mark >= 0 && tree.mark < index };
  const { sections } = tree.dialect,
    header = tree.headerAbove(index - 1);
  return sections === undefined || header === undefined ? state : { ...state, inside: sections.includes(header.line.name.text) };
}

/** What textwrap.dedent() takes off: the white space that all lines with text begin with. */
function marginOf(text: string, dialect: Dialect): string {
  if (!dialect.dedent) return '';
  let margin: string | undefined;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at),
      end = newline < 0 ? text.length : newline;
    let stop = at;
    while (stop < end && ' \t'.includes(text.charAt(stop))) stop++;
    if (stop < end && text.charAt(stop) !== '\r') {
      const indent = text.slice(at, stop);
      margin = margin === undefined ? indent : common(margin, indent);
      if (margin === '') return '';
    }
    at = end + 1;
  }
  return margin ?? '';
}

function common(a: string, b: string): string {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return a.slice(0, n);
}
