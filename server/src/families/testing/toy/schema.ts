import { Schema, systemdReader } from '../../../schema';

/** Two settings of a tool that does not exist, read like a file of systemd. */
export const schema = new Schema(
  {
    tool: 'toybox',
    oldest: 250,
    newest: 262,
    versions: [250, 262],
    booleans: { true: ['yes'], false: ['no'] },
    sections: [{ name: 'Toy' }],
    settings: [
      {
        name: 'Color',
        section: 'Toy',
        value: { type: 'enum', words: [{ word: 'red' }, { word: 'blue' }] },
        repeat: 'replace',
        reset: true,
      },
      { name: 'Loud', section: 'Toy', value: { type: 'boolean' }, repeat: 'replace', reset: false },
    ],
  },
  '## [Toy]\n\nA toy.\n\n### Color=\n\nThe color of the toy.\n\n### Loud=\n\nWhether it makes a noise.\n',
  { ...systemdReader, name: 'toybox', manual: ({ name }) => `https://example.org/toy#${name}` },
);
