import { valueSpan } from '../../model/assignments';
import { reads } from '../../model/mkosi/reads';
import { similar } from '../../schema';
import { shortened, Text } from '../../syntax';
import { split } from '../../values';
import { type Rule, replacement } from '../rule';

/** A profile that is chosen but does not exist: since 25 mkosi goes on without it. */
export const unknownProfile: Rule = {
  id: 'unknown-profile',
  summary: 'A profile that does not exist',
  verdicts: ['silent'],
  about: ['Profiles'],
  *check(here) {
    const { edition } = here.document,
      missing = new Set(here.project?.missingProfiles),
      seen = new Set<number>();
    if (missing.size === 0 || !here.active) return;
    const profiles = [...(here.project?.profiles.keys() ?? [])];
    for (const {
      read: { assigned },
    } of reads(here)) {
      const { setting, section, line } = assigned,
        list = setting?.value.list;
      if (
        setting?.name !== 'Profiles' ||
        list === undefined ||
        section === undefined ||
        edition.isCondition(section) ||
        seen.has(assigned.start)
      )
        continue;
      seen.add(assigned.start);
      for (const item of split(Text.plain(line.value.text, 0), list, edition.version).items) {
        if (!missing.has(item.text)) continue;
        const span = valueSpan(assigned, item.span()),
          meant = similar(item.text, profiles);
        yield {
          verdict: 'silent',
          ...span,
          message: `There is no profile ${shortened(item.text)} in mkosi.profiles/, and mkosi continues without it${meant === undefined ? '' : `; did you mean ${meant}?`}`,
          ...(meant === undefined ? {} : { fixes: [replacement(`Change to ${shortened(meant)}`, span, meant)] }),
        };
      }
    }
  },
};
