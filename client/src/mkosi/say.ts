import * as vscode from 'vscode';
import { Refusal } from './program';

/** For work nobody waits for: what goes wrong is written down, never thrown. */
export function log(error: unknown): void {
  console.error('nspawn, mkosi:', error);
}

/** Says what failed and offers the next step; does not wait for an answer. */
export function complain(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  const untrusted = error instanceof Refusal && error.reason === 'untrusted';
  vscode.window.showErrorMessage(text, ...untrusted ? ['Manage Workspace Trust'] : []).then(
    (choice) => choice === undefined ? undefined : vscode.commands.executeCommand('workbench.trust.manage'),
  ).then(undefined, log);
}
