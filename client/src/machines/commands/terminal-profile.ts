import * as vscode from 'vscode';
import { type Elevation, applies, commands } from '../../host';
import { complain, messageOf } from '../../ui/notifications';
import { choose } from '../prompts/pick-machines';
import { shellMemory } from './machine-commands';
import type { Rooms } from '../hosts';
import { terminalFor } from '../terminal';

/** "Shell in machine…" in the list of terminals. */
export function registerTerminalProfile(rooms: Rooms): vscode.Disposable {
  return vscode.window.registerTerminalProfileProvider('nspawn.shell', {
    // What goes wrong is said here: VS Code would show it as it is.
    provideTerminalProfile: () => profile(rooms).catch((error: unknown) => {
      complain(`Shell in a machine: ${messageOf(error)}`);
      return undefined;
    }),
  });
}

async function profile(rooms: Rooms): Promise<vscode.TerminalProfile | undefined> {
  const room = await rooms.pick('Shell in a machine');
  const machines = await room?.candidates();
  const [name] = machines === undefined ? [] : await choose(machines, {
    fits: (m) => applies(commands.shell, m), ask: 'Machine to open a shell in', many: false,
    none: 'There is no machine to open a shell in: start one first.',
  });
  if (room === undefined || name === undefined) return undefined;
  const { user, program: inside } = shellMemory(room, name);
  const argv = commands.shell.argv([name], { user, ...(inside === undefined ? {} : { program: [inside] }) });
  const elevation = vscode.workspace.getConfiguration('nspawn').get<Elevation>('elevation', 'auto');
  const { options } = await terminalFor({
    title: room.titled(`Shell ${name}`), argv: room.place.argv(commands.shell, argv, elevation), icon: 'terminal', stays: false,
  });
  // VS Code brings to the front what is the last terminal before this one has come.
  const opened = vscode.window.onDidOpenTerminal((terminal) => {
    if (terminal.creationOptions !== options) return;
    opened.dispose();
    terminal.show();
  });
  return new vscode.TerminalProfile(options);
}
