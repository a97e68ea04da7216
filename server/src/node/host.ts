import { type Dirent, existsSync, opendirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { FeatureContext } from '../features';
import { patiently } from './shared/mounts';
import { mostBytes, readSmallFile } from './shared/small-file';

/** Of a folder with more, the first ones are known. */
const mostEntries = 10_000;

/** What features may know of the host, read from its files when it is asked for. Never throws. */
export const host: Omit<FeatureContext, 'documents' | 'project'> = {
  entries: (folder) =>
    attempt([], () =>
      patiently(folder, () => firstOf(folder))
        .map((e) => ({ name: e.name, folder: e.isDirectory() || (e.isSymbolicLink() && isFolder(path.join(folder, e.name))) }))
        .sort((a, b) => Number(a.name.startsWith('.')) - Number(b.name.startsWith('.')) || (a.name < b.name ? -1 : 1)),
    ),
  exists: (file) => attempt(false, () => patiently(file, () => existsSync(file))),
  text: (file) => attempt(undefined, () => readSmallFile(file, mostBytes.host).toString()),
  interfaces: () =>
    attempt([], () =>
      readdirSync('/sys/class/net')
        .sort()
        .map((name) => ({ name, bridge: existsSync(`/sys/class/net/${name}/bridge`) })),
    ),
  users: () =>
    attempt([], () =>
      readSmallFile('/etc/passwd', mostBytes.host)
        .toString()
        .split('\n')
        .flatMap((line) => {
          const [name = '', , id = ''] = line.split(':');
          return isPerson(Number(id)) ? [name] : [];
        }),
    ),
};

/** User IDs of people, as distributions give them out (login.defs UID_MIN and UID_MAX). */
const isPerson = (id: number): boolean => id >= 1000 && id <= 60000;

const isFolder = (link: string): boolean => attempt(false, () => patiently(link, () => statSync(link)).isDirectory());

/** What lies in a folder, without waiting for all of a very large one. */
function firstOf(folder: string): Dirent[] {
  const opened = opendirSync(folder, { bufferSize: 1024 }),
    found: Dirent[] = [];
  try {
    for (let entry = opened.readSync(); entry !== null && found.length < mostEntries; entry = opened.readSync()) found.push(entry);
    return found;
  } finally {
    opened.closeSync();
  }
}

/**
 * The release of systemd that is installed, by the name of its private library: no program needs to be run for it.
 * undefined where there is none.
 */
export function installedSystemd(): number | undefined {
  const multiarch = attempt([], () =>
    readdirSync('/usr/lib')
      .filter((n) => n.endsWith('-linux-gnu'))
      .map((n) => `/usr/lib/${n}/systemd`),
  );
  for (const folder of [...multiarch, '/usr/lib/systemd', '/usr/lib64/systemd', '/lib/systemd']) {
    for (const name of attempt([], () => readdirSync(folder))) {
      const release = /^libsystemd-shared-(\d+)/.exec(name)?.[1];
      if (release !== undefined) return Number(release);
    }
  }
  return undefined;
}

function attempt<T>(otherwise: T, work: () => T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
