import { inDocument, shortened } from '../../syntax';
import { type Rule, replacement } from '../rule';

/** A line before the first section header; nspawn passes over whatever it says. */
export const outsideSection: Rule = {
  id: 'outside-section',
  summary: 'A setting before the first section header',
  verdicts: ['refused', 'warned'],
  tags: ['any-section', 'line'],
  *check({ document }) {
    const { edition, tree } = document;
    const verdict = edition.schema.reader.badLine;
    for (const { line, start } of tree) {
      if (line.kind === 'header') return;
      if (line.kind === 'stray' || (line.kind === 'assignment' && line.key.length === 0)) {
        const text = line.kind === 'stray' ? line.text.span() : { start: line.equals, end: line.equals + 1 };
        yield {
          verdict,
          ...inDocument(start, text),
          message: 'This line is before any section and is not a setting',
        };
      }
      if (line.kind !== 'assignment' || line.key.length === 0) continue;
      const [setting] = edition.named(line.key.text);
      const section = setting === undefined ? undefined : edition.sectionOf(setting);
      yield {
        verdict,
        ...inDocument(start, line.key.span()),
        message: `${shortened(line.key.text)}= is before any section${
          section === undefined ? '; put a [Section] line above it' : `; put [${section}] above it`
        }`,
        ...(section === undefined ? {} : { fixes: [replacement(`Put [${section}] above`, { start, end: start }, `[${section}]\n`)] }),
      };
    }
  },
};
