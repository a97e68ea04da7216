/** What can be read of an image on the disk: whether it can boot, and what system it is. */
import { constants } from 'node:fs';
import { access, lstat, readlink } from 'node:fs/promises';
import * as path from 'node:path';
import { parse } from 'ini';
import { patientlyLater } from '../../../../server/src/node/shared/mounts';
import { mostBytes, readSmallFileLater } from '../../../../server/src/node/shared/small-file';
import type { OsRelease } from '../model/types';

/** systemd v262 nspawn.c: the same places, in the same order. */
const initPrograms = ['/usr/lib/systemd/systemd', '/lib/systemd/systemd', '/sbin/init'];
const osReleases = ['/etc/os-release', '/usr/lib/os-release'];

/**
 * What an image lacks to be booted, as a sentence; undefined when nothing is missing, or when that cannot be seen. A
 * user may often not look into /var/lib/machines, which is for root alone: machined does.
 * @param root the directory of the image; undefined where it is none or not known
 * @param hasOsRelease asks machined
 */
export async function missingForBoot(
  root: string | undefined,
  hasOsRelease: () => Promise<boolean | undefined>,
): Promise<string | undefined> {
  const noSystem = `it has neither ${osReleases.join(' nor ')}, so systemd-nspawn does not accept it as an operating system`;
  try {
    if (root === undefined) throw new Error('nowhere to look');
    await patientlyLater(root, () => access(root, constants.R_OK | constants.X_OK));
    if (!(await hasAny(root, osReleases))) return noSystem;
    if (!(await hasAny(root, initPrograms))) return `it has no init: none of ${initPrograms.join(', ')}`;
    return undefined;
  } catch {
    return (await hasOsRelease()) === false ? noSystem : undefined;
  }
}

/** os-release of a directory image; undefined when it has none, when it is not a small regular file, or when this user may not read it. */
export async function osReleaseOf(root: string): Promise<OsRelease | undefined> {
  for (const file of osReleases) {
    const found = await inside(root, file).catch(() => undefined);
    if (found === undefined) continue;
    // What stood there was no link; one that is put there meanwhile leads nowhere.
    const bytes = await readSmallFileLater(found, mostBytes.osRelease, { nofollow: true }).catch(() => undefined);
    if (bytes !== undefined) return readOsReleaseText(bytes.toString());
  }
  return undefined;
}

/** The assignments in a text, one per line, without the rest. */
function* assignments(text: string): Generator<readonly [key: string, value: string]> {
  for (const line of text.split('\n')) {
    const content = line.trim(),
      at = content.indexOf('=');
    if (at > 0 && !content.startsWith('#')) yield [content.slice(0, at).trimEnd(), content.slice(at + 1).trimStart()];
  }
}

/** Characters of a field of os-release. */
const longestField = 1000;

/** The three fields of interest in the text of an os-release(5). */
export function readOsReleaseText(text: string): OsRelease {
  const fields = new Map<string, string>();
  for (const [key, value] of assignments(text)) {
    if (/^(ID|VERSION_ID|PRETTY_NAME)$/.test(key)) fields.set(key, unquoted(value.slice(0, longestField)));
  }
  const { ID: id = '', VERSION_ID: versionId = '', PRETTY_NAME: prettyName = '' } = Object.fromEntries(fields);
  return {
    ...(id === '' ? {} : { id }),
    ...(versionId === '' ? {} : { versionId }),
    ...(prettyName === '' ? {} : { prettyName }),
  };
}

/** As a shell reads it (os-release(5)). */
function unquoted(value: string): string {
  const quote = value.charAt(0),
    isQuoted = value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote);
  if (isQuoted && quote === "'") return value.slice(1, -1);
  return (isQuoted ? value.slice(1, -1) : value).replaceAll(/\\(.)/g, '$1');
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'yes', 'y', 'true', 't', 'on'].map((word) => [word, true] as const),
  ...['0', 'no', 'n', 'false', 'f', 'off'].map((word) => [word, false] as const),
]);

/** Characters of headers and settings about booting; a real file has fewer. */
const mostAboutBoot = 64 << 10;

/**
 * What the section [Exec] says about booting; nothing where that cannot be read. ini is given no other settings: some keys have a meaning
 * for it (`a[]=`, `'null'=`) that lets few lines cost hundreds of megabytes.
 */
function aboutBoot(settings: string): ReadonlyMap<string, unknown> {
  const lines = settings
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^\[[^\]]*\]$|^(Boot|ProcessTwo)\s*=/.test(line))
    .join('\n');
  if (lines.length > mostAboutBoot) return new Map();
  try {
    const exec: unknown = parse(lines)['Exec'];
    return new Map(typeof exec === 'object' && exec !== null ? Object.entries(exec) : []);
  } catch {
    return new Map();
  }
}

/** Whether the settings turn off booting, as `systemd-nspawn@.service` would otherwise do. */
export function bootsAnInit(settings: string): boolean {
  const assignments = aboutBoot(settings);
  const value = (key: string): boolean | undefined => {
    const found = assignments.get(key);
    if (typeof found === 'boolean') return found; // ini has words of its own for that
    return typeof found === 'string' ? booleans.get(found.toLowerCase()) : undefined;
  };
  return value('Boot') !== false && value('ProcessTwo') !== true;
}

async function hasAny(root: string, files: readonly string[]): Promise<boolean> {
  for (const file of files) if ((await inside(root, file)) !== undefined) return true;
  return false;
}

/** As the kernel follows (path_resolution(7)). */
const mostLinks = 40;

/**
 * Where a path of an image is on the host: links are followed as they would be inside, never out of the image.
 * Undefined when there is no such file. @throws when this user may not look
 */
export async function inside(root: string, file: string): Promise<string | undefined> {
  const rest = file.split('/').filter((part) => part !== '');
  let at: string[] = [];
  for (let links = 0; rest.length > 0; ) {
    const part = rest.shift() ?? '';
    if (part === '.') continue;
    if (part === '..') {
      at.pop();
      continue;
    }
    const here = path.join(root, ...at, part);
    let link: string | undefined;
    try {
      link = (await patientlyLater(here, () => lstat(here))).isSymbolicLink() ? await readlink(here) : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
      throw error;
    }
    if (link === undefined) {
      at.push(part);
      continue;
    }
    if (++links > mostLinks) return undefined;
    if (link.startsWith('/')) at = [];
    rest.unshift(...link.split('/').filter((p) => p !== ''));
  }
  return path.join(root, ...at);
}
