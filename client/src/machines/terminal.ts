import * as path from 'node:path';
import * as vscode from 'vscode';
import { TerminalRunner } from '../host';
import { openTerminal, terminalOptions } from '../ui/terminals';

/** A command to run where people can see it and answer it. */
export interface TerminalRequest {
  /** For the terminal's tab: `Start web`. */
  readonly title: string;
  /** The program by name, and its arguments. */
  readonly argv: readonly string[];
  readonly icon: string;
  /** Has the keyboard: a shell. */
  readonly interactive: boolean;
  /** Is there to be read: its terminal stays when it has ended. Others close when it went well. */
  readonly stays: boolean;
  /** May ask for a password, so that people have to see it. */
  readonly asks: boolean;
  /** Calls back when what it waits for will never come, which it does not notice itself: it is ended then. */
  readonly isInVain?: (listener: () => void) => { dispose(): void };
}

/** When the extension ends, this does, and with it our terminals and what runs in them. The script lies beside the bundle of the extension. */
export const terminalRunner = new TerminalRunner(path.join(__dirname, 'terminal-wrapper.js'));

/** Terminals of what has failed, still open to be read, by title: the next try of the same takes its place. */
const failed = new Map<string, vscode.Terminal>();

/**
 * Runs an argv in an integrated terminal, so that polkit can ask its question there and the exit status is the result. Not as
 * a task: before one begins, VS Code saves every document (`task.saveBeforeRun`), and it may bring tasks back after a reload.
 * What has failed stays to be read, until a key is pressed there or the same is tried again.
 * @returns the exit status; undefined when the terminal was closed first
 * @throws MissingProgram
 */
export async function runInTerminal({
  title,
  argv,
  icon,
  interactive,
  stays,
  asks,
  isInVain,
}: TerminalRequest): Promise<number | undefined> {
  const { options, ended, forget } = await terminalFor({ title, argv, icon, stays });
  failed.get(title)?.dispose();
  const terminal = openTerminal(options);
  const closed = vscode.window.onDidCloseTerminal((one) => {
    if (one !== terminal) return;
    closed.dispose();
    if (failed.get(title) === terminal) failed.delete(title);
    forget();
  });
  if (interactive || stays || asks) terminal.show();
  const vain = isInVain?.(() => terminal.dispose());
  const status = await ended.finally(() => vain?.dispose());
  if (status !== 0 && status !== undefined) {
    failed.set(title, terminal);
    terminal.show(true);
  }
  return status;
}

/** A terminal that runs an argv. @throws MissingProgram */
export async function terminalFor({ title, argv, icon, stays }: Pick<TerminalRequest, 'title' | 'argv' | 'icon' | 'stays'>): Promise<{
  readonly options: vscode.TerminalOptions;
  readonly ended: Promise<number | undefined>;
  readonly forget: () => void;
}> {
  const {
    argv: [shellPath, ...shellArgs],
    env,
    ended,
    forget,
  } = await terminalRunner.attend(argv, stays);
  return {
    // Transient: VS Code does not bring it back after a reload.
    options: terminalOptions(title, icon, { shellPath, shellArgs, env, cwd: '/', isTransient: true }),
    ended,
    forget,
  };
}
