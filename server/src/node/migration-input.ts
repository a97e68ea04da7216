import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { isConfiguration, type Migration, migrate } from '../convert';
import type { Version } from '../schema';
import { decode } from './files';
import { patiently } from './shared/mounts';
import { placeOf, stampOf, UnwritableFile } from './shared/replace-file';
import { explainCode, mostBytes, readSmallFile, UnreadableFile } from './shared/small-file';

/** What a migration changes, and the files that it was made from. Paths are below the folder. */
export interface ReadMigration {
  readonly folder: string;
  readonly files: readonly ReadFile[];
  readonly result: Migration;
}

/**
 * What rewriting a folder, or one file, for another release of mkosi changes. Writes nothing.
 * @param from the release that it was written for; undefined: what the files say
 * @throws Error when anything of it cannot be read, or leads out of the folder
 */
export function readMigration(named: string, target: Version, from?: Version): ReadMigration {
  const isFolder = attempt(named, () => statSync(named)).isDirectory(),
    folder = isFolder ? named : path.dirname(named);
  const there = isFolder ? present(folder) : [path.basename(named)];
  const files = there.flatMap((file) => (!isFolder || isConfiguration(file) ? readIn(folder, file) : []));
  return { folder, files, result: migrate(files, target, { present: there, ...(from === undefined ? {} : { from }) }) };
}

/** A file as it was read, and what it was then. */
export interface ReadFile {
  readonly path: string;
  readonly text: string;
  readonly was: string;
}

/** A file of a folder, unless it is a folder itself. @throws Error, also when a link leads out of the folder */
function readIn(folder: string, file: string): ReadFile[] {
  return naming(path.join(folder, file), (full) => {
    const { path: real, stats } = placeOf(full, folder);
    if (stats?.isDirectory() === true) return [];
    const { text, undecodable } = decode(readSmallFile(real, mostBytes.configuration));
    if (undecodable.length > 0) throw new Error(`${full} is not valid UTF-8; nothing was changed`);
    return [{ path: file, text, was: stampOf(stats) }];
  });
}

/** Errors about a file come with its name. */
export function naming<T>(file: string, act: (file: string) => T): T {
  try {
    return act(file);
  } catch (error) {
    if (!(error instanceof UnreadableFile || error instanceof UnwritableFile)) throw error;
    throw new Error(`${file}: ${error.message} Nothing was changed.`, { cause: error });
  }
}

/** The most entries that a project has, and how deep. A thousand public projects have at most 4,000 and 12. */
const most = { entries: 100_000, depth: 64 };

/** What a build or a package manager puts into a project. */
const built = /^(\.git|node_modules|mkosi\.(cache|pkgcache|output|builddir|workspace|extra|skeleton|tools))$/;

/** Names of everything in a project, but not what a build left there. Links are not followed. @throws Error when it has no end */
function present(folder: string): string[] {
  const found: string[] = [];
  const visit = (below: string, depth: number): void => {
    for (const entry of entriesOf(path.join(folder, below))) {
      const at = below === '' ? entry.name : `${below}/${entry.name}`;
      if (found.push(at) > most.entries || depth > most.depth)
        throw new Error(
          `${folder} has more than ${most.entries} files, or folders deeper than ${most.depth}; name the folder of a project`,
        );
      if (entry.isDirectory() && !built.test(entry.name)) visit(at, depth + 1);
    }
  };
  visit('', 1);
  return found;
}

/** A partial project is useless, so any unreadable entry ends the search. */
export function attempt<T>(file: string, ask: () => T): T {
  try {
    return patiently(file, ask);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`${file} cannot be read: ${explainCode(code)}; nothing was changed`, { cause: error });
  }
}

const entriesOf = (folder: string): Dirent[] => attempt(folder, () => readdirSync(folder, { withFileTypes: true }));
