import { lineSpan } from '../../model/assignments';
import type { Assigned, Document } from '../../schema';
import { inDocument } from '../../syntax';
import { atEndOf, endsOf, written } from '../edits';
import type { Fix, Rule } from '../rule';

/** A setting that exists, but belongs into another section. */
export const wrongSection: Rule = {
  id: 'wrong-section',
  summary: 'A setting in the wrong section',
  verdicts: ['warned', 'advice'],
  tags: ['line'],
  *check({ document }) {
    const { edition } = document,
      { reader } = edition.schema,
      bySection = reader.lookup === 'section';
    let ends: ReadonlyMap<string, number> | undefined;
    for (const assigned of document.assignments()) {
      const { section, setting, line, start } = assigned;
      if (section === undefined || !edition.sections.includes(section) || edition.isCondition(section)) continue;
      // Where the section counts, a setting that was found is in the right one.
      const right = !bySection ? setting : setting === undefined ? edition.named(line.key.text)[0] : undefined;
      if (right === undefined) continue;
      const home = edition.sectionOf(right);
      if (home === section) continue;
      const consequence = bySection ? 'is ignored here' : 'is read here, but should not be';
      yield {
        verdict: reader.wrongSection(edition.version),
        ...inDocument(start, line.key.span()),
        message: `${line.key.text}= ${consequence}; it belongs in [${home}], not [${section}]`,
        fixes: [move(document, assigned, home, (ends ??= endsOf(document)))],
      };
    }
  },
};

/** Takes the line to the end of its own section, or to a new one at the end of the file. */
function move(document: Document, assigned: Assigned, home: string, ends: ReadonlyMap<string, number>): Fix {
  const there = atEndOf(home, written(document, assigned), document, ends);
  const away = { ...lineSpan(assigned), text: '' };
  return { title: `Move to [${home}]`, edits: away.end === there.start ? [{ ...away, text: there.text }] : [away, there] };
}
