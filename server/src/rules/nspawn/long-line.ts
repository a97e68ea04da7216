import type { Document } from '../../schema';
import { firstWhere } from '../../syntax';
import type { Rule } from '../rule';

const longest = 1024 * 1024;

/** Lines, single and joined, of a megabyte end the start (since 235, LONG_LINE_MAX); older releases cut at 2 KiB. */
export const longLine: Rule = {
  id: 'long-line',
  summary: 'A line longer than nspawn reads',
  verdicts: ['refused', 'silent'],
  *check({ document }) {
    const text = document.text.getText(),
      old = document.edition.version < 235,
      limit = old ? 2048 : longest;
    // A character has up to three bytes in UTF-8 for each unit that it has here.
    if (text.length * 3 < limit) return;
    for (const { line, start } of document.tree) {
      if (line.length * 3 < limit) continue;
      const physical = text.slice(start, start + line.length).split(/[\n\r\0]/);
      let at = start;
      for (const piece of physical) {
        if (bytes(piece, document, at) >= limit) {
          yield {
            start: at,
            end: at + piece.length,
            verdict: old ? 'silent' : 'refused',
            message: old
              ? 'systemd before 235 cuts lines at 2047 bytes and reads the rest as a line of its own'
              : 'The line is too long: nspawn reads lines of less than 1 MiB',
          };
        }
        at += piece.length + 1;
      }
      const joined = physical.length > 2 ? physical.map((p) => p.replace(/\\$/, ' ')).join('') : '';
      if (!old && joined !== '' && physical.every((p) => bytes(p, document, start) < limit) && bytes(joined, document, start) > limit) {
        yield {
          start,
          end: start + line.length,
          verdict: 'refused',
          message: 'The continued line is too long: nspawn reads up to 1 MiB',
        };
      }
    }
  },
};

/** Length in UTF-8; a byte that could not be decoded counts as one, not as the sign that stands for it. */
function bytes(text: string, { undecodable }: Document, at: number): number {
  if (text.length * 3 < 2048) return text.length;
  const before = (offset: number): number => firstWhere(undecodable.length, (i) => (undecodable[i] ?? 0) >= offset),
    lost = before(at + text.length) - before(at);
  return new TextEncoder().encode(text).length - 2 * lost;
}
