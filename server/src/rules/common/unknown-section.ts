import { readsSection } from '../../model/mkosi/reads';
import { isUnitSection } from '../../model/nspawn/unit-names';
import { nameFault } from '../../model/section-name';
import { type SchemaVersion, similar, ukiProfile } from '../../schema';
import { inDocument, shortened } from '../../syntax';
import type { Rule, Verdict } from '../rule';

/** A section that the tool does not know: nspawn says so and skips it, mkosi skips it without a word. */
export const unknownSection: Rule = {
  id: 'unknown-section',
  summary: 'A section that the tool does not know',
  verdicts: ['warned', 'silent'],
  tags: ['any-section'],
  *check(here) {
    const {
      document: { tree, edition },
    } = here;
    const { tool } = edition.schema.data;
    const known = tool === 'mkosi' ? edition.sections.filter((s) => readsSection(s, here)) : edition.sections;
    for (const { line, start } of tree) {
      if (line.kind !== 'header' || !line.closed || nameFault(line.name.text, edition) !== undefined) continue;
      const name = line.name.text;
      if (tool === 'mkosi' ? readsSection(name, here) : edition.sections.includes(name)) continue;
      if (tool === 'systemd-nspawn' && name.startsWith('X-')) continue;
      const span = inDocument(start, line.name.span());
      const meant = similar(name.trim(), known);
      const place = edition.schema.data.sections.find((s) => s.name === name);
      const hint = edition.sections.includes(name)
        ? name === ukiProfile
          ? 'it belongs in a file of mkosi.uki-profiles/'
          : 'a profile of a unified kernel image has one section, [UKIProfile]'
        : place?.since !== undefined && place.since > edition.version
          ? `it is known since ${place.since}`
          : place !== undefined
            ? `it is known until ${place.until ?? ''}`
            : tool === 'systemd-nspawn' && isUnitSection(name)
              ? 'it belongs in a unit; use "systemctl edit systemd-nspawn@NAME.service"'
              : meant === undefined
                ? `it knows ${known.map((s) => `[${s}]`).join(', ')}`
                : `did you mean [${meant}]?`;
      yield {
        verdict: verdict(edition),
        ...span,
        message: `${tool} ${edition.version} has no section [${shortened(name)}] and ignores everything in it; ${hint}`,
        ...(meant !== undefined ? { fixes: [{ title: `Change to [${meant}]`, edits: [{ ...span, text: meant }] }] } : {}),
      };
    }
  },
};

const verdict = (edition: SchemaVersion): Verdict => (edition.schema.data.tool === 'systemd-nspawn' ? 'warned' : 'silent');
