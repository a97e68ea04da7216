import { assignmentSpan } from '../../model/assignments';
import { startOf } from '../../model/nspawn/options';
import { type Rule, removal } from '../rule';

/** Boot= and ProcessTwo= that say different things: the first one wins (nspawn-settings.c:572). */
export const startModeConflict: Rule = {
  id: 'start-mode-conflict',
  summary: 'Boot= and ProcessTwo= that contradict each other',
  verdicts: ['warned'],
  about: ['Boot', 'ProcessTwo'],
  *check({ assignments }) {
    for (const entry of startOf(assignments).conflicts) {
      yield {
        ...assignmentSpan(entry),
        verdict: 'warned',
        fixes: [removal('Remove the line', entry)],
        message: `${entry.setting.name}= contradicts a line above and is ignored; ` + 'a machine either boots or runs a command',
      };
    }
  },
};
