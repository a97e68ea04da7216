import type { Document } from '../schema';
import { firstWhere, inDocument, isSpace, type Span, skip } from '../syntax';

/** Comments on consecutive lines, and how far they reach: to the end of what they are above. */
interface Block extends Span {
  /** By rule, where it is named first. */
  readonly names: Map<string, number>;
}

const sign = 'nspawn-ignore:';
/** Line ends of any dialect. */
const breaks = '\n\r\0\v\f\x1c\x1d\x1e\x85\u2028\u2029';

/** `# nspawn-ignore: rule-id` in the comments of a document. */
export class Silences {
  /** Above settings and other lines. */
  private readonly above: Block[] = [];
  /** Inside values that are continued, above one physical line. */
  private readonly within: Block[] = [];

  constructor({ text, tree }: Document) {
    const content = text.getText();
    if (!content.includes(sign)) return;
    let block: Block | undefined;
    for (const { line, start } of tree) {
      const end = start + line.length;
      if (line.kind === 'comment') {
        block ??= { start, end, names: new Map() };
        name(block, content, { start, end });
        continue;
      }
      // After its line end the next line begins.
      if (block !== undefined) this.above.push({ ...block, end: end < content.length ? end - 1 : end });
      block = undefined;
      let inner: Block | undefined;
      for (const comment of line.comments.map((c) => inDocument(start, c))) {
        if (inner === undefined || comment.start > inner.end)
          this.within.push((inner = { start: comment.start, end: 0, names: new Map() }));
        name(inner, content, comment);
        inner = { ...inner, end: endOfNext(content, comment.end) };
        this.within[this.within.length - 1] = inner;
      }
    }
    if (block !== undefined) this.above.push({ ...block, end: content.length });
  }

  /** Whether a finding of a rule is silenced: by comments above what it is in, or by the comment that it is in. */
  has(rule: string, start: number): boolean {
    return [this.above, this.within].some((blocks) => {
      const block = blocks[firstWhere(blocks.length, (i) => (blocks[i]?.start ?? 0) > start) - 1];
      return block !== undefined && start <= block.end && (block.names.get(rule) ?? Infinity) <= start;
    });
  }
}

/** Notes the rules that a comment names. */
function name({ names }: Block, text: string, { start, end }: Span): void {
  const first = skip(text, isSpace, start, end),
    at = skip(text, isSpace, first + 1, end);
  if ((text.charAt(first) !== '#' && text.charAt(first) !== ';') || !text.startsWith(sign, at)) return;
  const listed = /^[\w\s,-]*/.exec(text.slice(at + sign.length, end))?.[0] ?? '';
  for (const rule of listed.split(/[\s,]+/)) if (!names.has(rule)) names.set(rule, start);
}

/** Where the physical line after the one that an offset is in ends. */
function endOfNext(text: string, offset: number): number {
  const ending = (at: number): number => skip(text, (c) => !breaks.includes(c), at);
  const end = ending(offset),
    pair = text.slice(end, end + 2);
  return ending(end + (pair === '\r\n' || pair === '\n\r' ? 2 : 1));
}
