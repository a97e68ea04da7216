import * as vscode from 'vscode';
import { log, messageOf, notify } from '../ui/notifications';
import { Refusal } from './program';

/** Says what failed and offers the next step; does not wait for an answer. */
export function showMkosiError(error: unknown): void {
  const untrusted = error instanceof Refusal && error.reason === 'untrusted';
  notify('error', messageOf(error), ...(untrusted ? ['Manage Workspace Trust'] : []))
    .then((choice) => (choice === undefined ? undefined : vscode.commands.executeCommand('workbench.trust.manage')))
    .catch(log);
}
