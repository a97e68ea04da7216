import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import path from 'node:path';
import { readSmallFile } from './small-file';

/**
 * Reads what was written for one reader and could not be written by others: a file with one name, of the owner of its folder. So no
 * link of another user makes root read what that user may not read.
 * @param most bytes
 * @throws Error
 */
export function readPrivateFile(file: string, most: number): Buffer {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stats = fstatSync(handle),
      folder = lstatSync(path.dirname(file));
    if (!stats.isFile() || stats.nlink !== 1 || !folder.isDirectory() || stats.uid !== folder.uid || (folder.mode & 0o022) !== 0) {
      throw new Error(`${file} is no private copy of a text, and was not read. Save again.`);
    }
    return readSmallFile(`/proc/self/fd/${handle}`, most);
  } finally {
    closeSync(handle);
  }
}
