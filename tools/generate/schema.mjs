// All data about systemd-nspawn and mkosi, from tools/schema/facts.
import { mkosiMigrations } from '../schema/migration.mjs';
import { mkosiLegacySchema, mkosiSchema } from '../schema/mkosi.mjs';
import { nspawnOptions, nspawnSchema, nspawnWords } from '../schema/nspawn.mjs';
import { linesOf, readFacts } from '../schema/records.mjs';

/** @returns {[file: string, text: string][]} */
export function generate() {
  const nspawn = readFacts('nspawn');
  return [
    ['server/src/schema/nspawn.json', linesOf(nspawnSchema(nspawn))],
    ['server/src/schema/nspawn-words.json', linesOf(nspawnWords(readFacts('nspawn-words')))],
    ['server/src/schema/nspawn-syscalls.json', `${JSON.stringify(readFacts('nspawn-syscalls'), null, 2)}\n`],
    ['server/src/schema/mkosi.json', linesOf(mkosiSchema(readFacts('mkosi')))],
    ['server/src/schema/mkosi-legacy.json', linesOf(mkosiLegacySchema(readFacts('mkosi-legacy')))],
    ['server/src/convert/migrations.json', linesOf(mkosiMigrations(readFacts('mkosi-migration')))],
    ['server/src/convert/options.json', linesOf(nspawnOptions(nspawn))],
  ];
}
