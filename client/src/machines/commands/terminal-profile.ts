import * as vscode from 'vscode';
import { applies, commands, type Elevation } from '../../host';
import { messageOf, showError } from '../../ui/notifications';
import type { Hosts } from '../hosts';
import { pickMachines } from '../prompts/pick-machines';
import { terminalFor } from '../terminal';
import { titleFor } from './machine-command';
import { openShell, shellMemory } from './machine-commands';

/** "Shell in Machine…" in the list of terminals. */
export function registerTerminalProfile(hosts: Hosts): vscode.Disposable {
  return vscode.window.registerTerminalProfileProvider('nspawn.shell', {
    // What goes wrong is said here: VS Code would show it as it is.
    provideTerminalProfile: () =>
      profile(hosts).catch((error: unknown) => {
        showError(`${openShell.title}: ${messageOf(error)}`);
        return undefined;
      }),
  });
}

async function profile(hosts: Hosts): Promise<vscode.TerminalProfile | undefined> {
  const session = await hosts.pick(openShell.title);
  const machines = await session?.candidates();
  const [name] =
    machines === undefined
      ? []
      : await pickMachines(machines, {
          fits: (m) => applies(commands.shell, m),
          title: openShell.title,
          ask: 'Machine to open a shell in',
          none: openShell.none,
          many: false,
        });
  if (session === undefined || name === undefined) return undefined;
  const { user, program: inside } = shellMemory(session, name);
  const argv = commands.shell.argv([name], { user, ...(inside === undefined ? {} : { program: [inside] }) });
  const elevation = vscode.workspace.getConfiguration('nspawn').get<Elevation>('elevation', 'auto');
  const { options } = await terminalFor({
    title: session.titled(titleFor(openShell.title, [name])),
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
