import { inDocument } from '../../syntax';
import { type Rule, replacement } from '../rule';

/** A line that begins like a section header, but is none: every tool gives up at it. */
export const brokenHeader: Rule = {
  id: 'broken-header',
  summary: 'A line that starts like a section header but is not one',
  verdicts: ['refused'],
  tags: ['any-section', 'line'],
  *check({ document: { tree, edition } }) {
    for (const { line, start } of tree) {
      if (line.kind !== 'header') continue;
      const span = inDocument(start, line.whole.span());
      if (!line.closed) {
        const after = line.whole.text.indexOf(']');
        yield {
          verdict: 'refused',
          ...span,
          message: after < 0 ? 'The closing ] is missing' : 'Nothing may follow the closing ], not even a comment',
          fixes: [
            after < 0
              ? replacement('Add the closing ]', { start: span.end, end: span.end }, ']')
              : replacement('Remove what follows', { start: start + line.whole.inLine(after + 1), end: span.end }, ''),
          ],
        };
      } else {
        const fault = edition.schema.reader.headerFault(line.name.text, edition.version);
        if (fault !== undefined) yield { verdict: 'refused', ...span, message: fault };
      }
    }
  },
};
