import { valueSpan } from '../../model/assignments';
import { topOf } from '../edits';
import type { Rule } from '../rule';

/** What is wrong with a project as a whole: images that are missing or go round in circles, settings that need others. */
export const projectFault: Rule = {
  id: 'project-fault',
  summary: 'An error in the project as a whole',
  verdicts: ['refused', 'warned', 'silent', 'advice'],
  tags: ['any-section', 'about-file'],
  *check(here) {
    const seen = new Set<string>();
    for (const { verdict, path, message, at } of here.faults) {
      if (path !== here.path || seen.has(message)) continue;
      seen.add(message);
      const start = at?.line.value.text.indexOf(at.item) ?? -1;
      const span =
        at === undefined
          ? topOf(here)
          : valueSpan({ ...at, section: undefined, setting: undefined }, start < 0 ? undefined : { start, end: start + at.item.length });
      yield { verdict, ...span, message };
    }
  },
};
