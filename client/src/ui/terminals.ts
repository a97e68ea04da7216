import * as vscode from 'vscode';
import { inertLine } from './text';

/** What a terminal is opened with. */
export const terminalOptions = (
  name: string,
  icon: string,
  options: Omit<vscode.TerminalOptions, 'name' | 'iconPath'>,
): vscode.TerminalOptions => ({ ...options, name: inertLine(name), iconPath: new vscode.ThemeIcon(icon) });

/** @param options from {@link terminalOptions}; VS Code hands the same object back as the options of the terminal */
export const openTerminal = (options: vscode.TerminalOptions): vscode.Terminal => vscode.window.createTerminal(options);
