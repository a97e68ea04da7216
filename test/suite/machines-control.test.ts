import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { ask, asRoot, attempt, does, running, succeeds, tidy } from './systemd';
import { until } from './until';

const registry = 'systemd/machine/io.systemd.Machine';
const fakeVm = path.join(process.env.SUITE_ROOT ?? '', 'test/support/fake-vm.mjs');

/**
 * Starts test/support/fake-vm.mjs in place of a virtual machine and registers it as systemd-vmspawn does.
 * @param by runs a program as its owner @param scope options for the programs of the owner's systemd @param folder where the owner's sockets are
 * @returns what its control socket was asked
 */
async function standsIn(
  name: string,
  by: (...argv: [string, ...string[]]) => string,
  scope: readonly string[],
  folder: string,
): Promise<() => string[]> {
  const socket = `${folder}/${name}.control`,
    asked = `${folder}/${name}.asked`;
  by('systemd-run', ...scope, '--quiet', '--collect', `--unit=${name}`, '--service-type=exec', process.execPath, fakeVm, socket, asked);
  await until(
    'its socket',
    () => attempt('test', '-S', socket, '-a', '-e', asked) === '' && attempt('stat', '--format=%a', socket) === '644',
  );
  const leader = Number(ask('systemctl', ...scope, 'show', '--property=MainPID', '--value', `${name}.service`));
  by(
    'varlinkctl',
    'call',
    '--quiet',
    `${folder}/${registry}`,
    'io.systemd.Machine.Register',
    JSON.stringify({ name, service: 'systemd-vmspawn', class: 'vm', leader, controlAddress: socket }),
  );
  return () =>
    readFileSync(asked, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace('io.systemd.MachineInstance.', ''));
}

/** For systemd 261 and newer, where virtual machines have control sockets. What answers there is a fake, and machined is real. */
describe('in VS Code, a virtual machine with a control socket', () => {
  afterEach(tidy);

  /** A verb, repeated until our model knows the machine: without that it is not sent. */
  const done = (verb: string, name: string) => until(`${verb} to have run`, async () => (await does(verb, name)).at(0));

  it('is paused and resumed through it, with the rights of its owner, root', async () => {
    const asked = await standsIn('vm', asRoot, [], '/run');
    const { argv, status } = await done('pause', 'vm');
    assert.deepEqual([argv[0], argv.slice(-3), status], ['sudo', ['pause', '--', 'vm'], 0]);
    assert.deepEqual(asked(), ['Pause']);
    // machined does not report that it is paused, so that our row does not either; its control socket does, to its owner.
    assert.equal(ask('machinectl', 'show', '--property=State', '--value', 'vm').trim(), 'running');
    assert.match(asRoot('varlinkctl', 'call', '/run/vm.control', 'io.systemd.MachineInstance.Describe', '{}'), /"running" ?: ?false/);
    assert.deepEqual((await succeeds('resume', 'vm')).slice(-3), ['resume', '--', 'vm']);
    assert.deepEqual(asked(), ['Pause', 'Describe', 'Resume']);
  });

  it('is told the rest through it too, together with others', async () => {
    const asked = await standsIn('vm2', asRoot, [], '/run');
    assert.equal((await done('reboot', 'vm2')).status, 0);
    assert.equal((await succeeds('powerOff', ['vm', 'vm2']))[0], 'sudo');
    assert.deepEqual(asked(), ['Reboot', 'PowerOff']);
    await until('both to be gone', () => running().length === 0);
  });

  it('is paused by its user in the scope of the user, and nobody else is asked', async () => {
    const runtime = process.env.XDG_RUNTIME_DIR ?? '';
    const asked = await standsIn('mine', ask, ['--user'], runtime);
    assert.match(ask('machinectl', '--user', 'list'), /^mine +vm /m);
    await vscode.commands.executeCommand('nspawn.refresh'); // looks whether the user has machines
    const row = { name: 'mine', hostId: 'user' };
    await until('it to be paused', async () => {
      const statuses = await vscode.commands.executeCommand<readonly number[]>('nspawn.pause', row, [row], { confirmed: () => true });
      return statuses.at(0) === 0;
    });
    assert.deepEqual(asked(), ['Pause']);
    await vscode.commands.executeCommand('nspawn.terminate', row, [row], { confirmed: () => true });
    assert.deepEqual(asked(), ['Pause', 'Terminate']);
  });

  it('is told from one without, and from a container', async () => {
    asRoot('systemd-run', '--quiet', '--collect', '--unit=bare', 'sleep', 'infinity');
    const leader = ask('systemctl', 'show', '--property=MainPID', '--value', 'bare.service').trim();
    asRoot(
      'busctl',
      'call',
      'org.freedesktop.machine1',
      '/org/freedesktop/machine1',
      'org.freedesktop.machine1.Manager',
      'RegisterMachine',
      'sayssus',
      'bare',
      '0',
      'test',
      'vm',
      leader,
      '',
    );
    assert.notEqual((await done('pause', 'bare')).status, 0);
    await succeeds('start', 'db');
    await until('it to run', () => running().includes('db'));
    assert.deepEqual(await does('pause', 'db'), []);
    // Without a socket polkit decides, and systemd ends it.
    assert.deepEqual((await succeeds('terminate', ['db', 'bare']))[0], 'machinectl');
    await until('both to be gone', () => running().length === 0);
  });
});
