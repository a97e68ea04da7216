import * as vscode from 'vscode';
import { inertLine } from '../ui/text';
import { registerDocuments } from './documents';
import { registerHosts } from './hosts';
import { registerMoveSettings } from './move-settings';
import { Rooms } from './rooms';
import { attendance } from './run';
import { registerSettingsEditor } from './settings-editor';
import { Sidebar } from './sidebar';
import { registerTerminalProfile } from './terminal-profile';
import { registerVerbs } from './verbs';

/** Opens the sidebar. Nothing is connected before somebody looks at it or uses a command. */
export function openMachines(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel('Machines', { log: true });
  const rooms = new Rooms(context.globalState, (message) => output.warn(inertLine(message)));
  const sidebar = new Sidebar(rooms);
  context.subscriptions.push(
    output, rooms, sidebar, attendance, registerDocuments(), registerSettingsEditor(), registerMoveSettings(), registerTerminalProfile(rooms), ...registerVerbs(rooms, sidebar), ...registerHosts(rooms));
}
