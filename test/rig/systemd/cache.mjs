// What a rig is made of, and where it is kept: packages on this machine, trees in the cache.

import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { must, script } from './process.mjs';

/** @typedef {'self' | '252' | '257' | '262'} Tree */
/** @typedef {(line: string) => void} Log */

/** The Debian suites that carry a version of systemd; the next one is tried when one cannot be installed. */
const suites = { 252: ['bookworm'], 257: ['trixie'], 262: ['forky', 'sid'] };

/** @type {readonly Tree[]} */
export const trees = ['self', '252', '257', '262'];

/** The folder of all caches: below `$XDG_CACHE_HOME`, `~/.cache`, or /var/cache when neither can be written to. */
export function cacheFolder() {
  const home = homedir();
  const candidates = [process.env['XDG_CACHE_HOME'] ?? '', home === '' ? '' : join(home, '.cache')];
  for (const candidate of candidates) {
    if (!isAbsolute(candidate)) continue;
    try {
      const folder = join(candidate, 'nspawn-rig');
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      // The next one.
    }
  }
  return '/var/cache/nspawn-rig';
}

/**
 * Installs Debian packages that are missing.
 * @param {readonly string[]} names
 * @param {Log | undefined} log
 */
export async function packages(names, log) {
  await must(`install ${names.join(', ')}`, script('packages.sh', ...names), log ? { log } : {});
}

/**
 * The path of something that a script makes once: in the cache under its kind and a hash of what it depends on.
 * @param {string} kind
 * @param {string} maker name of the script; gets the path and `args`
 * @param {readonly string[]} args
 * @param {{ dependsOn?: string, log?: Log | undefined }} options
 */
async function cached(kind, maker, args, { dependsOn = '', log }) {
  const [, path = ''] = script(maker);
  const hash = createHash('sha256').update(readFileSync(path)).update(args.join(' ')).update(dependsOn);
  const key = hash.digest('hex').slice(0, 12);
  const result = join(cacheFolder(), `${kind}-${key}`);
  if (existsSync(result)) return result;
  log?.(`making ${result}`);
  await must(`make ${result}`, script('cached.sh', cacheFolder(), kind, key, path, ...args), log ? { log } : {});
  return result;
}

/**
 * The root directory that a rig boots.
 * @param {Tree} tree
 * @param {Log | undefined} log
 */
export async function hostTree(tree, log) {
  if (tree === 'self') {
    await packages(['systemd', 'systemd-container', 'libpam-systemd', 'dbus', 'polkitd'], log);
    return '/';
  }
  await packages(['systemd', 'mmdebstrap', 'debian-archive-keyring'], log);
  return cached(`host-${tree}`, 'tree.sh', suites[tree], { log });
}

/**
 * A small bootable system of the same Debian as `tree`.
 * @param {Tree} tree
 * @param {Log | undefined} log
 */
export async function guestTree(tree, log) {
  const root = await hostTree(tree, log);
  const dependsOn = readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8'); // changes with every upgrade
  return cached(`guest-${tree}`, 'guest.sh', [root], { dependsOn, log });
}

/**
 * A static busybox.
 * @param {Log | undefined} log
 */
export const busybox = (log) => cached('busybox', 'busybox.sh', [], { log });
