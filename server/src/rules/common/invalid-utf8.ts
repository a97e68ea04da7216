import type { Document } from '../../schema';
import { firstWhere, type Placed, type Span } from '../../syntax';
import type { Finding, Rule } from '../rule';

/** Bytes that are not UTF-8, and code points that systemd counts among them: nspawn does not start (since 239). */
export const invalidUtf8: Rule = {
  id: 'invalid-utf8',
  summary: 'Bytes that are not UTF-8',
  verdicts: ['refused', 'warned'],
  tags: ['any-section'],
  *check({ document }) {
    if (document.tree.dialect.decodesAll === true) {
      yield* undecodable(document);
      return;
    }
    const text = document.text.getText();
    if (document.undecodable.length === 0 && !nonCharacter.test(text)) return;
    const bad = [
      ...document.undecodable.map((start) => ({ start, end: start + 1 })),
      ...[...text.matchAll(new RegExp(nonCharacter, 'gu'))].map((m) => ({
        start: m.index,
        end: m.index + m[0].length,
      })),
    ];
    const reported = new Set<number>(),
      lost = new Set(document.undecodable);
    for (const span of bad.sort((a, b) => a.start - b.start)) {
      const index = document.tree.indexAt(span.start),
        placed = document.tree.at(index);
      if (placed === undefined || reported.has(index) || inComment(placed, span)) continue;
      reported.add(index);
      yield {
        ...span,
        verdict: document.edition.version >= 239 ? 'refused' : 'warned',
        message: unreadable(document),
        ...(lost.has(span.start) ? {} : { fixes: [{ title: 'Remove it', edits: [{ ...span, text: '' }] }] }),
      };
    }
  },
};

const unreadable = ({ edition }: Document): string =>
  `This is not UTF-8, and ${edition.schema.reader.name} does not read such a file; save it as UTF-8`;

/** Bytes that are not UTF-8 end a tool in Python with a traceback, in comments as well. */
function* undecodable(document: Document): Generator<Omit<Finding, 'rule'>> {
  const [start] = document.undecodable;
  if (start !== undefined)
    yield {
      start,
      end: start + 1,
      verdict: 'refused',
      message: unreadable(document),
    };
}

/** Surrogates, and what Unicode keeps out of texts (v262 utf8.c unichar_is_valid). */
const nonCharacter = new RegExp(
  `[\\ud800-\\udfff\\ufdd0-\\ufdef${Array.from({ length: 17 }, (_, plane) => {
    const last = (plane * 0x10000 + 0xfffe).toString(16);
    return `\\u{${last}}-\\u{${last.slice(0, -1)}f}`;
  }).join('')}]`,
  'u',
);

function inComment({ line: { comments }, start }: Placed, span: Span): boolean {
  const comment = comments[firstWhere(comments.length, (i) => (comments[i]?.end ?? 0) > span.start - start)];
  return comment !== undefined && comment.start <= span.start - start;
}
