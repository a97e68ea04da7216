import { assignmentSpan, type ParsedAssignment, wordOf } from '../../model/assignments';
import { groups } from '../../model/nspawn/groups';
import { needsTrust } from '../../model/nspawn/trust';
import { freeAt } from '../edits';
import type { Rule, RuleContext } from '../rule';

/** Settings that nspawn ignores because of where the file lies: one complaint for each group of settings. */
export const untrusted: Rule = {
  id: 'untrusted',
  summary: 'A setting that is ignored because the file is not trusted where it is',
  verdicts: ['warned'],
  *check(here) {
    if (here.trusted) return;
    const done = new Set<string>(),
      where = moved(here);
    for (const entry of here.assignments.entries) {
      const { name } = entry.setting;
      if (done.has(name)) continue;
      const group = groups.find((g) => g.includes(name)) ?? [name];
      group.forEach((g) => done.add(g));
      const ignored = group.flatMap((g) => live(here, g)).sort((a, b) => a.start - b.start);
      // A line with a finding of its own needs no second one.
      const marked = ignored.find((e) => e.reading.problems.length === 0) ?? ignored[0];
      if (marked === undefined) continue;
      const names = [...new Set(ignored.map((e) => `${e.setting.name}=`))].join(', ');
      yield {
        ...assignmentSpan(marked),
        verdict: 'warned',
        message:
          `${names} ${ignored.length === 1 ? 'is' : 'are'} ignored: ` +
          'nspawn does not trust a file next to the image; move it to /etc/systemd/nspawn',
        ...where,
      };
    }
  },
};

/** Where the file would be trusted. */
function moved({ onHost, location }: RuleContext) {
  return onHost === undefined || location === undefined ? {} : freeAt(`${location.home}/${location.machine}.nspawn`, onHost.files);
}

/** The assignments of a setting that would count if the file were trusted, and that say something. */
function live({ assignments, document }: RuleContext, name: string): readonly ParsedAssignment[] {
  const entries = assignments.live(name),
    [first] = entries;
  if (first === undefined || name === 'PrivateUsersDelegate' || !needsTrust(first.setting, entries, document.edition.version)) return [];
  const { type } = first.setting.value;
  // Enumerations, and a Zone= without a name, count whatever they say; an empty list says nothing.
  return entries.filter((e) => type === 'zone' || wordOf(e) !== undefined || e.reading.parts.length > 0);
}
