import { mostCharacters } from '../../schema';
import type { Finding, Rule } from '../rule';

/**
 * Says that not everything was judged: a file that is too large, or more findings than are kept. The latter nobody knows
 * before all rules have been asked, so that it comes from where they are gathered.
 */
export const notJudged: Rule = {
  id: 'not-judged',
  *check({ document }) {
    if (!document.tooLarge) return;
    yield {
      verdict: 'advice',
      start: 0,
      end: 0,
      message: `This file has more than ${mostCharacters >> 20} million characters and is not judged`,
    };
  },
};

/**
 * @param more how many findings there are besides those that are shown
 * @param least there may be even more than that
 */
export const andMore = (more: number, least: boolean): Finding => ({
  rule: notJudged.id,
  verdict: 'advice',
  start: 0,
  end: 0,
  message: `${least ? 'At least ' : ''}${more} more findings in this file are not shown; mend some of the others first`,
});
