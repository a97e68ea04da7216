import { assignmentSpan, type ParsedAssignment } from '../../model/assignments';
import { type Rule, removal } from '../rule';

/** An assignment that a later one replaces or takes back. */
export const overridden: Rule = {
  id: 'overridden',
  summary: 'A line that a later one replaces or resets',
  verdicts: ['advice'],
  *check({ document, assignments }) {
    const live = new Map<string, ReadonlySet<ParsedAssignment>>(),
      successors = new Map<string, ReadonlyMap<ParsedAssignment, ParsedAssignment>>();
    for (const entry of assignments.entries) {
      if (entry.dropped || entry.resets || assignments.named(entry.setting.name).length < 2 || entry.setting.repeat === 'conflict')
        continue;
      const { name } = entry.setting,
        left = live.get(name) ?? new Set(assignments.live(name));
      live.set(name, left);
      if (left.has(entry)) continue;
      const after = successors.get(name) ?? successorsOf(assignments.named(name));
      successors.set(name, after);
      const by = after.get(entry);
      if (by === undefined) continue;
      const line = document.text.positionAt(by.start).line + 1;
      yield {
        ...assignmentSpan(entry),
        verdict: 'advice',
        message: `${entry.setting.name}= is ${by.resets ? 'reset' : 'set again'} in line ${line}, ` + 'so this one has no effect',
        fixes: [removal('Remove the line', entry)],
      };
    }
  },
};

/** For each assignment of one setting the next one that takes it over. */
function successorsOf(entries: readonly ParsedAssignment[]): Map<ParsedAssignment, ParsedAssignment> {
  const successors = new Map<ParsedAssignment, ParsedAssignment>();
  let next: ParsedAssignment | undefined;
  for (const entry of entries.toReversed()) {
    if (next !== undefined) successors.set(entry, next);
    if (!entry.dropped && (entry.resets || entry.setting.repeat === 'replace')) next = entry;
  }
  return successors;
}
