/** What can be read of an image on the disk: whether it can boot, and what system it is. */
import { constants } from 'node:fs';
import { access, lstat, readFile, readlink } from 'node:fs/promises';
import * as path from 'node:path';
import { parse } from 'ini';
import type { OsRelease } from './types';

/** systemd v262 nspawn.c: the same places, in the same order. */
const initPrograms = ['/usr/lib/systemd/systemd', '/lib/systemd/systemd', '/sbin/init'];
const osReleases = ['/etc/os-release', '/usr/lib/os-release'];

/**
 * What an image lacks to be booted, as a sentence; undefined when nothing is missing, or when that cannot be seen. A
 * user may often not look into /var/lib/machines, which is for root alone: machined does.
 * @param root the directory of the image; undefined where it is none or not known
 * @param hasOsRelease asks machined
 */
export async function missingForBoot(root: string | undefined, hasOsRelease: () => Promise<boolean | undefined>): Promise<string | undefined> {
  const noSystem = `it has neither ${osReleases.join(' nor ')}, without which systemd-nspawn takes it for no system at all`;
  try {
    if (root === undefined) throw new Error('nowhere to look');
    await access(root, constants.R_OK | constants.X_OK);
    if (!await hasAny(root, osReleases)) return noSystem;
    if (!await hasAny(root, initPrograms)) return `it has no init: none of ${initPrograms.join(', ')}`;
    return undefined;
  } catch {
    return await hasOsRelease() === false ? noSystem : undefined;
  }
}

/** os-release of a directory image; undefined when it has none or this user may not look. */
export async function osReleaseOf(root: string): Promise<OsRelease | undefined> {
  for (const file of osReleases) {
    const found = await inside(root, file).catch(() => undefined);
    if (found === undefined) continue;
    const text = await readFile(found, 'utf8').catch(() => undefined);
    if (text !== undefined) return readOsReleaseText(text);
  }
  return undefined;
}

/** The three fields of interest in the text of an os-release(5). */
export function readOsReleaseText(text: string): OsRelease {
  // ini reads a text in single quotes as JSON, so that '1.10' would be a number.
  const quoted = text.replaceAll(/^(\w+)='([^'"\\]*)'\s*$/gm, '$1="$2"');
  const fields = new Map<string, unknown>(Object.entries(parse(quoted)));
  const field = (key: string) => {
    const value = fields.get(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const id = field('ID'), versionId = field('VERSION_ID'), prettyName = field('PRETTY_NAME');
  return {
    ...(id === undefined ? {} : { id }), ...(versionId === undefined ? {} : { versionId }),
    ...(prettyName === undefined ? {} : { prettyName }),
  };
}

/** Whether the settings turn off booting, as `systemd-nspawn@.service` would otherwise do. */
export function bootsAnInit(settings: string): boolean {
  const exec: unknown = parse(settings)['Exec'];
  const value = (key: string) => {
    const found = typeof exec === 'object' && exec !== null ? new Map<string, unknown>(Object.entries(exec)).get(key) : undefined;
    if (typeof found === 'boolean') return found; // ini has words of its own for that
    return typeof found === 'string' ? /^(true|yes|y|on|1|t)$/i.test(found) : undefined;
  };
  return value('Boot') !== false && value('ProcessTwo') !== true;
}

async function hasAny(root: string, files: readonly string[]): Promise<boolean> {
  for (const file of files) if (await inside(root, file) !== undefined) return true;
  return false;
}

/**
 * Where a path of an image is on the host: links are followed as they would be inside, never out of the image.
 * Undefined when there is no such file. @throws when this user may not look
 */
export async function inside(root: string, file: string): Promise<string | undefined> {
  const rest = file.split('/').filter((part) => part !== '');
  let at: string[] = [];
  for (let links = 0; rest.length > 0;) {
    const part = rest.shift() ?? '';
    if (part === '.') continue;
    if (part === '..') {
      at.pop();
      continue;
    }
    const here = path.join(root, ...at, part);
    let link: string | undefined;
    try {
      link = (await lstat(here)).isSymbolicLink() ? await readlink(here) : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
      throw error;
    }
    if (link === undefined) {
      at.push(part);
      continue;
    }
    if (++links > 40) return undefined;
    if (link.startsWith('/')) at = [];
    rest.unshift(...link.split('/').filter((p) => p !== ''));
  }
  return path.join(root, ...at);
}
