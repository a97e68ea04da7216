import { Documentation } from './documentation';
import mkosiRecords from './mkosi.json';
import mkosiWords from './mkosi.md';
import legacyRecords from './mkosi-legacy.json';
import legacyWords from './mkosi-legacy.md';
import nspawnRecords from './nspawn.json';
import nspawnWords from './nspawn.md';
import vocabularyWords from './nspawn-words.md';
import { legacyReader, mkosiReader, systemdReader } from './readers';
import { Schema } from './schema';
import type { SchemaData, Version } from './types';

// The JSON files are written by `npm run generate` in exactly this form; the schema's test holds them to it.
const nspawnData = nspawnRecords as SchemaData;

/** What we say about the words of nspawn's vocabularies, by chapter and word. */
export const vocabularyPages = new Documentation(vocabularyWords);

export const nspawn = new Schema(nspawnData, nspawnWords, {
  ...systemdReader,
  name: 'nspawn',
  unit: 'systemd-nspawn@NAME.service',
  trust: true,
  unsaid: { default: 'none', since: nspawnData.oldest },
  sharedPages: vocabularyPages,
  manual: ({ name }) => `https://www.freedesktop.org/software/systemd/man/latest/systemd.nspawn.html#${name}=`,
});
export const mkosiLegacy = new Schema(legacyRecords as SchemaData, legacyWords, legacyReader);
export const mkosi = new Schema(mkosiRecords as SchemaData, mkosiWords, { ...mkosiReader, older: mkosiLegacy });

/** The releases that files are checked by. */
export interface Target {
  readonly systemd: Version;
  readonly mkosi: Version;
}

/** Every release worth choosing, ascending. */
export const releases: { readonly [Tool in keyof Target]: readonly Version[] } = {
  systemd: nspawn.data.versions,
  mkosi: [...mkosiLegacy.data.versions, ...mkosi.data.versions],
};

/** The newest releases known. */
export const newest: Target = { systemd: nspawn.data.newest, mkosi: mkosi.data.newest };
