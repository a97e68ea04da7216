import { assignmentSpan } from './load';
import { startOf } from './machine';
import { type Rule, removal } from './rule';

/** Boot= and ProcessTwo= that say different things: the first one wins (nspawn-settings.c:572). */
export const startModeConflict: Rule = {
  id: 'start-mode-conflict',
  tool: 'nspawn',
  about: ['Boot', 'ProcessTwo'],
  *check({ load }) {
    for (const entry of startOf(load).conflicts) {
      yield {
        ...assignmentSpan(entry),
        verdict: 'warned',
        fixes: [removal('Remove the line', entry)],
        message:
          `${entry.setting.name}= contradicts a line above and is ignored; ` +
          'a machine either boots or runs a command',
      };
    }
  },
};
