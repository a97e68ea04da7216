/**
 * The scope of a user on real systemd (259 and newer), as an ordinary user with a systemd of their own. Containers of
 * users need a kernel with BPF for their user namespaces, which test machines seldom have: one is started to see it
 * fail, and a registered process stands for one that runs.
 */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { applies, commands } from './commands';
import type { CommandSpec } from './commands/command-spec';
import { hasUserHost, userHost } from './host-spec';
import type { MachineStore } from './model/machine-store';
import { Transfers } from './model/transfers';
import { run, until } from './testing/real';

const images = path.join(homedir(), '.local/state/machines');

/** Runs a command of ours in the scope of this user. */
const does = <O>(command: CommandSpec<O>, names: readonly string[], options: O): Promise<string> =>
  run(userHost.argv(command, command.argv(names, options), 'auto'));

describe('The scope of a user on real systemd', function () {
  this.timeout(60_000);
  let host: MachineStore;
  const log: string[] = [];
  const machine = (name: string) => host.snapshot.machines.get(name);
  const image = (name: string) => host.snapshot.images.get(name);

  before(async () => {
    assert.equal(process.env['RIG'], '1', 'this starts and stops machines: only where RIG=1 says that it may');
    assert.notEqual(process.getuid?.(), 0);
    mkdirSync(path.join(images, 'mine/usr'), { recursive: true });
    writeFileSync(path.join(images, 'disk.raw'), '');
    truncateSync(path.join(images, 'disk.raw'), 1 << 20);
    assert.equal(await hasUserHost(), true);
    host = userHost.open((line) => log.push(line));
    host.start();
    await until(() => host.state.kind === 'ready');
  });

  after(() => {
    host.dispose();
    rmSync(images, { recursive: true, force: true });
  });

  afterEach('all is well', () => assert.deepEqual(log.splice(0), []));

  it('lists the images that machinectl --user lists', async () => {
    const listed = JSON.parse(await run(['machinectl', '--user', 'list-images', '-o', 'json'])) as { name: string }[];
    assert.deepEqual([...host.snapshot.images.keys()].sort(), listed.map(({ name }) => name).sort());
    assert.ok(image('mine') && image('disk'));
    assert.equal((await host.resolveImage('disk'))?.path, path.join(images, 'disk.raw'));
  });

  it('clones, renames and removes images of any name, and the folder is watched', async () => {
    for (const name of ['copy', '-rf', 'ü $(id)']) {
      await does(commands.clone, ['disk'], { newName: name });
      await until(() => image(name) !== undefined);
      await does(commands.rename, [name], { newName: `${name}2` });
      await until(() => image(name) === undefined && image(`${name}2`) !== undefined);
      await does(commands.remove, [`${name}2`], undefined);
      await until(() => image(`${name}2`) === undefined);
    }
  });

  it('imports, and follows the transfer', async () => {
    const transfers = new Transfers(
      () => userHost.connect(),
      (line) => log.push(line),
    );
    try {
      const ended: string[] = [];
      transfers.onDidEnd(({ transfer, result }) => ended.push(`${transfer.type} ${transfer.local} ${result}`));
      transfers.start();
      const source = path.join(images, 'disk.raw');
      // The transfers are followed from when the connection stands on.
      for (let i = 0; ended.length === 0; i++) {
        await does(commands.importRaw, [], { source, name: `in-${i}`, force: true });
        await pause(50);
      }
      assert.match(ended[0] ?? '', /^import-raw in-\d+ done$/);
    } finally {
      transfers.dispose();
    }
  });

  it('says of a machine that it failed, and why, and forgets it', async () => {
    assert.ok(applies(commands.start, machine('mine')!));
    await does(commands.start, ['mine'], undefined).catch(() => undefined);
    await until(() => machine('mine')?.state === 'failed');
    assert.equal(machine('mine')?.failure, 'exit-code');
    const journal = userHost.argv({ rights: 'anyone' }, ['journalctl', '--no-pager', '--unit=systemd-nspawn@mine.service'], 'auto');
    while (!/systemd-nspawn\[\d+\]: /.test(await run(journal))) await pause(20); // it is written down a little later
    await does(commands.resetFailed, ['mine'], undefined);
    await until(() => machine('mine')?.state === 'stopped');
  });

  it('starts machines with the systemd of the user', async () => {
    await does(commands.enable, ['mine'], undefined);
    await until(() => machine('mine')?.autostart === true);
    assert.equal(await run(['systemctl', '--user', 'is-enabled', 'systemd-nspawn@mine.service']), 'enabled');
    await does(commands.disable, ['mine'], undefined);
    await until(() => machine('mine')?.autostart === false);
  });

  it('sees what others register, and sends it a signal', async () => {
    await run(['systemd-run', '--user', '--unit=stand-in', 'sleep', '1000']);
    const leader = await run(['systemctl', '--user', 'show', '--property=MainPID', '--value', 'stand-in.service']);
    await run([
      'busctl',
      '--user',
      'call',
      'org.freedesktop.machine1',
      '/org/freedesktop/machine1',
      'org.freedesktop.machine1.Manager',
      'RegisterMachine',
      'sayssus',
      'stand-in',
      '0',
      'test',
      'container',
      leader,
      '/',
    ]);
    await until(() => machine('stand-in')?.state === 'running' && machine('stand-in')?.leader === Number(leader));
    assert.match(await does(commands.status, ['stand-in'], undefined), /^stand-in/);
    await does(commands.kill, ['stand-in'], { signal: 'SIGTERM', whom: 'leader' });
    await until(() => machine('stand-in') === undefined);
  });

  it('loses nothing when the machined of the user is killed', async () => {
    const pid = () => run(['systemctl', '--user', 'show', '--value', '--property=MainPID', 'systemd-machined.service']);
    const killed = await pid();
    await run(['systemctl', '--user', 'kill', '--signal=KILL', 'systemd-machined.service']);
    while ((await pid()) === killed) await pause(5);
    await host.refreshImages(); // starts it again
    assert.notEqual(await pid(), killed);
    assert.ok(image('mine') && image('disk'));
    assert.equal(host.state.kind, 'ready');
  });
});
