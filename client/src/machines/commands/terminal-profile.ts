import * as vscode from 'vscode';
import { applies, commands, type Elevation } from '../../host';
import { messageOf, showError } from '../../ui/notifications';
import type { Hosts } from '../hosts';
import { pickMachines } from '../prompts/pick-machines';
import { terminalFor } from '../terminal';
import { shellMemory } from './machine-commands';

/** "Shell in machine…" in the list of terminals. */
export function registerTerminalProfile(hosts: Hosts): vscode.Disposable {
  return vscode.window.registerTerminalProfileProvider('nspawn.shell', {
    // What goes wrong is said here: VS Code would show it as it is.
    provideTerminalProfile: () =>
      profile(hosts).catch((error: unknown) => {
        showError(`Shell in a machine: ${messageOf(error)}`);
        return undefined;
      }),
  });
}

async function profile(hosts: Hosts): Promise<vscode.TerminalProfile | undefined> {
  const session = await hosts.pick('Shell in a machine');
  const machines = await session?.candidates();
  const [name] =
    machines === undefined
      ? []
      : await pickMachines(machines, {
          fits: (m) => applies(commands.shell, m),
          ask: 'Machine to open a shell in',
          many: false,
          none: 'There is no machine to open a shell in. Start one first.',
        });
  if (session === undefined || name === undefined) return undefined;
  const { user, program: inside } = shellMemory(session, name);
  const argv = commands.shell.argv([name], { user, ...(inside === undefined ? {} : { program: [inside] }) });
  const elevation = vscode.workspace.getConfiguration('nspawn').get<Elevation>('elevation', 'auto');
  const { options } = await terminalFor({
    title: session.titled(`Shell ${name}`),
    argv: session.spec.argv(commands.shell, argv, elevation),
    icon: 'terminal',
    stays: false,
  });
  // VS Code brings to the front what is the last terminal before this one has come.
  const opened = vscode.window.onDidOpenTerminal((terminal) => {
    if (terminal.creationOptions !== options) return;
    opened.dispose();
    terminal.show();
  });
  return new vscode.TerminalProfile(options);
}
