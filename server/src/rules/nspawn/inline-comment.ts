import { valueSpan } from '../../model/assignments';
import { explanation, worst } from '../explanation';
import { type Rule, replacement, verdictOf } from '../rule';

/** A comment after a value: systemd knows comments only on lines of their own and takes it as part of the value. */
export const inlineComment: Rule = {
  id: 'inline-comment',
  summary: 'A comment after a value',
  verdicts: ['refused', 'warned', 'silent'],
  *check({ document, assignments }) {
    for (const entry of assignments.entries) {
      const why = explanation(entry);
      if (why?.kind !== 'comment') continue;
      const { value } = entry.line,
        { start } = entry;
      const whole = valueSpan(entry, { start: why.from, end: value.length });
      const text = value.text.slice(why.from).trim();
      const effect = worst(entry.reading.problems, document);
      const lost = effect === 'fatal' ? ', and nspawn will not start' : effect === 'dropped' ? ', and the whole line is ignored' : '';
      yield {
        ...valueSpan(entry, {
          start: why.from + (/^\s*/.exec(value.text.slice(why.from))?.[0].length ?? 0),
          end: value.length,
        }),
        verdict: verdictOf[effect],
        message: `${entry.setting.name}=: a comment needs its own line; ` + `this one becomes part of the value${lost}`,
        fixes: [
          {
            title: 'Move the comment above',
            edits: [
              { start, end: start, text: `${text}\n` },
              { ...whole, text: '' },
            ],
          },
          replacement('Remove the comment', whole, ''),
        ],
      };
    }
  },
};
