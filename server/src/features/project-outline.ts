import type { FileSystem, Project } from '../model';
import type { FolderReading, ProjectPart } from '../protocol';
import { type FileRole, mayHaveRole, roleOf, runsWhenExecutable } from './project-files';

/** An entry of a folder. `mode`: its permissions, where the file system has any. */
export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly mode?: number;
}

const plain = (entry: Entry): ProjectPart => ({
  name: entry.name,
  isFolder: entry.isFolder,
  icon: entry.isFolder ? 'folder' : 'file',
  about: '',
  reading: 'contents',
  broken: false,
});
const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : 1);
const executable = ({ mode }: Entry): boolean | undefined => (mode === undefined ? undefined : (mode & 0o111) !== 0);

/** What a folder holds, in the order in which mkosi reads and runs it. */
export function partsOf(entries: readonly Entry[], reading: FolderReading): ProjectPart[] {
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

function configuration(entries: readonly Entry[]): ProjectPart[] {
  const known = entries.flatMap((entry) => {
    const found = roleOf(entry.name, entry.isFolder);
    return found === undefined ? [] : [{ entry, ...found }];
  });
  return known.sort((a, b) => a.at - b.at || byName(a.entry, b.entry)).map(({ entry, role }) => part(entry, role));
}

function part(entry: Entry, role: FileRole): ProjectPart {
  const { what, icon } = role;
  if (!entry.isFolder) {
    if (role.kind === 'script') return script(entry, what, icon);
    const runs = runsWhenExecutable.has(entry.name) && executable(entry) === true;
    return { ...plain(entry), icon, about: runs ? `${what}, executable: mkosi runs it` : what };
  }
  // tools.conf, initrd.conf and local are configurations of their own when they are folders.
  const own = /^mkosi\.(tools\.conf|initrd\.conf|local)$/.test(entry.name);
  return { ...plain(entry), icon, about: what, reading: own ? 'configuration' : (role.entries ?? 'contents') };
}

function script(entry: Entry, what: string, icon: string): ProjectPart {
  const broken = executable(entry) === false;
  return {
    ...plain(entry),
    icon: broken ? 'warning' : icon,
    broken,
    about: broken ? `not executable, mkosi will not run it · ${what}` : what,
  };
}

/** Drop-ins in their order; those that are not read come last. */
function dropins(entries: readonly Entry[], isRead: (entry: Entry) => boolean): ProjectPart[] {
  const sorted = [...entries].sort(byName),
    read = sorted.filter(isRead);
  return [
    ...read.map(
      (e, at): ProjectPart => ({
        ...plain(e),
        icon: e.isFolder ? 'folder' : 'gear',
        reading: 'configuration',
        about: `${at + 1} of ${read.length}`,
      }),
    ),
    ...sorted
      .filter((e) => !read.includes(e))
      .map((e): ProjectPart => ({ ...plain(e), about: 'not read: its name does not end in .conf' })),
  ];
}

/** Old drop-ins: all files, and then those of the distribution, in a folder of its name. */
function files(entries: readonly Entry[]): ProjectPart[] {
  return [
    ...dropins(
      entries.filter((e) => !e.isFolder),
      () => true,
    ),
    ...entries
      .filter((e) => e.isFolder)
      .sort(byName)
      .map((e): ProjectPart => ({ ...plain(e), reading: 'files', about: `for ${e.name} only, after the others` })),
  ];
}

/** Profiles and images: NAME.conf, or a folder NAME with a configuration of its own. */
function folders(entries: readonly Entry[]): ProjectPart[] {
  return [...entries]
    .filter((e) => e.isFolder || e.name.endsWith('.conf'))
    .sort(byName)
    .map((entry) => ({ ...plain(entry), icon: entry.isFolder ? 'package' : 'gear', reading: 'configuration' }));
}

/** Rows below one: a folder of sources may hold any number. */
const mostParts = 2000;

/** What a folder on a disk holds, as far as it matters to mkosi; `more`: it holds others. */
export function partsIn(
  disk: FileSystem,
  folder: string,
  reading: FolderReading,
): { readonly parts: ProjectPart[]; readonly more: boolean } {
  const names = disk.names(folder),
    wanted = reading === 'configuration' ? names.filter(mayHaveRole) : names;
  const entries = wanted.slice(0, mostParts).map((name): Entry => {
    const path = `${folder}/${name}`,
      isFolder = disk.kind(path) === 'folder',
      mode = isFolder ? undefined : disk.mode(path);
    return { name, isFolder, ...(mode === undefined ? {} : { mode }) };
  });
  return { parts: partsOf(entries, reading), more: wanted.length > mostParts || disk.budget.spent() !== undefined };
}

/** A part with what mkosi reads of its folder. */
export interface OutlineNode extends ProjectPart {
  /** Below the folder of the project. */
  readonly path: string;
  readonly parts?: readonly OutlineNode[];
}

/** A project with its profiles and images, and all parts that mkosi reads or runs; what is for the image is not listed. */
export interface ProjectOutline {
  readonly profiles: readonly string[];
  readonly images: readonly string[];
  readonly parts: readonly OutlineNode[];
  /** There is more than is listed. */
  readonly more: boolean;
}

export function projectOutline(project: Project): ProjectOutline {
  const { disk, root, folder } = project;
  let left = false;
  const below = (at: string, reading: FolderReading, above: ReadonlySet<string>): OutlineNode[] => {
    const real = disk.real(at);
    // A link back to a folder above would recurse without end.
    if (above.has(real) || above.size >= disk.budget.limits.depth) return [];
    const { parts, more } = partsIn(disk, at, reading),
      within = new Set([...above, real]);
    left ||= more;
    return parts.map((part): OutlineNode => {
      const path = `${at}/${part.name}`,
        named = { ...part, path: path.slice(root.length + 1) };
      return part.isFolder && part.reading !== 'contents' ? { ...named, parts: below(path, part.reading, within) } : named;
    });
  };
  return disk.budget.apart(() => {
    const parts = below(folder, 'configuration', new Set());
    return { profiles: profileNames(project), images: imageNames(project), parts, more: left };
  });
}

/** The profiles that a build can be asked for. */
export const profileNames = ({ disk, folder }: Project): string[] => namesIn(disk, `${folder}/mkosi.profiles`);

export const imageNames = ({ images }: Project): string[] => [...images.keys()].sort();

const namesIn = (disk: FileSystem, folder: string): string[] =>
  [...new Set(partsIn(disk, folder, 'folders').parts.map(({ name }) => name.replace(/\.conf$/, '')))].filter((name) => name !== '').sort();
