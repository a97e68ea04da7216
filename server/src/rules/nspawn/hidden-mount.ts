import { assignmentSpan, type ParsedAssignment } from '../../model/assignments';
import { mounts } from '../../model/nspawn/groups';
import { shortened } from '../../syntax';
import { type Rule, removal } from '../rule';

/** Two mounts at one place: nspawn makes both, sorted by path alone, and only the upper one is seen (v262 nspawn-mount.c:76). */
export const hiddenMount: Rule = {
  id: 'hidden-mount',
  summary: 'Two mounts on the same path',
  verdicts: ['silent', 'advice'],
  about: mounts,
  *check({ document, options }) {
    const taken = new Map<string, ParsedAssignment>();
    for (const entry of mounts.flatMap((name) => options.live(name)).sort((a, b) => a.start - b.start)) {
      const destination = entry.reading.labelled('destination')[0];
      if (destination === undefined) continue;
      const path = `/${destination.text
          .split('/')
          .filter((p) => p !== '' && p !== '.')
          .join('/')}`,
        first = taken.get(path);
      if (first === undefined) {
        taken.set(path, entry);
        continue;
      }
      const same = first.setting === entry.setting && first.line.value.text === entry.line.value.text;
      yield {
        ...assignmentSpan(entry),
        verdict: same ? 'advice' : 'silent',
        message: `Line ${document.text.positionAt(first.start).line + 1} ${same ? 'says the same' : `also mounts something on ${shortened(path)}; only one of the two is visible`}`,
        fixes: same ? [removal('Remove the line', entry)] : [],
      };
    }
  },
};
