import * as vscode from 'vscode';
import { inertLine } from '../ui/text';
import { registerCommands } from './commands';
import { registerHostCommands } from './commands/host-commands';
import { registerMoveSettings } from './commands/move-settings';
import { registerSettingsEditor } from './commands/settings-editor';
import { registerTerminalProfile } from './commands/terminal-profile';
import { Hosts } from './hosts';
import { terminalRunner } from './terminal';
import { Sidebar } from './views/sidebar';
import { registerVirtualDocuments } from './views/virtual-documents';

/** Opens the sidebar. Nothing is connected before it is visible or a command is used. */
export function activateMachines(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel('Machines', { log: true });
  const hosts = new Hosts(context.globalState, (message) => output.warn(inertLine(message)));
  const sidebar = new Sidebar(hosts);
  context.subscriptions.push(
    output,
    hosts,
    sidebar,
    terminalRunner,
    registerVirtualDocuments(),
    registerSettingsEditor(),
    registerMoveSettings(),
    registerTerminalProfile(hosts),
    ...registerCommands(hosts, sidebar),
    ...registerHostCommands(hosts),
  );
}
