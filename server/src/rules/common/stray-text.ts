import { readsSection } from '../../model/mkosi/reads';
import { inDocument, isSpace, skip } from '../../syntax';
import type { Rule, RuleContext } from '../rule';

/** Text without an equals sign, and a value without a name. */
export const strayText: Rule = {
  id: 'stray-text',
  summary: 'A line without an equals sign, or without a name before it',
  verdicts: ['refused', 'warned'],
  tags: ['line'],
  *check(here) {
    const { document } = here,
      { tree, edition } = document;
    const { reader } = edition.schema;
    // Above all sections it is another rule that says so, unless sections do not count.
    let read = !reader.skipsUnknownSections;
    for (const { line, start } of tree) {
      if (line.kind === 'header') read = readsSection(line.name.text, here);
      if (!read) continue;
      if (line.kind === 'stray') {
        const isComment = reader.strayTextIs === 'comment',
          equals = isComment ? undefined : forgotten(here, line.text.text);
        yield {
          verdict: reader.strayText(edition.version),
          ...inDocument(start, line.text.span()),
          message: 'No equals sign: write Setting=value, or put # before it to make it a comment',
          ...((isComment || line.text.text.startsWith(';')) && !/[\n\r\0]./.test(document.text.getText().slice(start, start + line.length))
            ? {
                fixes: [
                  {
                    title: 'Make it a comment',
                    edits: [isComment ? { start, end: start, text: '# ' } : { ...inDocument(start, line.text.span(0, 1)), text: '#' }],
                  },
                ],
              }
            : equals === undefined
              ? {}
              : {
                  fixes: [
                    {
                      title: `Write ${equals.name}=`,
                      edits: [{ ...inDocument(start, line.text.span(equals.start, equals.end)), text: '=' }],
                    },
                  ],
                }),
        };
      } else if (line.kind === 'assignment' && line.key.length === 0) {
        yield {
          verdict: reader.badLine,
          ...inDocument(start, { start: line.equals, end: line.equals + 1 }),
          message: 'No setting before the equals sign: write Setting=value',
        };
      }
    }
  },
};

/** Where the equals sign of a known setting should be: `Hostname web`, `Hostname: web`. */
function forgotten(
  { document: { edition } }: RuleContext,
  text: string,
): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  const start = /^\w*/.exec(text)?.[0].length ?? 0,
    blank = skip(text, isSpace, start),
    colon = text.charAt(blank) === ':' ? 1 : 0;
  const end = skip(text, isSpace, blank + colon),
    name = text.slice(0, start);
  return end === start || end === text.length || edition.inAnySection(name) === undefined ? undefined : { name, start, end };
}
