import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { running, terminal, up } from './systemd';
import { runsIn, until } from './until';

describe('in VS Code, the machines', () => {
  it('start and power off by command, several in one call', async () => {
    const rows = [{ name: 'db' }, { name: 'db2' }];
    await vscode.commands.executeCommand('nspawn.start', rows[0], rows);
    await until('both to run', () => running().length === 2);
    await vscode.commands.executeCommand('nspawn.powerOff', rows[0], rows);
    await until('both to be gone', () => running().length === 0);
  });

  it('open a shell in a terminal that machinectl itself has, as the only child of its process', async () => {
    await vscode.commands.executeCommand('nspawn.start', { name: 'web' });
    await up('web');
    const done = vscode.commands.executeCommand('nspawn.openShell', { name: 'web' });
    const shell = await until('a terminal', () => terminal('Open Shell web'));
    await runsIn(shell, /^(\S*\/)?machinectl .*shell .*root@web/);
    shell.dispose();
    await done;
    await vscode.commands.executeCommand('nspawn.powerOff', { name: 'web' });
    await until('web to be gone', () => running().length === 0);
  });

  it('say what is wrong instead of running something else', async () => {
    for (const name of ['--help', '-M', 'a b', '$(touch x)', '../x', 'nobody']) {
      const before = vscode.window.terminals.length;
      await vscode.commands.executeCommand('nspawn.start', { name });
      assert.equal(vscode.window.terminals.length, before, name);
    }
  });
});
