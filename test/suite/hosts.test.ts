import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as vscode from 'vscode';
import { runsIn, until } from './until';

const host = 'remote.example',
  room = `ssh:${host}`;

/** Over there, through the same ssh that a user would type; what is run is our own. */
const there = (command: string): string => execFileSync('ssh', ['-o', 'BatchMode=yes', host, command], { encoding: 'utf8' });
const names = (command: string): string[] =>
  (JSON.parse(there(command)) as { machine?: string; name?: string }[])
    .map((one) => one.machine ?? one.name ?? '')
    .filter((name) => name !== '.host')
    .sort();
const running = (): string[] => names('machinectl list -o json');
const images = (): string[] => names('machinectl list-images -o json');
const here = (): string[] =>
  (JSON.parse(execFileSync('machinectl', ['list', '-o', 'json'], { encoding: 'utf8' })) as { machine: string }[]).map((m) => m.machine);

const does = async (verb: string, name: string | readonly string[], options?: object): Promise<void> => {
  const rows = [name].flat().map((one) => ({ name: one, hostId: room }));
  await vscode.commands.executeCommand(`nspawn.${verb}`, rows[0], rows, {
    ...(options ? { options } : {}),
    confirmed: () => true,
    hostId: room,
  });
};
const terminal = (part: string): vscode.Terminal | undefined => vscode.window.terminals.find((t) => t.name.includes(part));
const shown = (part: string): vscode.TextDocument | undefined => vscode.workspace.textDocuments.find((d) => d.uri.path.includes(part));

describe('in VS Code, the machines of another computer', () => {
  before(async () => {
    await vscode.commands.executeCommand('nspawn.addHost', host);
    assert.deepEqual(vscode.workspace.getConfiguration('nspawn').get('hosts'), [host]);
  });
  after(async () => {
    await vscode.commands.executeCommand('nspawn.removeHost', host);
    assert.deepEqual(vscode.workspace.getConfiguration('nspawn').get('hosts'), []);
    await until('the connection to end', () => spawnSync('pgrep', ['-f', 'ssh .*systemd-stdio-bridge']).status === 1);
  });
  afterEach(async () => {
    for (const t of vscode.window.terminals) t.dispose();
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('start and power off there, not here', async () => {
    await does('start', ['afar', 'web']);
    await until('both to run', () => running().length === 2);
    assert.ok(!here().includes('afar'));
    await does('terminate', ['afar']);
    await until('one to be gone', () => running().join() === 'web');
  });

  it('open a shell in a terminal that ssh itself has, and whose name says where', async () => {
    await until('web to be up', () =>
      /running|degraded/.test(there('systemd-run --quiet --collect --wait --pipe -- systemctl -M web is-system-running || true')),
    );
    const done = does('openShell', 'web', { user: 'root', program: ['/bin/sh'] });
    const shell = await until('a terminal', () => terminal(`Open Shell web (${host})`));
    await runsIn(shell, /^(\S*\/)?ssh .* -- remote\.example machinectl shell -- root@web \/bin\/sh/);
    shell.dispose();
    await done;
    await does('terminate', 'web');
    await until('web to be gone', () => running().length === 0);
  });

  for (const name of ['-rf', 'ü $(touch x); `id`', "'; reboot; '", 'a\\b!c "d"', '~', '--help']) {
    it(`clone, rename and remove an image called ${name}`, async () => {
      await does('clone', 'afar', { newName: name });
      assert.ok(images().includes(name));
      await does('rename', name, { newName: `${name}2` });
      assert.ok(images().includes(`${name}2`) && !images().includes(name));
      await does('remove', `${name}2`);
      assert.deepEqual(images(), ['afar', 'web']);
    });
  }

  it('export and import images there', async () => {
    await does('exportTar', 'afar', { target: "/tmp/it's $HOME.tar.gz" });
    await does('importTar', [], { source: "/tmp/it's $HOME.tar.gz", name: 'imported' });
    assert.ok(images().includes('imported'));
    await does('remove', 'imported');
    there('rm -f /tmp/*.tar.gz');
  });

  it('show what is known of them there', async () => {
    await vscode.commands.executeCommand('nspawn.properties', { name: 'afar', hostId: room });
    assert.match(shown('afar.properties')?.getText() ?? '', /^# afar: stopped[^]*\nName=afar\n/);
    await vscode.commands.executeCommand('nspawn.settingsFile', { name: 'web', hostId: room });
    assert.match(shown('web.nspawn')?.getText() ?? '', /^# on the remote host/m);
  });

  it('survive the end of the connection', async () => {
    const before = await until('our connection', () =>
      execFileSync('pgrep', ['-f', 'ssh .*systemd-stdio-bridge'], { encoding: 'utf8' }).trim(),
    );
    there('pkill -x systemd-stdio-b; true');
    await vscode.commands.executeCommand('nspawn.reconnect', { name: host, heading: true, hostId: room });
    await until('another connection', () => {
      const now = spawnSync('pgrep', ['-f', 'ssh .*systemd-stdio-bridge'], { encoding: 'utf8' }).stdout.trim();
      return now !== '' && now !== before;
    });
    // Until it is ready again, a command reports that it is not.
    await until('it to run', async () => {
      await does('start', 'afar');
      return running().includes('afar');
    });
    await does('terminate', 'afar');
    await until('it to be gone', () => running().length === 0);
  });

  it('are shown as they are after the connection was cut in the middle of a clone', async () => {
    const going = does('clone', 'web', { newName: 'cut' });
    await until('its beginning', () => images().includes('cut'));
    // Our sessions on that host, including the running query.
    spawnSync('ssh', ['-o', 'BatchMode=yes', host, 'pkill -KILL -u "$USER" -x sshd']);
    await going;
    await vscode.commands.executeCommand('nspawn.reconnect', { name: host, heading: true, hostId: room });
    await until('it to be known, and deleted', async () => {
      await does('remove', 'cut');
      return !images().includes('cut');
    });
    assert.deepEqual(images(), ['afar', 'web']);
  });

  it('cannot be at a host that is none', async () => {
    for (const wrong of ['-oProxyCommand=touch /tmp/hacked', 'a b', '$(id)', ''])
      await vscode.commands.executeCommand('nspawn.addHost', wrong);
    assert.deepEqual(vscode.workspace.getConfiguration('nspawn').get('hosts'), [host]);
    await vscode.workspace
      .getConfiguration('nspawn')
      .update('hosts', [host, '-oProxyCommand=touch /tmp/hacked'], vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('nspawn.refresh');
    await vscode.workspace.getConfiguration('nspawn').update('hosts', [host], vscode.ConfigurationTarget.Global);
    assert.equal(spawnSync('test', ['-e', '/tmp/hacked']).status, 1);
  });
});
