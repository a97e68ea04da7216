import { type Dialect, mkosiDialect, nspawnDialect } from '../syntax';
import type { Documentation } from './documentation';
import type { Schema, SchemaVersion } from './schema';
import type { Setting, Version } from './types';

/** What the real tool does: fails, complains and goes on, says nothing but does something else, or is content. */
export type Verdict = 'refused' | 'warned' | 'silent' | 'advice';

/**
 * How a tool reads the files of one schema, as far as the records do not say it. Values, model, rules and features ask
 * these facts by name and never which tool it is.
 */
export interface Reader {
  /** The tool's name in a sentence: `nspawn`, where the records have `systemd-nspawn`. */
  readonly name: string;
  readonly dialect: (version: Version) => Dialect;
  /**
   * Where the tool looks for a setting: in its `section`; `anywhere`, because sections are for people only; as the
   * command line `option` that a key is spelled like.
   */
  readonly lookup: 'section' | 'anywhere' | 'option';
  /** The name of a setting without signs in front of it that the tool takes off. */
  readonly plainName: (name: string) => string;
  /** Sections that the tool does not know are not read; otherwise every line is, in whichever section. */
  readonly skipsUnknownSections: boolean;
  /** Names that begin like this are for others, and ignored silently. */
  readonly ignoredPrefix?: string;
  /** The grammars that values are read by, a key of the table in `values/`. */
  readonly grammars: 'systemd' | 'mkosi';
  /** An empty value is one of those that a setting of fixed words takes. */
  readonly emptyIsNoValue: boolean;
  /** The fields of a value, such as `source:target`, start again after white space. */
  readonly fieldsPerWord: boolean;
  /** Comments have lines of their own, and quotation marks are part of a value: what people get wrong most. */
  readonly commentsOnOwnLines: boolean;
  /** What a value that cannot be read costs: its line, or everything. */
  readonly badValue: 'dropped' | 'fatal';
  /** The verdict on a line before any section, and on one without a name. */
  readonly badLine: Verdict;
  readonly strayText: (version: Version) => Verdict;
  /** What text without an equals sign was probably meant to be. */
  readonly strayTextIs: 'comment' | 'assignment';
  readonly unknownSection: Verdict;
  readonly unknownSetting: (version: Version) => Verdict;
  readonly wrongSection: (version: Version) => Verdict;
  /** The tool complains about older names of settings. */
  readonly warnsOfOldNames: boolean;
  /** Why the tool fails at the name of a section; undefined for a name that it takes. */
  readonly headerFault: (name: string, version: Version) => string | undefined;
  /** The unit that runs the tool, for settings that belong there instead. */
  readonly unit?: string;
  /** Settings may be ignored in a file that the tool does not trust. */
  readonly trust: boolean;
  /** The records say nothing of a default, or of the first release, where there is nothing to say. */
  readonly unsaid: { readonly default?: string; readonly since?: Version };
  /** A release that may be taken for granted; what needs a younger one is said at its line. */
  readonly settled?: Version;
  /** Pages of words and fields that many settings share. */
  readonly sharedPages?: Documentation;
  /** The schema of releases that are older than all of this one. */
  readonly older?: Schema;
  /** The official page about a setting. */
  readonly manual: (setting: Setting, edition: SchemaVersion) => string;
}

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
