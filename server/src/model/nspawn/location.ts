import type { HostFiles } from '../host-files';
import type { Scope } from './options';

/**
 * Where a `.nspawn` file lies (v262 nspawn.c:5121): in a folder of settings, which nspawn trusts; beside the images; in
 * the folder of packages, which it never reads; or somewhere that says nothing of where it will be.
 */
export interface FileLocation {
  readonly kind: 'settings' | 'images' | 'packages' | 'elsewhere';
  readonly scope: Scope;
  readonly folder: string;
  /** The machine that the file is for, by its name. */
  readonly machine: string;
  /** Folders that nspawn looks through before this one. */
  readonly before: readonly string[];
  /** The folder that the file belongs in to be read and trusted. */
  readonly home: string;
  /** Where nspawn finds the images of the same scope. */
  readonly images: readonly string[];
}

const settings: readonly string[] = ['/etc/systemd/nspawn', '/run/systemd/nspawn'];
/** v262 discover-image.c:61. */
const images: readonly string[] = [
  '/etc/machines',
  '/run/machines',
  '/var/lib/machines',
  '/var/lib/container',
  '/usr/local/lib/machines',
  '/usr/lib/machines',
];
/** Only removing, renaming and cloning an image look here (v262 discover-image.c:173). */
const packages: readonly string[] = ['/usr/lib/systemd/nspawn', '/usr/local/lib/systemd/nspawn', '/lib/systemd/nspawn'];

/** @param path absolute, with slashes */
export function locationOf(path: string): FileLocation {
  const at = path.lastIndexOf('/'),
    folder = path.slice(0, at);
  const machine = path.slice(at + 1).replace(/\.nspawn$/, '');
  // What belongs to a user is looked for in the user's own folders (since 259).
  const user = /^(\/.+)\/\.(config\/systemd\/nspawn|local\/(state|lib)\/machines)$/.exec(folder)?.[1];
  if (user !== undefined) {
    const home = `${user}/.config/systemd/nspawn`,
      own = [`${user}/.local/state/machines`, `${user}/.local/lib/machines`];
    return folder === home
      ? { kind: 'settings', scope: 'user', folder, machine, before: [], home, images: own }
      : { kind: 'images', scope: 'user', folder, machine, before: [home], home, images: own };
  }
  const index = settings.indexOf(folder);
  const kind = index >= 0 ? 'settings' : images.includes(folder) ? 'images' : packages.includes(folder) ? 'packages' : 'elsewhere';
  const before = index >= 0 ? settings.slice(0, index) : kind === 'images' ? settings : [];
  return { kind, scope: 'system', folder, machine, before, home: '/etc/systemd/nspawn', images };
}

/** The folders that nspawn looks for the image of a file's machine in. @param path of the file, absolute, with slashes */
export const imageFoldersOf = (path: string): readonly string[] => locationOf(path).images;

/** A name as nspawn uses it for a machine: what no host name holds is left out (v262 hostname-util.c hostname_cleanup). */
export const machineNameOf = (name: string): string => name.replace(/[^A-Za-z0-9.-]/g, '');

/** The machines of the images in some folders (v262 discover-image.c image_find). */
export function machinesOf(folders: readonly string[], files: HostFiles): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of files.entries(folder)) {
      if (entry.name.startsWith('.')) continue;
      const name = entry.name.replace(/\.v$/, '').replace(/\.(raw|mstack)$/, '');
      if (!entry.folder && !entry.name.endsWith('.raw')) continue;
      const machine = machineNameOf(name);
      if (!found.has(machine)) found.set(machine, `${folder}/${entry.name}`);
    }
  }
  return found;
}
