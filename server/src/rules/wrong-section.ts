import type { Assigned, Document, Edition } from '../schema';
import { inDocument } from '../syntax';
import type { Fix, Rule, Verdict } from './rule';

/** A setting that exists, but belongs into another section. */
export const wrongSection: Rule = {
  id: 'wrong-section',
  *check({ document }) {
    const { edition } = document;
    let ends: ReadonlyMap<string, number> | undefined;
    for (const assigned of document.assignments()) {
      const { section, setting, line, start } = assigned;
      if (section === undefined || !edition.sections.includes(section) || edition.isCondition(section)) continue;
      const right = edition.schema.data.tool === 'mkosi' ? setting : setting === undefined ? edition.named(line.key.text)[0] : undefined;
      if (right === undefined) continue;
      const home = edition.sectionOf(right);
      if (home === section) continue;
      const { tool } = edition.schema.data;
      const consequence = tool === 'systemd-nspawn' ? 'is ignored here' : 'is read here, but should not be';
      yield {
        verdict: verdict(edition),
        ...inDocument(start, line.key.span()),
        message: `${line.key.text}= ${consequence}; it belongs in [${home}], not [${section}]`,
        fixes: [move(document, assigned, home, (ends ??= endsOf(document)))],
      };
    }
  },
};

/** Where each section ends, the last time it stands in the document: behind its last line with text. */
function endsOf({ tree }: Document): Map<string, number> {
  const ends = new Map<string, number>();
  let section: string | undefined;
  for (const { line, start } of tree) {
    if (line.kind === 'header') section = line.name.text;
    if (section !== undefined && line.kind !== 'blank' && line.kind !== 'comment') ends.set(section, start + line.length);
  }
  return ends;
}

/** Takes the line to the end of its own section, or to a new one at the end of the file. */
function move({ text }: Document, { line, start }: Assigned, home: string, ends: ReadonlyMap<string, number>): Fix {
  const content = text.getText(),
    written = content.slice(start, start + line.length).replace(/[\n\r\0]+$/, '');
  const at = ends.get(home);
  const end = at ?? content.length,
    broken = end === 0 || /[\n\r]/.test(content.charAt(end - 1));
  const added = `${broken ? '' : '\n'}${at === undefined ? `\n[${home}]\n` : ''}${written}\n`;
  const away = { start, end: start + line.length };
  return {
    title: `Move to [${home}]`,
    edits:
      away.end === end
        ? [{ ...away, text: added }]
        : [
            { ...away, text: '' },
            { start: end, end, text: added },
          ],
  };
}

/** mkosi: "Setting X should be configured in [A], not [B]." since 17; before, sections did not matter (R 15-27.1). */
function verdict(edition: Edition): Verdict {
  if (edition.schema.data.tool === 'systemd-nspawn') return 'warned';
  return edition.version >= 17 ? 'warned' : 'advice';
}
