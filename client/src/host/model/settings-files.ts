/** Where the `.nspawn` files of machines are. */
import { lstat } from 'node:fs/promises';
import * as path from 'node:path';
import { entriesIn, mostEntries } from '../folder';
import { isImageName } from '../names';
import { most, type Warn } from './replies';
import type { SettingsFile } from './types';

/** A folder in which nspawn looks for settings. */
export interface SettingsFolder {
  readonly path: string;
  readonly trusted: boolean;
}

/** Where an administrator puts them. */
export const settingsFolder = '/etc/systemd/nspawn';

/** Those of the administrator come first, and what nspawn finds first is all that it reads (systemd.nspawn(5)). */
const administrator: readonly string[] = [settingsFolder, '/run/systemd/nspawn'];
const ending = '.nspawn';

/** The folders in which nspawn looks, in its order. @param imageFolders where images are @param trusted those before */
export function settingsFolders(imageFolders: readonly string[], trusted = administrator): readonly SettingsFolder[] {
  return [
    ...trusted.map((folder) => ({ path: folder, trusted: true })),
    ...imageFolders.map((folder) => ({ path: folder, trusted: false })),
  ];
}

/** The file that counts for each name. Folders that are not there or may not be read are left out. @param tell hears what was cut */
export async function findSettings(
  folders: readonly SettingsFolder[],
  warn: Warn = () => undefined,
): Promise<ReadonlyMap<string, SettingsFile>> {
  const found = new Map<string, SettingsFile>();
  for (const { path: folder, trusted } of folders) {
    const { entries, more } = await entriesIn(folder).catch(() => ({ entries: [], more: false }));
    if (more) warn(`${folder} has more than ${mostEntries} entries. The others are left out.`);
    for (const { name: file } of entries) {
      const name = file.slice(0, -ending.length);
      if (!file.endsWith(ending) || !isImageName(name) || found.has(name)) continue;
      if (found.size >= most.rows) {
        warn(`There are more than ${most.rows} settings files. The others are left out.`);
        return found;
      }
      found.set(name, { path: path.join(folder, file), trusted });
    }
  }
  return found;
}

/** Where the settings of one machine may be, the first that exists being the one that counts. */
export function settingsFiles(name: string, imagePath?: string, trusted = administrator): readonly string[] {
  if (!isImageName(name)) return [];
  const folders = [...trusted, ...(imagePath === undefined ? [] : [path.dirname(imagePath)])];
  return folders.map((folder) => path.join(folder, name + ending));
}

export async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
