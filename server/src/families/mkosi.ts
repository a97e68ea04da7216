import { isConfiguration } from '../model';
import { rulesIn } from '../rules';
import { mkosiLegacy, mkosi as schema } from '../schema';
import { defineFamily } from './family';

/** Configuration of mkosi: `mkosi.conf` and what it reads with it. */
export const mkosi = defineFamily({
  kind: 'mkosi',
  release: 'mkosi',
  // mkosi 14 reads mkosi.conf as well.
  at: (version) => (version >= schema.data.oldest ? schema : mkosiLegacy).at(version),
  languageIds: ['mkosi'],
  claims: isConfiguration,
  // Any file of these may be read, under whichever name another file gives.
  watched: ['**/*.conf', '**/mkosi.*', '**/mkosi.{files,images,presets,profiles,uki-profiles}/**'],
  systemFolders: [],
  sections: ['Distribution', 'Output', 'Content', 'Validation', 'Build', 'Runtime', 'Config', 'Include', 'Match'],
  rules: [...rulesIn.common, ...rulesIn.mkosi],
  inProject: true,
  trusts: () => true,
  machine: false,
});
