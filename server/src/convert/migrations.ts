import { has, mkosi, mkosiLegacy, type Version } from '../schema';
import records from './migrations.json';

/** What became of a setting, or of one value of it. Written by `npm run generate` from tools/schema/facts. */
export interface Move {
  readonly name: string;
  /** Only lines with this value; booleans in all their spellings. */
  readonly value?: string;
  /** Modern lines: the first release that needs the rewrite. */
  readonly since?: Version;
  /** The setting of today, by its newest name. */
  readonly to?: string;
  /** What to write in place of the value. */
  readonly as?: string;
  /** The rewriting of all other values, see values.ts. */
  readonly how?: string;
  /** Further settings to write. */
  readonly add?: readonly { readonly name: string; readonly value: string }[];
  /** What it was about is a partition now: keys of a systemd-repart definition; `<value>` is the value. */
  readonly partition?: Readonly<Record<string, string>>;
  /** What releases up to `until` have instead. */
  readonly before?: { readonly until: Version; readonly to?: string; readonly as?: string; readonly lost?: string };
  /** Why it cannot be carried over. */
  readonly lost?: string;
  /** It needs no successor. */
  readonly gone?: boolean;
  /** Carried over, but it needs a look. */
  readonly check?: string;
}

/** What became of a file or folder beside the configuration. */
export interface FileMove {
  readonly path: string;
  readonly to?: string;
  /** The release that knows the new name; without one, nothing reads the file any more. */
  readonly since?: Version;
  /** What to do by hand for older releases, `from` which on that is needed. */
  readonly before?: string;
  readonly from?: Version;
  /** Also in projects that were written for mkosi 15 or later. */
  readonly modern?: boolean;
}

const { legacy, modern, files } = records as {
  legacy: readonly Move[];
  modern: readonly Move[];
  files: readonly FileMove[];
};
export const fileMoves = files;

const truth = (value: string): string => {
  const word = value.toLowerCase(),
    { booleans } = mkosiLegacy.data;
  return booleans.true.includes(word) ? 'yes' : booleans.false.includes(word) ? 'no' : value;
};

const find = (moves: readonly Move[], name: string, value: string): Move | undefined =>
  moves.find((m) => m.name === name && (m.value === undefined || m.value === value || m.value === truth(value)));

/** What became of a line of mkosi.default. */
export const legacyMove = (name: string, value: string): Move | undefined => find(legacy, name, value);

/** What a target release needs instead of a modern line; undefined if it takes the line as far as its name goes. */
export function modernMove(name: string, value: string, target: Version): Move | undefined {
  const move = find(modern, name, value);
  return move !== undefined && (move.since ?? 0) <= target ? move : undefined;
}

/**
 * The name that the schema has for a name of mkosi.default: mkosi 6 to 14 turned every key into an option, so that
 * `OutputDir`, `output-dir` and `OutputDirectory` are the same.
 */
export function legacyName(name: string): string | undefined {
  const { settings } = mkosiLegacy.data;
  if (legacy.some((m) => m.name === name)) return name;
  const alias = settings.find((s) => s.name === name || s.aliases?.some((a) => a.name === name));
  if (alias) return alias.name;
  const option = `--${name.replace(/[A-Z]/g, (c, at: number) => `${at > 0 ? '-' : ''}${c.toLowerCase()}`)}`;
  return settings.find((s) => s.cli?.includes(option))?.name;
}

/** Whether only mkosi 14 and older know a setting. */
export function onlyLegacy(name: string): boolean {
  const known =
    mkosi.data.settings.some((s) => s.name === name || s.aliases?.some((a) => a.name === name)) ||
    mkosi.data.former?.some((f) => f.name === name);
  return !known && legacyName(name) !== undefined;
}

/**
 * Where a release has the setting with this present-day name, or why it has not.
 * @param here the section that it is in: UKI profiles have settings of their own under names that others have, too
 */
export function place(name: string, target: Version, here?: string): { name: string; section: string } | { lost: string } {
  const edition = mkosi.at(target),
    profile = here === 'UKIProfile';
  const setting =
    edition.named(name).find((s) => !edition.isCondition(s.section) && (s.section === 'UKIProfile') === profile) ?? edition.renamed(name);
  if (setting) return { name: setting.name, section: edition.sectionOf(setting) };
  const later = mkosi.data.settings.find((s) => s.name === name || s.aliases?.some((a) => a.name === name));
  const alias = later?.aliases?.find((a) => has({ ...a, until: (later.since ?? 0) - 0.01 }, target));
  if (later && alias) {
    return { name: alias.name, section: later.places?.find((p) => has(p, target))?.section ?? later.section };
  }
  if (later) return { lost: `mkosi ${target} does not support ${name}=, which was added in ${later.since ?? 15}` };
  const former = mkosi.data.former?.find((f) => f.name === name);
  if (former && has(former, target)) return { name, section: former.section };
  return {
    lost: former ? `mkosi ${former.until} was the last version with ${name}=` : `no version of mkosi has ${name}=`,
  };
}
