/** The quick fix that gives a `.nspawn` file the place where nspawn reads and trusts it. */
import { constants } from 'node:fs';
import { access, lstat, mkdir } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { stampOf } from '../../../../server/src/node/shared/replace-file';
import { commands, type Elevation, elevated, exists, hasProgram, isImageName, settingsFolder, shellWord } from '../../host';
import { confirm, messageOf, notify, showError, showInfo } from '../../ui/notifications';
import { say } from '../../ui/text';
import { runInTerminal } from '../terminal';
import { internalCommands } from './contributions';
import { asAnswer, type CommandArguments, isConfirmed } from './machine-command';
import { type PrivateCopy, privateCopy } from './private-copy';
import { openSettings } from './settings-editor';

/** What the language server has its quick fix call. */
export const moveSettingsCommand = internalCommands.moveSettings;

/** What a caller may answer beforehand: whether a copy may be installed with the rights of root. */
type Answered = Pick<CommandArguments, 'confirmed'>;

/** Copies for commands that were told and not run: people may still run them, as long as this window is there. */
const told = new Set<PrivateCopy>();

/**
 * Moves a `.nspawn` file. Where only root may write, the text that is shown is installed after a question, in a terminal whose
 * process is the argv; in a workspace that is not trusted nothing is run, but the argv is told. Root never opens the path of the
 * file: by then, it could be a link to what only root may read.
 */
async function move(uri: unknown, target: unknown, answered: Answered = {}): Promise<void> {
  if (typeof uri !== 'string' || typeof target !== 'string') return;
  const from = vscode.Uri.parse(uri, true),
    name = path.basename(target, '.nspawn'),
    folder = path.dirname(target);
  const own = path.join(os.homedir(), '.config/systemd/nspawn');
  if (
    from.scheme !== 'file' ||
    !isImageName(name) ||
    target !== path.join(folder, `${name}.nspawn`) ||
    ![settingsFolder, own].includes(folder)
  ) {
    showError(`systemd-nspawn does not look for settings files at ${target}. Move it to ${settingsFolder}/NAME.nspawn.`);
    return;
  }
  if (!(await lstat(from.fsPath)).isFile()) {
    showError(`${from.fsPath} was not moved: it is a link or not a regular file. Move the file that the link points to.`);
    return;
  }
  const document = await vscode.workspace.openTextDocument(from);
  if (document.isDirty && !(await document.save())) {
    showError(`${from.fsPath} was not moved: it could not be saved. Save it, then move it.`);
    return;
  }
  if (await exists(target)) {
    showError(`${target} exists already, and nspawn reads that file. Compare the two and remove one.`);
    return;
  }
  if (folder === own) await mkdir(own, { recursive: true });
  if ((await mayWrite(folder)) && (await mayWrite(path.dirname(from.fsPath)))) await rename(from, target);
  else await install(document, name, target, answered);
}

const mayWrite = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );

async function rename(from: vscode.Uri, target: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit(),
    to = vscode.Uri.file(target);
  edit.renameFile(from, to, { overwrite: false });
  if (await vscode.workspace.applyEdit(edit)) await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(to));
  else showError(`${from.fsPath} could not be moved to ${target}. The file may be locked or on a read-only disk.`);
}

async function install(document: vscode.TextDocument, name: string, target: string, answered: Answered): Promise<void> {
  const elevation = vscode.workspace.getConfiguration('nspawn').get<Elevation>('elevation', 'auto');
  const copy = await privateCopy(document.getText());
  try {
    const argv = elevated(
      commands.installSettings,
      commands.installSettings.argv([], { source: copy.source, name, was: stampOf(undefined) }),
      {
        elevation,
        isRoot: process.getuid?.() === 0,
        installed: hasProgram,
      },
    );
    const command = argv.map(shellWord).join(' ');
    if (!vscode.workspace.isTrusted) {
      told.add(copy);
      await tell(command, path.dirname(target));
      return;
    }
    if (
      !isConfirmed(answered) &&
      !(await confirm(
        {
          message: say`Install the text of ${path.basename(document.fileName)} as ${target}?`,
          button: 'Install',
          detail: say`Only root may write there. This command runs in a terminal, with a copy of the current text: ${command}`,
        },
        'information',
      ))
    )
      return;
    const status = await runInTerminal({
      title: `Install ${name}.nspawn`,
      icon: 'save',
      interactive: false,
      stays: false,
      asks: true,
      argv,
    });
    if (status !== 0) {
      showError(`${target} was not installed: ${argv[0] ?? ''} failed (exit status ${String(status ?? 'unknown')}); see its terminal.`);
      return;
    }
  } finally {
    if (!told.has(copy)) copy.remove();
  }
  await openSettings(target);
  showInfo(`nspawn now reads ${target}. ${document.fileName} still exists but is no longer read.`);
}

async function tell(command: string, folder: string): Promise<void> {
  const copy = 'Copy Command';
  const choice = await notify(
    'warning',
    `Only root may write to ${folder}, and nothing is run for an untrusted workspace. While this window is open, you can ` +
      `install the current text from a terminal of your own with: ${command}`,
    copy,
  );
  if (choice === copy) await vscode.env.clipboard.writeText(command);
}

export const registerMoveSettings = (): vscode.Disposable =>
  vscode.Disposable.from(
    vscode.commands.registerCommand(
      moveSettingsCommand,
      async (uri: unknown, target: unknown, answered?: Partial<Record<keyof Answered, unknown>> | null) => {
        try {
          await move(uri, target, asAnswer(answered?.confirmed));
        } catch (error) {
          showError(`${String(target)}: ${messageOf(error)}`);
        }
      },
    ),
    new vscode.Disposable(() => {
      for (const { remove } of told) remove();
    }),
  );
