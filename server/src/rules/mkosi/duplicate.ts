import { assignmentSpan, type ParsedAssignment } from '../../model/assignments';
import { inDocument, shortened } from '../../syntax';
import { type Finding, type Rule, type RuleContext, removal } from '../rule';

/**
 * A setting or a section that is in a file twice: mkosi 14 and older give up (Python's configparser, strict). Newer ones take
 * the last line of a setting that has one value, and say nothing of the others.
 */
export const duplicate: Rule = {
  id: 'duplicate',
  summary: 'A setting or section that occurs twice',
  verdicts: ['refused', 'silent'],
  *check(here) {
    const {
      document: { tree, edition },
    } = here;
    if (edition.modern) yield* again(here);
    if (tree.dialect.strict !== true) return;
    const sections = new Set<string>(),
      settings = new Set<string>();
    let section = '';
    for (const { line, start } of tree) {
      if (line.kind === 'header') {
        section = line.name.text;
        if (sections.has(section))
          yield {
            verdict: 'refused',
            ...inDocument(start, line.whole.span()),
            message: `[${shortened(section)}] occurs twice, and mkosi fails`,
          };
        if (section !== 'DEFAULT') sections.add(section);
      } else if (line.kind === 'assignment') {
        const key = `${section}\n${line.key.text}`;
        if (settings.has(key)) {
          yield {
            verdict: 'refused',
            ...inDocument(start, line.key.span()),
            message: `${shortened(line.key.text)}= occurs twice, and mkosi fails; combine the two`,
          };
        }
        settings.add(key);
      }
    }
  },
};

/** Lines that have no effect, because the same file says something else further down. */
function* again({ document: { edition, text }, assignments }: RuleContext): Generator<Omit<Finding, 'rule'>> {
  const last = new Map<string, ParsedAssignment>();
  for (const entry of [...assignments.entries].reverse()) {
    const { setting, section, line } = entry;
    // What is included in between is checked against what comes before it.
    if (setting.name === 'Include') last.clear();
    if (edition.isCondition(section) || setting.repeat !== 'replace' || setting.value.list !== undefined || line.value.length === 0)
      continue;
    const later = last.get(setting.name);
    last.set(setting.name, entry);
    if (later === undefined) continue;
    const number = text.positionAt(later.start).line + 1;
    yield {
      verdict: 'silent',
      ...assignmentSpan(entry),
      message: `${line.key.text}= is set again in line ${number}, and only that line takes effect`,
      fixes: [removal('Remove this line', entry)],
    };
  }
}
