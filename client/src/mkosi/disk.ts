/** Reading what a workspace holds, on this computer or behind another file system of VS Code. */
import type { BigIntStats, Dirent } from 'node:fs';
import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { patientlyLater } from '../../../server/src/node/shared/mounts';
import { mostBytes, readSmallFileLater } from '../../../server/src/node/shared/small-file';
import { entriesIn, mostEntries } from '../host';

export interface FolderEntry {
  readonly name: string;
  /** Also for a link to a folder. */
  readonly isFolder: boolean;
}

/**
 * The text of a configuration file.
 * @throws Error when it cannot be read, is no regular file or too large
 */
export async function readText(uri: vscode.Uri): Promise<string> {
  const most = mostBytes.configuration;
  // VS Code itself would wait for whoever writes to a FIFO.
  if (uri.scheme === 'file') return decoded(await readSmallFileLater(uri.fsPath, most));
  const { type, size } = await vscode.workspace.fs.stat(uri);
  if ((type & vscode.FileType.File) === 0 || size > most)
    throw new Error(`${uri.path} is not a regular file, or larger than ${most >> 20} MiB.`);
  return decoded(await vscode.workspace.fs.readFile(uri));
}

const decoded = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The entries of a folder; `more`: it has others. @throws Error when it cannot be read */
export async function entriesOf(folder: vscode.Uri): Promise<{ readonly entries: readonly FolderEntry[]; readonly more: boolean }> {
  if (folder.scheme !== 'file') {
    const all = await vscode.workspace.fs.readDirectory(folder);
    const entries = all.slice(0, mostEntries).map(([name, kind]) => ({ name, isFolder: (kind & vscode.FileType.Directory) !== 0 }));
    return { entries, more: all.length > mostEntries };
  }
  const { entries, more } = await entriesIn(folder.fsPath);
  return { entries: await Promise.all(entries.map(async (e) => ({ name: e.name, isFolder: await isFolder(folder, e) }))), more };
}

const statLater = (file: string): Promise<BigIntStats> => patientlyLater(file, () => stat(file, { bigint: true }));

async function isFolder(folder: vscode.Uri, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statLater(vscode.Uri.joinPath(folder, entry.name).fsPath).then(
    (s) => s.isDirectory(),
    () => false,
  );
}

/** What a folder is known by, whichever links lead to it; undefined where that is not known. */
export async function identityOf(folder: vscode.Uri): Promise<string | undefined> {
  if (folder.scheme !== 'file') return folder.toString();
  return statLater(folder.fsPath).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  );
}
