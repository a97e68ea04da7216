import { type Entries, type Meaning, meaningOf, runsWhenExecutable } from './parts';

/** How the entries of a folder are read. `configuration`: as that of a project, an image or a profile; `contents`: not by mkosi. */
export type Reading = 'configuration' | 'contents' | Entries;

/** A file or folder of a project, as people look at it. */
export interface Part {
  readonly name: string;
  readonly isFolder: boolean;
  readonly icon: string;
  /** A few words beside the name; may be empty. */
  readonly about: string;
  /** How its entries are read, where it is a folder. */
  readonly reading: Reading;
  /** A script that mkosi refuses to run because nobody may execute it. */
  readonly broken: boolean;
}

/** An entry of a folder. `mode`: its permissions, where the file system has any. */
export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly mode?: number;
}

const plain = (entry: Entry): Part => ({
  ...entry,
  icon: entry.isFolder ? 'folder' : 'file',
  about: '',
  reading: 'contents',
  broken: false,
});
const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : 1);
const executable = ({ mode }: Entry): boolean | undefined => (mode === undefined ? undefined : (mode & 0o111) !== 0);

/** What a folder holds, in the order in which mkosi reads and runs it. */
export function partsOf(entries: readonly Entry[], reading: Reading): Part[] {
  switch (reading) {
    case 'configuration':
      return configuration(entries);
    case 'dropins':
      return dropins(entries, (e) => e.isFolder || e.name.endsWith('.conf'));
    case 'files':
      return files(entries);
    case 'folders':
      return folders(entries);
    case 'scripts':
      return [...entries]
        .filter((e) => !e.isFolder)
        .sort(byName)
        .map((e) => script(e, 'one of the scripts', 'terminal'));
    case 'contents':
      return [...entries].sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || byName(a, b)).map(plain);
  }
}

function configuration(entries: readonly Entry[]): Part[] {
  const known = entries.flatMap((entry) => {
    const found = meaningOf(entry.name, entry.isFolder);
    return found === undefined ? [] : [{ entry, ...found }];
  });
  return known.sort((a, b) => a.at - b.at || byName(a.entry, b.entry)).map(({ entry, meaning }) => part(entry, meaning));
}

function part(entry: Entry, meaning: Meaning): Part {
  const { what, icon } = meaning;
  if (!entry.isFolder) {
    if (meaning.kind === 'script') return script(entry, what, icon);
    const runs = runsWhenExecutable.has(entry.name) && executable(entry) === true;
    return { ...plain(entry), icon, about: runs ? `${what}, executable: mkosi runs it` : what };
  }
  // tools.conf, initrd.conf and local are configurations of their own when they are folders.
  const own = /^mkosi\.(tools\.conf|initrd\.conf|local)$/.test(entry.name);
  return { ...plain(entry), icon, about: what, reading: own ? 'configuration' : (meaning.entries ?? 'contents') };
}

function script(entry: Entry, what: string, icon: string): Part {
  const broken = executable(entry) === false;
  return {
    ...plain(entry),
    icon: broken ? 'warning' : icon,
    broken,
    about: broken ? `not executable, mkosi will not run it · ${what}` : what,
  };
}

/** Drop-ins in their order; what stands between them and is not read comes last. */
function dropins(entries: readonly Entry[], isRead: (entry: Entry) => boolean): Part[] {
  const sorted = [...entries].sort(byName),
    read = sorted.filter(isRead);
  return [
    ...read.map(
      (e, at): Part => ({
        ...plain(e),
        icon: e.isFolder ? 'folder' : 'gear',
        reading: 'configuration',
        about: `${at + 1} of ${read.length}`,
      }),
    ),
    ...sorted.filter((e) => !read.includes(e)).map((e): Part => ({ ...plain(e), about: 'not read: its name does not end in .conf' })),
  ];
}

/** Old drop-ins: any file, and then those of the distribution, in a folder of its name. */
function files(entries: readonly Entry[]): Part[] {
  return [
    ...dropins(
      entries.filter((e) => !e.isFolder),
      () => true,
    ),
    ...entries
      .filter((e) => e.isFolder)
      .sort(byName)
      .map((e): Part => ({ ...plain(e), reading: 'files', about: `for ${e.name} only, after the others` })),
  ];
}

/** Profiles and images: NAME.conf, or a folder NAME with a configuration of its own. */
function folders(entries: readonly Entry[]): Part[] {
  return [...entries]
    .filter((e) => e.isFolder || e.name.endsWith('.conf'))
    .sort(byName)
    .map((entry) => ({ ...plain(entry), icon: entry.isFolder ? 'package' : 'gear', reading: 'configuration' }));
}
