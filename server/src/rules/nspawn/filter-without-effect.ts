import { partSpan } from '../../model/assignments';
import { type Version, type VocabularyWord, wordsOf } from '../../schema';
import { type Rule, replacement } from '../rule';

/**
 * A denied group takes only the group of that name out of what nspawn allows by itself (v262 nspawn-seccomp.c,
 * seccomp-util.c seccomp_add_syscall_filter_item); a group that is none of those forbids nothing.
 */
export const filterWithoutEffect: Rule = {
  id: 'filter-without-effect',
  summary: 'A denied system call group that denies nothing',
  verdicts: ['silent'],
  about: ['SystemCallFilter'],
  *check({ document, options }) {
    const groups = wordsOf('syscallGroups', document.edition.version),
      known = new Map<string, readonly string[]>();
    for (const entry of options.live('SystemCallFilter')) {
      if (entry.reading.labelled('inversion').length === 0) continue;
      for (const part of entry.reading.labelled('system call')) {
        const group = groups.find((g) => g.word === part.word);
        if (group === undefined) continue;
        const left = known.get(group.word) ?? stillAllowed(group, options.version);
        known.set(group.word, left);
        if (left.length === 0) continue;
        yield {
          ...partSpan(entry, part),
          verdict: 'silent',
          message:
            `Denying ${group.word} has no effect, because nspawn does not allow a group of that name; ` +
            `${left.slice(0, 3).join(', ')} and others stay allowed. List its members instead`,
          fixes: [replacement(`List the members of ${group.word}`, partSpan(entry, part), (group.members ?? []).join(' '))],
        };
      }
    }
  },
};

/** Calls that are allowed by other names although a group that has them is denied. */
function stillAllowed(group: VocabularyWord, version: Version): readonly string[] {
  const groups = new Map(wordsOf('syscallGroups', version).map((g) => [g.word, g]));
  const calls = (names: readonly string[], met: Set<string>): readonly string[] =>
    names.flatMap((name) => {
      const inner = groups.get(name);
      if (inner === undefined) return [name];
      met.add(name);
      return calls(inner.members ?? [], met);
    });
  const own = [...groups.values()].filter((g) => g.default === true || g.withCapability !== undefined),
    met = new Set<string>();
  const allowed = new Set(
    calls(
      own.filter((g) => g.default === true).map((g) => g.word),
      met,
    ),
  );
  return met.has(group.word) || own.includes(group) ? [] : calls([group.word], new Set()).filter((call) => allowed.has(call));
}
