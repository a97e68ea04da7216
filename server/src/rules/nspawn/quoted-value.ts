import { valueSpan } from '../../model/assignments';
import { explanation, worst } from '../explanation';
import { type Rule, replacement, verdictOf } from '../rule';

/** Quotation marks around a value whose setting knows none: they are taken as part of it. */
export const quotedValue: Rule = {
  id: 'quoted-value',
  summary: 'Quotation marks where they become part of the value',
  verdicts: ['refused', 'warned', 'silent'],
  *check({ document, assignments }) {
    for (const entry of assignments.entries) {
      const why = explanation(entry);
      if (why?.kind !== 'quotes') continue;
      yield {
        ...valueSpan(entry),
        verdict: verdictOf[worst(entry.reading.problems, document)],
        message: `${entry.setting.name}= does not support quotation marks; they become part of the value`,
        fixes: [replacement('Remove the quotation marks', valueSpan(entry), why.meant)],
      };
    }
  },
};
