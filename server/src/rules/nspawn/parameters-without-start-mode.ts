import { assignmentSpan } from '../../model/assignments';
import { startOf } from '../../model/nspawn/options';
import { lineAfter, type Rule } from '../rule';

/** Parameters= is taken over together with Boot= or ProcessTwo= only (nspawn.c merge_settings). */
export const parametersWithoutStartMode: Rule = {
  id: 'parameters-without-start-mode',
  summary: 'Parameters= without Boot= or ProcessTwo=',
  verdicts: ['silent'],
  about: ['Parameters'],
  *check(here) {
    const [parameters] = here.assignments.live('Parameters');
    if (parameters === undefined || startOf(here.assignments).mode !== undefined) return;
    yield {
      ...assignmentSpan(parameters),
      verdict: 'silent',
      message: 'Parameters= is ignored without Boot= or ProcessTwo= in this file; set how the machine starts',
      fixes: [
        lineAfter('Add Boot=yes (arguments of init)', here, parameters, 'Boot=yes'),
        lineAfter('Add ProcessTwo=yes (a command under a stub init)', here, parameters, 'ProcessTwo=yes'),
      ],
    };
  },
};
