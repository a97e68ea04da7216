import { Documentation } from './documentation';
import type { Kind } from './kinds';
import mkosiRecords from './mkosi.json';
import mkosiWords from './mkosi.md';
import legacyRecords from './mkosi-legacy.json';
import legacyWords from './mkosi-legacy.md';
import nspawnRecords from './nspawn.json';
import nspawnWords from './nspawn.md';
import vocabularyWords from './nspawn-words.md';
import { Schema, type SchemaVersion } from './schema';
import type { SchemaData, Version } from './types';

// The JSON files are written by `npm run generate` in exactly this form; the schema's test holds them to it.
export const nspawn = new Schema(nspawnRecords as SchemaData, nspawnWords);
export const mkosi = new Schema(mkosiRecords as SchemaData, mkosiWords);
export const mkosiLegacy = new Schema(legacyRecords as SchemaData, legacyWords);

/** What we say about the words of nspawn's vocabularies, by chapter and word. */
export const vocabularyPages = new Documentation(vocabularyWords);

/** The releases that files are judged by. */
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

/**
 * The schema that judges a file. mkosi 14 reads mkosi.conf too; a mkosi.default is judged by mkosi 14 when the chosen
 * release no longer reads it, because that is what it was written for.
 */
export function editionOf(kind: Kind, target: Target): SchemaVersion {
  if (kind === 'nspawn') return nspawn.at(target.systemd);
  return kind === 'mkosi' && target.mkosi >= mkosi.data.oldest ? mkosi.at(target.mkosi) : mkosiLegacy.at(target.mkosi);
}
