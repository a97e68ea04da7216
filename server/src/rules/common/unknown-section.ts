import { readsSection } from '../../model/mkosi/reads';
import { isUnitSection } from '../../model/nspawn/unit-names';
import { similar, ukiProfile } from '../../schema';
import { inDocument, shortened } from '../../syntax';
import type { Rule } from '../rule';

/** A section that the tool does not know: nspawn logs that and skips it, mkosi skips it silently. */
export const unknownSection: Rule = {
  id: 'unknown-section',
  summary: 'A section that the tool does not know',
  verdicts: ['warned', 'silent'],
  tags: ['any-section'],
  *check(here) {
    const {
      document: { tree, edition },
    } = here;
    const { data, reader } = edition.schema,
      known = edition.sections.filter((s) => readsSection(s, here));
    for (const { line, start } of tree) {
      if (line.kind !== 'header' || !line.closed || edition.schema.reader.headerFault(line.name.text, edition.version) !== undefined)
        continue;
      const name = line.name.text;
      if (readsSection(name, here)) continue;
      if (reader.ignoredPrefix !== undefined && name.startsWith(reader.ignoredPrefix)) continue;
      const span = inDocument(start, line.name.span());
      const meant = similar(name.trim(), known);
      const place = data.sections.find((s) => s.name === name);
      const hint = edition.sections.includes(name)
        ? name === ukiProfile
          ? 'it belongs in a file of mkosi.uki-profiles/'
          : 'a profile of a unified kernel image has one section, [UKIProfile]'
        : place?.since !== undefined && place.since > edition.version
          ? `it is known since ${place.since}`
          : place !== undefined
            ? `it is known until ${place.until ?? ''}`
            : reader.unit !== undefined && isUnitSection(name)
              ? `it belongs in a unit; use "systemctl edit ${reader.unit}"`
              : meant === undefined
                ? `it knows ${known.map((s) => `[${s}]`).join(', ')}`
                : `did you mean [${meant}]?`;
      yield {
        verdict: reader.unknownSection,
        ...span,
        message: `${data.tool} ${edition.version} has no section [${shortened(name)}] and ignores everything in it; ${hint}`,
        ...(meant !== undefined ? { fixes: [{ title: `Change to [${meant}]`, edits: [{ ...span, text: meant }] }] } : {}),
      };
    }
  },
};
