import * as vscode from 'vscode';
import { type AskMkosi, Language } from './client';
import { languageContributions } from './contributions';

const languages: readonly string[] = ['nspawn', 'mkosi'];

/**
 * Starts the language server with the first file of ours that is open, now or later, or when something is asked of it.
 * @param mkosi which release is installed; asked whenever one of our files becomes active
 */
export function activateLanguage(context: vscode.ExtensionContext, mkosi: AskMkosi): Language {
  const language = new Language(context.extensionPath, mkosi);
  const isOurs = (d: vscode.TextDocument): boolean => languages.includes(d.languageId);
  context.subscriptions.push(
    language,
    vscode.workspace.onDidOpenTextDocument((d) => {
      if (isOurs(d)) language.start();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      language.look();
    }),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) language.look();
    }),
    vscode.window.onDidChangeActiveTextEditor((e) => {
      if (e !== undefined && isOurs(e.document)) language.look();
    }),
    vscode.commands.registerCommand(languageContributions.restartLanguageServer.id, () => language.restart()),
  );
  if (vscode.workspace.textDocuments.some(isOurs)) language.start();
  return language;
}
