import { mkosiDialect, nspawnDialect } from '../syntax';
import type { Reader } from './schema';
import type { Version } from './types';

/** Why systemd fails at the name of a section: without a name since 261, since 251 some characters (string-util.c string_is_safe). */
function systemdHeaderFault(name: string, version: Version): string | undefined {
  if (name === '') return version >= 261 ? 'The section has no name' : undefined;
  if (version < 251) return undefined;
  const bad = /[\x01-\x1f\x7f"'\\]/.exec(name)?.[0] ?? (version >= 261 ? /[*?[]/.exec(name)?.[0] : undefined);
  return bad === undefined
    ? undefined
    : `systemd ${version} allows no ${/[ -~]/.test(bad) ? bad : 'control characters'} in the name of a section`;
}

/** systemd's own parser (v262 conf-parser.c): a bad line is logged and skipped. Its name and manual page differ by file. */
export const systemdReader: Omit<Reader, 'name' | 'manual'> = {
  dialect: nspawnDialect,
  lookup: 'section',
  plainName: (name) => name,
  skipsUnknownSections: true,
  ignoredPrefix: 'X-',
  grammars: 'systemd',
  emptyIsNoValue: false,
  fieldsPerWord: false,
  commentsOnOwnLines: true,
  badValue: 'dropped',
  badLine: 'warned',
  strayText: (version) => (version >= 243 ? 'warned' : 'refused'),
  strayTextIs: 'comment',
  unknownSection: 'warned',
  unknownSetting: () => 'warned',
  wrongSection: () => 'warned',
  warnsOfOldNames: false,
  headerFault: systemdHeaderFault,
  trust: false,
  unsaid: { default: 'none' },
  settled: 252,
};

/** mkosi's own parser, 15 and newer (27.1 config.py parse_config_one): what it cannot read ends it. */
export const mkosiReader: Reader = {
  name: 'mkosi',
  dialect: mkosiDialect,
  lookup: 'anywhere',
  plainName: (name) => name.replace(/^@/, ''),
  skipsUnknownSections: true,
  grammars: 'mkosi',
  emptyIsNoValue: true,
  fieldsPerWord: true,
  commentsOnOwnLines: false,
  badValue: 'fatal',
  badLine: 'refused',
  strayText: () => 'refused',
  strayTextIs: 'assignment',
  unknownSection: 'silent',
  // It stopped at unknown settings until 25.3; the newest releases and mkosi 1 to 5 warn (R 4-27.1).
  unknownSetting: (version) => (version < 26 && version >= 6 ? 'refused' : 'warned'),
  // "Setting X should be configured in [A], not [B]." since 17; before, sections did not matter (R 15-27.1).
  wrongSection: (version) => (version >= 17 ? 'warned' : 'advice'),
  warnsOfOldNames: true,
  headerFault: (name) => (name === '' ? 'The section has no name' : undefined),
  trust: false,
  unsaid: {},
  manual: (setting, edition) =>
    `https://github.com/systemd/mkosi/blob/main/mkosi/resources/man/mkosi.1.md#${edition.sectionOf(setting).toLowerCase()}-section`,
};

/** mkosi 14 and older: Python's configparser, and every key an option of the command line. */
export const legacyReader: Reader = {
  ...mkosiReader,
  lookup: 'option',
  skipsUnknownSections: false,
  emptyIsNoValue: false,
  warnsOfOldNames: false,
  headerFault: () => undefined,
};
