import * as vscode from 'vscode';

/** Says something that needs no answer, without waiting for it to be dismissed. */
export function inform(text: string): void {
  vscode.window.showInformationMessage(text).then(undefined, log);
}

/** Says what failed and what to do next. */
export function complain(text: string): void {
  vscode.window.showErrorMessage(text).then(undefined, log);
}

/** For work nobody waits for: what goes wrong is written down, never thrown. */
export function log(error: unknown): void {
  console.error('nspawn:', error);
}

/** Tells the `when` clauses of package.json. */
export function setContext(key: string, value: string | boolean): void {
  vscode.commands.executeCommand('setContext', key, value).then(undefined, log);
}
