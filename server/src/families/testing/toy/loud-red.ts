import type { Rule } from '../../../rules';

/** A rule for this kind of file only. */
export const loudRed: Rule = {
  id: 'loud-red',
  summary: 'A red toy that makes a noise',
  verdicts: ['silent'],
  *check({ assignments }) {
    const color = assignments.last('Color');
    if (color !== undefined && assignments.word('Color') === 'red' && assignments.word('Loud') === 'yes')
      yield { verdict: 'silent', start: color.start, end: color.start + color.line.length, message: 'A loud toy is never red' };
  },
};
