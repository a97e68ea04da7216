import { rulesIn } from '../../../rules';
import { defineFamily } from '../../family';
import { loudRed } from './loud-red';
import { schema } from './schema';

export const toy = defineFamily({
  kind: 'toy',
  release: 'systemd',
  at: (version) => schema.at(version),
  languageIds: ['toy'],
  claims: (path) => path.endsWith('.toy'),
  watched: ['**/*.toy'],
  systemFolders: [],
  sections: ['Toy'],
  rules: [...rulesIn.common, loudRed],
  inProject: false,
  trusts: () => true,
  machine: false,
});
