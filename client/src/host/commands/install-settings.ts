/**
 * Puts a settings file where only root may write. `commands.installSettings` runs this file as root, as a program of Node:
 *
 *     node install-settings.js install-settings SOURCE TARGET [WAS]
 *
 * SOURCE is a private copy of the new text, TARGET the settings file, WAS what stood there when it was read (`stampOf`). It ends
 * with 0, or says on standard error why TARGET is as it was.
 */
import { mkdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { readPrivateFile } from '../../../../server/src/node/shared/private-file';
import { replaceFile } from '../../../../server/src/node/shared/replace-file';
import { mostBytes } from '../../../../server/src/node/shared/small-file';

/** What follows a program of Node to have it install settings: the file that holds this code, wherever it was bundled to. */
export const installer: readonly [script: string, verb: string] = [__filename, 'install-settings'];

/** @returns the exit status */
function install(source: string, target: string, was?: string): number {
  // New files are readable by all users, as the settings of machines are.
  process.umask(0o022);
  try {
    const text = readPrivateFile(source, mostBytes.configuration),
      folder = path.dirname(target);
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

/** @throws Error when others decide what is in a folder */
function demandOwn(folder: string): void {
  const { uid, mode } = statSync(folder);
  if (uid === process.geteuid?.() && ((mode & 0o002) === 0 || (mode & 0o1000) !== 0)) return;
  throw new Error(
    `Nothing was written: other users can put a link into ${folder}. Make it writable for root only (chown root, chmod o-w).`,
  );
}

if (require.main === module && process.argv[2] === installer[1])
  process.exit(install(process.argv[3] ?? '', process.argv[4] ?? '', process.argv[5]));
