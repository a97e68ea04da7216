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
    const nspawn = edition.schema.data.tool === 'systemd-nspawn';
    // nspawn reads no line of a section that it does not know; above all sections, another rule is at home.
    let read = !nspawn && !edition.modern;
    for (const { line, start } of tree) {
      if (line.kind === 'header') read = nspawn ? edition.sections.includes(line.name.text) : readsSection(line.name.text, here);
      if (!read) continue;
      if (line.kind === 'stray') {
        const warned = nspawn && edition.version >= 243,
          equals = nspawn ? undefined : forgotten(here, line.text.text);
        yield {
          verdict: warned ? 'warned' : 'refused',
          ...inDocument(start, line.text.span()),
          message: 'No equals sign: write Setting=value, or # in front to make this a comment',
          ...((nspawn || line.text.text.startsWith(';')) && !/[\n\r\0]./.test(document.text.getText().slice(start, start + line.length))
            ? {
                fixes: [
                  {
                    title: 'Make it a comment',
                    edits: [nspawn ? { start, end: start, text: '# ' } : { ...inDocument(start, line.text.span(0, 1)), text: '#' }],
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
          verdict: nspawn ? 'warned' : 'refused',
          ...inDocument(start, { start: line.equals, end: line.equals + 1 }),
          message: 'No setting in front of the equals sign: write Setting=value',
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
