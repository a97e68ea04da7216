import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as vscode from 'vscode';
import { until } from './until';

const host = 'remote.example',
  room = `ssh-user:${host}`;

/** Over there, as the user that ssh logs in as. */
const there = (command: string): string => execFileSync('ssh', ['-o', 'BatchMode=yes', host, command], { encoding: 'utf8' });
const images = (): string[] =>
  (JSON.parse(there('machinectl --user list-images -o json')) as { name: string }[]).map(({ name }) => name).sort();
const unit = (question: string): string => there(`systemctl --user ${question} systemd-nspawn@mine.service || true`).trim();

/** A verb as a row of that host calls it. @returns the exit statuses */
const does = async (verb: string, name: string, options?: object): Promise<readonly (number | undefined)[]> => {
  const row = { name, hostId: room };
  return vscode.commands.executeCommand(`nspawn.${verb}`, row, [row], {
    ...(options ? { options } : {}),
    confirmed: () => true,
    hostId: room,
  });
};
const shown = (part: string): vscode.TextDocument | undefined => vscode.workspace.textDocuments.find((d) => d.uri.path.includes(part));
const bridges = (): string[] =>
  spawnSync('pgrep', ['-af', 'ssh .*systemd-stdio-bridge'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line !== '');

/** The other computer has systemd 259 or newer; this one may have an older one. */
describe("in VS Code, the machines of one's own on another computer", () => {
  before(async () => {
    there('mkdir -p .local/state/machines/mine/usr && truncate --size=1M .local/state/machines/disk.raw');
    await vscode.commands.executeCommand('nspawn.addHost', host);
    await until('both buses to be connected', async () => {
      // As a user of the view does: the second appears when the first has reported that there is one.
      for (const id of [`ssh:${host}`, room])
        await vscode.commands.executeCommand('nspawn.reconnect', { name: host, heading: true, hostId: id });
      return bridges().length === 2;
    });
  });
  after(async () => {
    await vscode.commands.executeCommand('nspawn.removeHost', host);
    await until('both connections to end', () => bridges().length === 0);
  });
  afterEach(async () => {
    for (const t of vscode.window.terminals) t.dispose();
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('are reached by a bridge to the bus of the user', () => {
    assert.deepEqual(
      bridges()
        .map((line) => / -- remote\.example (.*)$/.exec(line)?.[1])
        .sort(),
      ['systemd-stdio-bridge', 'systemd-stdio-bridge --user'],
    );
  });

  it('clone, rename and remove images of any name', async () => {
    const name = '-rf ü $(touch x); `id`',
      newName = "'; reboot; '";
    await until('it to be cloned', async () => (await does('clone', 'disk', { newName: name })).at(0) === 0);
    assert.deepEqual(images(), [name, 'disk', 'mine'].sort());
    assert.deepEqual(await does('rename', name, { newName }), [0]);
    assert.deepEqual(images(), [newName, 'disk', 'mine'].sort());
    assert.deepEqual(await does('remove', newName), [0]);
    assert.deepEqual(images(), ['disk', 'mine']);
  });

  it('start, fail for want of a kernel, and tell why', async () => {
    assert.notEqual((await does('start', 'mine')).at(0), 0);
    assert.equal(unit('is-failed'), 'failed');
    const text = await until('the reason', async () => {
      await vscode.commands.executeCommand('nspawn.whyFailed', { name: 'mine', hostId: room });
      return shown('Why mine failed')?.getText();
    });
    assert.match(text, /^mine failed: exit-code.*systemd-nspawn@mine\.service/);
    assert.deepEqual(await does('resetFailed', 'mine'), [0]);
    assert.equal(unit('is-active'), 'inactive');
  });

  it('start with the systemd of the user', async () => {
    assert.deepEqual(await does('enable', 'mine'), [0]);
    assert.equal(unit('is-enabled'), 'enabled');
    assert.deepEqual(await does('disable', 'mine'), [0]);
    assert.equal(unit('is-enabled'), 'disabled');
  });

  it('are seen when others register them, and ended', async () => {
    there('systemd-run --user --quiet --collect --unit=stand-in sleep infinity');
    there(
      'busctl --user call org.freedesktop.machine1 /org/freedesktop/machine1 org.freedesktop.machine1.Manager RegisterMachine sayssus ' +
        'stand-in 0 test container "$(systemctl --user show --property=MainPID --value stand-in.service)" /',
    );
    await until('it to be ended', async () => (await does('terminate', 'stand-in')).at(0) === 0);
    await until('it to be gone', () => !/stand-in/.test(there('machinectl --user list')));
  });

  it('show what is known of them, and their settings', async () => {
    await vscode.commands.executeCommand('nspawn.properties', { name: 'mine', hostId: room });
    assert.match(shown('mine.properties')?.getText() ?? '', /^# mine: stopped[^]*\nPath=\S*\/\.local\/state\/machines\/mine\n/);
    there('mkdir -p .config/systemd/nspawn && echo "# my own" >.config/systemd/nspawn/mine.nspawn');
    await vscode.commands.executeCommand('nspawn.settingsFile', { name: 'mine', hostId: room });
    assert.match(shown('mine.nspawn')?.getText() ?? '', /^# my own/);
  });
});
