import * as vscode from 'vscode';
import { inertLine } from '../ui/text';
import { registerDocuments } from './views/virtual-documents';
import { registerHosts } from './commands/host-commands';
import { registerMoveSettings } from './commands/move-settings';
import { Rooms } from './hosts';
import { attendance } from './terminal';
import { registerSettingsEditor } from './commands/settings-editor';
import { Sidebar } from './views/sidebar';
import { registerTerminalProfile } from './commands/terminal-profile';
import { registerVerbs } from './commands';

/** Opens the sidebar. Nothing is connected before somebody looks at it or uses a command. */
export function openMachines(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel('Machines', { log: true });
  const rooms = new Rooms(context.globalState, (message) => output.warn(inertLine(message)));
  const sidebar = new Sidebar(rooms);
  context.subscriptions.push(
    output, rooms, sidebar, attendance, registerDocuments(), registerSettingsEditor(), registerMoveSettings(), registerTerminalProfile(rooms), ...registerVerbs(rooms, sidebar), ...registerHosts(rooms));
}
