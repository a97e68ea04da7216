/** Offsets, the end not included. Relative to the start of a line of the tree unless something else is said. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A run of joined text and where it came from. */
interface Piece {
  /** Offset in the joined text. */
  readonly at: number;
  /** Offset in the line that it was taken from. */
  readonly start: number;
  readonly length: number;
}

/**
 * Text as the tool sees it, after continuations are joined and comments are cut, that still knows where each character
 * is in the document. Characters that the tool puts in (the space or newline of a join) are where the join is.
 */
export class Text {
  /** @param joined undefined: the text is in its line as it is. There are as many of these as words, so they are small. */
  private constructor(
    readonly text: string,
    private readonly start: number,
    private readonly joined?: readonly Piece[],
  ) {}

  private get pieces(): readonly Piece[] {
    return this.joined ?? [{ at: 0, start: this.start, length: this.text.length }];
  }

  /** @param start offset of `text` in its line */
  static plain(text: string, start: number): Text {
    return new Text(text, start);
  }

  /** Joins runs, putting `glue` between them. */
  static join(parts: readonly Text[], glue: string): Text {
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return only;
    const pieces: Piece[] = [];
    let text = '';
    for (const part of parts) {
      if (pieces.length > 0) text += glue;
      for (const p of part.pieces) pieces.push({ ...p, at: p.at + text.length });
      text += part.text;
    }
    return new Text(text, pieces[0]?.start ?? 0, pieces);
  }

  get length(): number {
    return this.text.length;
  }

  /** Part of the text by offsets in it. */
  slice(from: number, to: number = this.text.length): Text {
    const { joined } = this;
    if (joined === undefined) return new Text(this.text.slice(from, to), this.start + from);
    const pieces: Piece[] = [];
    for (let i = Math.max(pieceAt(joined, from), 0); i < joined.length; i++) {
      const p = joined[i];
      if (p === undefined || p.at >= to) break;
      const start = Math.max(p.at, from),
        end = Math.min(p.at + p.length, to);
      if (start < end) pieces.push({ at: start - from, start: p.start + start - p.at, length: end - start });
    }
    if (pieces.length === 0) pieces.push({ at: 0, start: this.inLine(from), length: 0 });
    const [first] = pieces;
    return first !== undefined && pieces.length === 1 && first.at === 0 && first.length === to - from
      ? new Text(this.text.slice(from, to), first.start)
      : new Text(this.text.slice(from, to), first?.start ?? 0, pieces);
  }

  /** Without white space (of `strip`) around it. */
  trim(strip: string): Text {
    let from = 0,
      to = this.text.length;
    while (from < to && strip.includes(this.text.charAt(from))) from++;
    while (to > from && strip.includes(this.text.charAt(to - 1))) to--;
    return from === 0 && to === this.text.length ? this : this.slice(from, to);
  }

  /** Where the character at `offset` of this text is in its line; the end of the text is a valid offset. */
  inLine(offset: number): number {
    const { joined } = this;
    if (joined === undefined) return this.start + Math.max(0, Math.min(offset, this.text.length));
    const before = joined[pieceAt(joined, offset)];
    if (before === undefined) return this.start;
    return before.start + Math.min(offset - before.at, before.length);
  }

  /** The span in the line of the text from `from` to `to`; of an empty one, the place where it would be. */
  span(from = 0, to: number = this.text.length): Span {
    const start = this.inLine(from);
    if (to <= from) return { start, end: start };
    return { start, end: this.inLine(to - 1) + 1 };
  }

  /** The offset in this text of a place in the line, or undefined when the place belongs to no piece of it. */
  offsetOf(inLine: number): number | undefined {
    for (const p of this.pieces) {
      if (inLine >= p.start && inLine <= p.start + p.length) return p.at + inLine - p.start;
    }
    return undefined;
  }
}

/** Index of the last piece that begins at an offset of the joined text or before it; -1 when none does. */
function pieceAt(pieces: readonly Piece[], offset: number): number {
  let low = -1,
    high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.at ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
