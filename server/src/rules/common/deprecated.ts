import { assignmentSpan, nameSpan, type ParsedAssignment, wordOf } from '../../model/assignments';
import type { SchemaVersion } from '../../schema';
import { type Finding, type Rule, replacement } from '../rule';

/** A setting that still works, but has a successor. */
export const deprecated: Rule = {
  id: 'deprecated',
  summary: 'A setting that has a successor, or an old name of a setting',
  verdicts: ['warned', 'advice'],
  tags: ['deprecated'],
  *check({ document: { edition }, assignments }) {
    for (const entry of assignments.entries) {
      if (edition.schema.reader.warnsOfOldNames && entry.setting.name !== entry.line.key.text) yield oldName(entry, edition);
      const old = entry.setting.deprecated;
      if (old === undefined || (old.since ?? 0) > edition.version) continue;
      // PrivateUsersChown=yes is PrivateUsersOwnership=chown.
      const instead =
        entry.setting.name === 'PrivateUsersChown' && wordOf(entry) !== undefined
          ? `${old.by ?? ''}=${wordOf(entry) === 'yes' ? 'chown' : 'off'}`
          : undefined;
      yield {
        ...nameSpan(entry),
        verdict: 'advice',
        message: `${entry.setting.name}= is outdated${old.by === undefined ? '' : `; use ${old.by}=`}`,
        ...(instead === undefined ? {} : { fixes: [replacement(`Change to ${instead}`, assignmentSpan(entry), instead)] }),
      };
    }
  },
};

/** mkosi knows older names, and a leading @ that had a meaning up to 23, and says so. */
function oldName(entry: ParsedAssignment, edition: SchemaVersion): Omit<Finding, 'rule'> {
  const { name } = entry.setting,
    written = entry.line.key.text,
    plain = written.replace(/^@/, '');
  const span = nameSpan(entry);
  if (plain === name && edition.version < 24)
    return { ...span, verdict: 'advice', message: `A ${written}= is only a default, which the command line may change` };
  const message = plain === name ? `${written}= is outdated; use ${name}=` : `${plain}= is an older name; use ${name}=`;
  return { ...span, verdict: 'warned', message, fixes: [replacement(`Change to ${name}=`, span, name)] };
}
