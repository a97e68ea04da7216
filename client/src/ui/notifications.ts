/** Everything that is shown in notifications, dialogs and the status bar. All of it is made inert here. */
import * as vscode from 'vscode';
import { inert, inertDialog, inertLine, inertPrompt, type Said } from './text';

/** For work in the background: errors are logged, never thrown. */
export function log(error: unknown): void {
  console.error('nspawn:', error);
}

/** Sets a context key for the `when` clauses of package.json. */
export function setContext(key: string, value: string | number | boolean | readonly string[]): void {
  vscode.commands.executeCommand('setContext', key, value).then(undefined, log);
}

/** What an error says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Kind = 'information' | 'warning' | 'error';
const show = (kind: Kind) =>
  ({
    information: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  })[kind];

/** Says something, with what can be done about it. @returns the button that was pressed; undefined when it was dismissed */
export async function notify(kind: Kind, text: string, ...buttons: readonly string[]): Promise<string | undefined> {
  const chosen = await show(kind)(inert(text), ...buttons.map(inertLine));
  return buttons.find((title) => inertLine(title) === chosen);
}

/** Says something that needs no answer, without waiting for it to be dismissed. */
export function showInfo(text: string): void {
  notify('information', text).catch(log);
}

/** Says what failed and what to do next, without waiting. */
export function showError(text: string): void {
  notify('error', text).catch(log);
}

/** The error of a file system provider: VS Code shows its text in a notification. */
export const fileError = (text: string, kind?: 'NoPermissions'): vscode.FileSystemError =>
  kind === undefined ? new vscode.FileSystemError(inertPrompt(text)) : vscode.FileSystemError[kind](inertPrompt(text));

/** A question that has to be answered before anything else. Names in it come by {@link say}. */
export interface Question {
  readonly message: Said;
  /** What is lost or written, and where. */
  readonly detail: Said;
  /** On the button: a verb. */
  readonly button: string;
}

/** Asks it. @returns whether the button was pressed */
export async function confirm({ message, detail, button }: Question, kind: Kind = 'warning'): Promise<boolean> {
  return (await show(kind)(inertDialog(message), { modal: true, detail: inertDialog(detail) }, button)) === button;
}

/** Shows a success message in the status bar for some seconds. */
export function showStatus(text: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${inertLine(text)}`, 5_000);
}
