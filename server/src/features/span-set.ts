import type { Span } from '../syntax';

/** Stretches of a text of which no two meet, those of one answer excepted. */
export class SpanSet {
  /** In the order of the text. */
  private readonly spans: Span[] = [];

  /** Whether a span overlaps or touches one of them. */
  meets({ start, end }: Span): boolean {
    const next = this.spans[this.after(start)];
    return next !== undefined && next.start <= end;
  }

  add(span: Span): void {
    let at = this.after(span.end);
    while (this.spans[at]?.end === span.end && (this.spans[at]?.start ?? 0) < span.start) at++;
    this.spans.splice(at, 0, span);
  }

  /** Index of the first one that ends at an offset or after it. */
  private after(offset: number): number {
    let low = 0,
      high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.spans[middle]?.end ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
