/** The quick fix that gives a `.nspawn` file the place where nspawn reads and trusts it. */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { type Elevation, commands, elevated, exists, hasProgram, isImageName, settingsFolder, shellWord } from '../host';
import { complain, confirm, inform, messageOf, notify } from '../ui/notifications';
import { say } from '../ui/text';
import { run } from './run';
import { openSettings } from './settings-editor';
import { type Given, asAnswer, isConfirmed } from './verb';

/** What the language server has its quick fix call. */
export const moveSettingsCommand = 'nspawn.moveSettings';

/** What a caller may answer beforehand: whether a copy may be installed with the rights of root. */
type Answered = Pick<Given, 'confirmed'>;

/**
 * Moves a `.nspawn` file. Where only root may write, a copy is installed after a question, in a terminal whose process
 * is the argv; in a workspace that is not trusted nothing is run, but the argv is told.
 */
async function move(uri: unknown, target: unknown, answered: Answered = {}): Promise<void> {
  if (typeof uri !== 'string' || typeof target !== 'string') return;
  const from = vscode.Uri.parse(uri, true), name = path.basename(target, '.nspawn'), folder = path.dirname(target);
  const own = path.join(os.homedir(), '.config/systemd/nspawn');
  if (from.scheme !== 'file' || !isImageName(name) || target !== path.join(folder, `${name}.nspawn`) || ![settingsFolder, own].includes(folder)) {
    complain(`${target} is no place for a settings file of a machine. Move it to ${settingsFolder}/NAME.nspawn.`);
    return;
  }
  const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === from.toString());
  if (document?.isDirty === true && !await document.save()) {
    complain(`${from.fsPath} could not be saved and stays where it is. Save it, then move it.`);
    return;
  }
  if (await exists(target)) {
    complain(`${target} exists already, and nspawn reads that one. Compare the two, and remove one of them.`);
    return;
  }
  if (folder === own) await mkdir(own, { recursive: true });
  if (await mayWrite(folder) && await mayWrite(path.dirname(from.fsPath))) await rename(from, target);
  else await install(from.fsPath, name, target, answered);
}

const mayWrite = (folder: string): Promise<boolean> => access(folder, constants.W_OK).then(() => true, () => false);

async function rename(from: vscode.Uri, target: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit(), to = vscode.Uri.file(target);
  edit.renameFile(from, to, { overwrite: false });
  if (await vscode.workspace.applyEdit(edit)) await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(to));
  else complain(`${from.fsPath} could not be moved to ${target} and stays where it is. The file may be locked, or lie on a read-only disk.`);
}

async function install(source: string, name: string, target: string, answered: Answered): Promise<void> {
  const elevation = vscode.workspace.getConfiguration('nspawn').get<Elevation>('elevation', 'auto');
  const argv = elevated(commands.installSettings, commands.installSettings.argv([], { source, name }), {
    elevation, isRoot: process.getuid?.() === 0, installed: hasProgram,
  });
  const told = argv.map(shellWord).join(' ');
  if (!vscode.workspace.isTrusted) {
    const copy = 'Copy Command';
    const choice = await notify(
      'warning', `Only root may write to ${path.dirname(target)}, and nothing is run for a workspace that you do not trust. In a terminal of your own: ${told}`, copy);
    if (choice === copy) await vscode.env.clipboard.writeText(told);
    return;
  }
  if (!isConfirmed(answered) && !await confirm({
    message: say`Install a copy of ${path.basename(source)} as ${target}?`, detail: say`Only root may write there. This is run in a terminal: ${told}`, button: 'Install',
  }, 'information')) return;
  const status = await run({ title: `Install ${name}.nspawn`, icon: 'save', interactive: false, stays: false, asks: true, argv });
  if (status !== 0) {
    complain(`${target} was not installed: ${argv[0] ?? ''} ended with exit status ${String(status ?? 'unknown')}; its terminal says why.`);
    return;
  }
  await openSettings(target);
  inform(`nspawn reads ${target} from now on. ${source} is still there, and is not read any more.`);
}

export const registerMoveSettings = (): vscode.Disposable =>
  vscode.commands.registerCommand(moveSettingsCommand, async (uri: unknown, target: unknown, answered?: Partial<Record<keyof Answered, unknown>> | null) => {
    try {
      await move(uri, target, asAnswer(answered?.confirmed));
    } catch (error) {
      complain(`${String(target)}: ${messageOf(error)}`);
    }
  });
