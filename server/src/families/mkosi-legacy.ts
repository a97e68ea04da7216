import { isLegacyConfiguration } from '../model';
import { mkosiLegacy as schema } from '../schema';
import { defineFamily } from './family';
import { mkosi } from './mkosi';

/** `mkosi.default` and its drop-ins. mkosi 14 was the last to read them, so that is what checks them for a younger one. */
export const mkosiLegacy = defineFamily({
  ...mkosi,
  kind: 'mkosi-legacy',
  at: (version) => schema.at(version),
  until: schema.data.newest,
  languageIds: [],
  claims: isLegacyConfiguration,
  watched: ['**/mkosi.default.d/**'],
  sections: [],
});
