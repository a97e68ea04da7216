/**
 * Puts a settings file where only root may write. `commands.installSettings` runs this file as root, as a program of Node:
 *
 *     node install-settings.js install-settings SOURCE TARGET [WAS]
 *
 * SOURCE is a private copy of the new text, TARGET the settings file, WAS what stood there when it was read (`stampOf`). It ends
 * with 0, or says on standard error why TARGET is as it was.
 */
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from '../../../server/src/node/replace-file';
import { mostBytes, readSmallFile } from '../../../server/src/node/small-file';

/** What follows a program of Node to have it install settings: the file that holds this code, wherever it was bundled to. */
export const installer: readonly [script: string, verb: string] = [__filename, 'install-settings'];

/** @returns the exit status */
function install(source: string, target: string, was?: string): number {
  // What comes into being can be read by everybody, as the settings of machines are.
  process.umask(0o022);
  try {
    const text = readPrivate(source), folder = path.dirname(target);
    mkdirSync(folder, { recursive: true });
    demandOwn(folder);
    const note = replaceFile(target, text, was === undefined ? {} : { was });
    if (note !== undefined) process.stderr.write(`${target}: ${note}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${target}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/**
 * Reads what somebody made for this and nobody else could: a file with one name, of the owner of its folder. So no link of theirs
 * has root read what they may not read themselves.
 * @throws Error
 */
function readPrivate(source: string): Buffer {
  const handle = openSync(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const file = fstatSync(handle), folder = lstatSync(path.dirname(source));
    if (!file.isFile() || file.nlink !== 1 || !folder.isDirectory() || file.uid !== folder.uid || (folder.mode & 0o022) !== 0) {
      throw new Error(`${source} is no private copy of a text, and was not read. Save again.`);
    }
    return readSmallFile(`/proc/self/fd/${handle}`, mostBytes.configuration);
  } finally {
    closeSync(handle);
  }
}

/** @throws Error when others decide what is in a folder */
function demandOwn(folder: string): void {
  const { uid, mode } = statSync(folder);
  if (uid === process.geteuid?.() && ((mode & 0o002) === 0 || (mode & 0o1000) !== 0)) return;
  throw new Error(`Anybody could put a link into ${folder}, so nothing is written there. Give it to root, and nobody else: chown root, chmod o-w.`);
}

if (require.main === module && process.argv[2] === installer[1]) process.exit(install(process.argv[3] ?? '', process.argv[4] ?? '', process.argv[5]));
