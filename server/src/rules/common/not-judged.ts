import { mostCharacters } from '../../schema';
import type { Rule } from '../rule';

/** Says that not everything was checked: a file that is too large, or more findings than are shown. */
export const notJudged: Rule = {
  id: 'not-judged',
  summary: 'A file that is too large, or more findings than are shown',
  verdicts: ['advice'],
  *check({ document }) {
    if (!document.tooLarge) return;
    yield {
      verdict: 'advice',
      start: 0,
      end: 0,
      message: `This file has more than ${mostCharacters >> 20} million characters and is not checked`,
    };
  },
  hidden: (more, least) => ({
    verdict: 'advice',
    start: 0,
    end: 0,
    message: `${least ? 'At least ' : ''}${more} more findings in this file are not shown; fix some of the others first`,
  }),
};
