// What the server knows about mkosi, from facts/mkosi.json (15 and newer) and facts/mkosi-legacy.json (1 to 14).
import { sectionsOf, settingOf } from './records.mjs';

/** server/src/schema/mkosi.json. */
export function mkosiSchema(facts) {
  const { specifiers, settings, former } = facts;
  return { ...headOf(facts), specifiers, settings: settings.map(recordOf(facts)), former: former.map(recordOf(facts)) };
}

/** server/src/schema/mkosi-legacy.json. */
export const mkosiLegacySchema = (facts) => ({ ...headOf(facts), settings: facts.settings.map(recordOf(facts)) });

const recordOf = (facts) => (record) => settingOf(record, facts);

const headOf = ({ versions, sections, booleans }) => ({
  tool: 'mkosi',
  oldest: versions[0],
  newest: versions.at(-1),
  versions,
  sections: sectionsOf(sections),
  booleans,
});
