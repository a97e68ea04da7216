import { valueSpan } from '../../model/assignments';
import { readsSection } from '../../model/mkosi/reads';
import { inDocument } from '../../syntax';
import type { Rule } from '../rule';

/** An indented header or setting, which mkosi takes for a part of the value above it; a scalar over several lines. */
export const swallowedLine: Rule = {
  id: 'swallowed-line',
  summary: 'An indented section header or setting that becomes part of the value above',
  verdicts: ['silent'],
  *check(here) {
    const {
      document: { edition },
      assignments,
    } = here;
    for (const entry of assignments.entries) {
      const { line, setting } = entry,
        lines = line.value.text.split('\n');
      if (lines.length < 2) continue;
      const assigns = ['dict', 'credentials', 'environment'].includes(setting.value.type);
      let at = (lines[0]?.length ?? 0) + 1,
        found = false;
      for (const part of lines.slice(1)) {
        const header = /^\[(.+)\]$/.exec(part)?.[1],
          key = assigns ? undefined : /^([A-Z][A-Za-z]+)\s*=/.exec(part)?.[1];
        if (
          (header !== undefined && readsSection(header, here) && edition.sections.includes(header)) ||
          (key !== undefined && edition.assigned(entry.section, key) !== undefined)
        ) {
          found = true;
          yield {
            verdict: 'silent',
            ...inDocument(entry.start, line.value.span(at, at + part.length)),
            message: `This line is indented and therefore part of ${setting.name}= above; remove the leading whitespace`,
          };
        }
        at += part.length + 1;
      }
      if (found || setting.value.list !== undefined || entry.reading.problems.length > 0 || edition.isCondition(entry.section)) continue;
      if (!['string', 'path', 'filename', 'password'].includes(setting.value.type)) continue;
      yield {
        verdict: 'silent',
        ...valueSpan(entry),
        message: `${setting.name}= takes one line; mkosi keeps the line break as part of the value`,
      };
    }
  },
};
