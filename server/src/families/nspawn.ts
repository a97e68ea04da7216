import { implications, isTrusted } from '../model';
import { rulesIn } from '../rules';
import { nspawn as schema } from '../schema';
import { defineFamily } from './family';

/** Settings of a container of systemd-nspawn: `NAME.nspawn`, also `mkosi.nspawn`. */
export const nspawn = defineFamily({
  kind: 'nspawn',
  release: 'systemd',
  at: (version) => schema.at(version),
  languageIds: ['nspawn'],
  claims: (path) => path.endsWith('.nspawn'),
  watched: ['**/*.nspawn'],
  systemFolders: ['/etc/systemd/nspawn', '/run/systemd/nspawn'],
  sections: ['Exec', 'Files', 'Network'],
  rules: [...rulesIn.common, ...rulesIn.nspawn],
  inProject: false,
  trusts: isTrusted,
  machine: true,
  implications,
});
