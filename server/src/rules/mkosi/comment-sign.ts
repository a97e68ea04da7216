import { valueSpan } from '../../model/assignments';
import { inDocument } from '../../syntax';
import { type Rule, replacement } from '../rule';

/** A # that cuts a value in two where no comment is expected, and a ; that no longer starts a comment. */
export const commentSign: Rule = {
  id: 'comment-sign',
  summary: 'A # that cuts a value off, or a ; that does not start a comment',
  verdicts: ['silent'],
  *check({ document: { tree, edition, text }, assignments }) {
    const { dialect } = tree;
    for (const entry of assignments.entries) {
      const { line, start } = entry;
      if (!dialect.inlineNeedsSpace) {
        for (const span of line.comments) {
          const at = inDocument(start, span),
            before = text.getText().charAt(at.start - 1);
          if (at.start <= start + line.equals + 1 || /\s/.test(before) || before === '') continue;
          // A comment without the blank before it is still a comment.
          if (/^.(\s|$)/.test(text.getText().slice(at.start, at.end))) continue;
          const sign = text.getText().charAt(at.start);
          yield {
            verdict: 'silent',
            ...at,
            message: `${entry.setting.name}=: mkosi ${edition.version} ends the line at the ${sign}; quotation marks or a backslash do not prevent that`,
          };
        }
      }
      const semicolon = / ;( |$)/.exec(line.value.text);
      if (dialect.inlineComments === '#' && edition.modern && semicolon !== null) {
        const from = { start: semicolon.index + 1, end: semicolon.index + 2 };
        yield {
          ...valueSpan(entry, from),
          verdict: 'silent',
          message: `${entry.setting.name}=: since mkosi 25 a ; does not start a comment and becomes part of the value; write #`,
          fixes: [replacement('Write #', valueSpan(entry, from), '#')],
        };
      }
    }
  },
};
