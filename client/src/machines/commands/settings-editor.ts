/** Settings files in the editor: they belong to root, and people who are not root have to save them all the same. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { stampOf } from '../../../../server/src/node/shared/replace-file';
import { describeKind, mostBytes, readSmallFileLater, UnreadableFile } from '../../../../server/src/node/shared/small-file';
import { commands, type Elevation, elevated, hasProgram, isImageName, settingsFolder } from '../../host';
import { fileError, messageOf, showError, showInfo } from '../../ui/notifications';
import { runInTerminal } from '../terminal';
import { internalCommands } from './contributions';
import { privateCopy } from './private-copy';

/** Of files that are read as they are and saved through sudo, run0 or polkit. */
const scheme = 'nspawn-settings';

/** What a new settings file begins with: what `systemd-nspawn@.service` does without one (systemd v262 systemd-nspawn@.service.in). */
const template = (name: string): string => `# Settings of the machine "${name}", read whenever it starts: see systemd.nspawn(5).
# Press Ctrl+Space for completion. The lines that are commented out are the defaults of systemd-nspawn@.service.

[Exec]
#Boot=yes
#PrivateUsers=pick

[Network]
#VirtualEthernet=yes
`;

/**
 * Opens a settings file that exists; the caller sees to it that it is one. One that this user may not write is saved
 * with the rights of root, which the terminal asks for then. @param line to go to, from 1
 */
export async function openSettings(file: string, line?: number): Promise<vscode.TextEditor> {
  const selection = line === undefined ? undefined : new vscode.Range(line - 1, 0, line - 1, 0);
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(await settingsUri(file)), selection ? { selection } : {});
}

async function settingsUri(file: string): Promise<vscode.Uri> {
  const own = await access(file, constants.W_OK).then(
    () => true,
    () => false,
  );
  return own || path.dirname(file) !== settingsFolder ? vscode.Uri.file(file) : vscode.Uri.from({ scheme, path: file });
}

/**
 * Begins a settings file at the place that nspawn trusts; it comes into being when it is saved.
 * @param theirs where this user may write themselves
 */
export async function beginSettings(name: string, theirs?: string): Promise<void> {
  const file = theirs ?? path.join(settingsFolder, `${name}.nspawn`);
  const own = theirs !== undefined || process.getuid?.() === 0;
  const uri = vscode.Uri.from({ scheme: own ? 'untitled' : scheme, path: file });
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  if (editor.document.getText() === '') await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), template(name)));
}

/** Reads what this user may read, writes with the rights of root, and offers nothing else. */
class RootFiles implements vscode.FileSystemProvider {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined); // no change of another program is missed: the time is compared before saving
  }

  /** A file that is not there is an empty one, for it may be about to come into being. */
  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const found = await stat(uri.path).catch((error: unknown) => absentOr(error, uri));
    if (found?.isFile() === false) throw fileError(`${uri.path} is ${describeKind(found)}, not a regular file.`);
    return { type: vscode.FileType.File, ctime: found?.ctimeMs ?? 0, mtime: found?.mtimeMs ?? 0, size: found?.size ?? 0 };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (
      (await readSmallFileLater(uri.path, mostBytes.configuration).catch((error: unknown) => absentOr(error, uri))) ?? new Uint8Array()
    );
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const name = path.basename(uri.path, '.nspawn');
    if (uri.path !== path.join(settingsFolder, `${name}.nspawn`) || !isImageName(name)) throw vscode.FileSystemError.NoPermissions(uri);
    // VS Code has just compared it with what it read; nothing that it becomes while sudo asks is lost either.
    const before = await stat(uri.path, { bigint: true }).catch((error: unknown) => absentOr(error, uri));
    const copy = await privateCopy(content);
    try {
      const elevation = vscode.workspace.getConfiguration('nspawn').get<Elevation>('elevation', 'auto');
      const argv = commands.installSettings.argv([], { source: copy.source, name, was: stampOf(before) });
      const status = await runInTerminal({
        title: `Save ${name}.nspawn`,
        icon: 'save',
        interactive: false,
        stays: false,
        asks: true,
        argv: elevated(commands.installSettings, argv, { elevation, isRoot: process.getuid?.() === 0, installed: hasProgram }),
      });
      if (status !== 0) {
        throw fileError(
          `${uri.path} was not saved and is unchanged. Only root may write there, and the command that does it failed ` +
            `(exit status ${String(status ?? 'unknown')}); see its terminal. The setting "nspawn.elevation" chooses sudo, run0 or polkit.`,
        );
      }
    } finally {
      copy.remove();
    }
    if (before !== undefined && before.nlink > 1n) showInfo(`${uri.path} has other names (hard links). They keep the old text.`);
    this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  readDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}

function absentOr(error: unknown, uri: vscode.Uri): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  if (error instanceof UnreadableFile && error.reason !== 'failed') throw fileError(`${uri.path}: ${error.message}`);
  throw fileError(`${uri.path} cannot be read: ${messageOf(error)}`, 'NoPermissions');
}

/** Where a line of a settings file leads, as a command: links of documents go through it, so that the right editor opens. */
export const openSettingsLine = internalCommands.openSettingsLine;

export function registerSettingsEditor(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerFileSystemProvider(scheme, new RootFiles(), { isCaseSensitive: true }),
    vscode.commands.registerCommand(openSettingsLine, async (file: unknown, line: unknown) => {
      if (typeof file !== 'string' || !/^\/.*\.nspawn$/s.test(file) || !Number.isInteger(line)) return;
      try {
        await openSettings(file, Number(line));
      } catch (error) {
        showError(`${file} cannot be opened: ${messageOf(error)}`);
      }
    }),
  );
}
