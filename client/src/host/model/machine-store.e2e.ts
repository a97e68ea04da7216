/**
 * The host library against a real systemd, as root or as a user whom polkit lets act. Needs the images `web` (with a
 * bus inside), `db` (tiny), and one of each other type that is called like it; none of them running. The last tests restart the bus: run this in a way that
 * outlives it, not as a child of `systemd-run --wait`.
 */
import assert from 'node:assert/strict';
import { readlinkSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { applies, type CommandSpec, commands } from '../commands';
import { run, until } from '../testing/real';
import { localMachineStore, MachineStore } from './machine-store';
import type { Change, HostState, MachineState } from './types';

interface Listed {
  readonly name: string;
  readonly type: string;
  readonly ro: boolean;
  /** Null where that is not known. */
  readonly usage: number | null;
}

const folder = '/var/lib/machines';

/** Names that an image can have, and whether machinectl starts a machine of that name. */
const names = {
  'a-b.c': true,
  '1st': true,
  'A--z': true,
  'a b': false,
  ünï: false,
  '-x': false,
  'x@y': false,
  '$(id)': false,
};

describe('The host library on real systemd', function () {
  this.timeout(60_000);
  let host: MachineStore;
  let changes: Change[] = [];
  let states: HostState[] = [];
  const log: string[] = [];

  const machine = (name: string) => host.snapshot.machines.get(name);
  const reaches = (name: string, state: MachineState) => until(() => machine(name)?.state === state);
  /** The names of the machines whose rows have changed in any way. */
  const touched = () => {
    const all = changes.flatMap(({ machines: { added, changed, removed } }) => [...added, ...changed, ...removed]);
    return [...new Set(all)].sort();
  };
  const reasons = () => states.map((state) => (state.kind === 'unavailable' ? state.reason : state.kind));
  /** Starts it and waits until all is known of it. */
  const startFully = async (name: string) => {
    await run(commands.start.argv([name], undefined));
    await until(() => machine(name)?.state === 'running' && machine(name)?.os !== undefined);
  };
  /** Asks again and again: what has just been started does not listen yet, and forgets that it was asked. */
  const poweroff = async (...some: string[]) => {
    const left = () => some.filter((name) => machine(name)?.state !== 'stopped');
    while (left().length > 0) {
      await run(commands.poweroff.argv(left(), undefined)).catch(() => undefined);
      for (let i = 0; i < 100 && left().length > 0; i++) await pause(5);
    }
  };

  before('connect', async () => {
    assert.equal(process.env['RIG'], '1', 'this starts and stops machines: only where RIG=1 says that it may');
    host = localMachineStore((line) => log.push(line));
    host.onDidChange((change) => changes.push(change));
    host.onDidChangeState((state) => states.push(state));
    host.start();
    await until(() => host.state.kind === 'ready');
  });

  beforeEach(() => {
    changes = [];
    states = [];
  });

  afterEach('all is well', () => {
    assert.deepEqual(log.splice(0), []);
  });

  after('disconnect', () => host.dispose());

  it('lists the images that machinectl lists', async () => {
    const listed = JSON.parse(await run(['machinectl', 'list-images', '--all', '-o', 'json'])) as Listed[];
    const rows = [...host.snapshot.images.values()].map(({ name, type, readOnly, usage }) => [name, type, readOnly, usage]);
    const theirs = listed.filter(({ name }) => name !== '.host').map(({ name, type, ro, usage }) => [name, type, ro, usage ?? undefined]);
    assert.deepEqual(rows.sort(), theirs.sort());
    assert.ok(applies(commands.start, machine('db')!) && applies(commands.start, machine('web')!));
  });

  it('sees one machine start and stop, and touches its row alone', async () => {
    await startFully('db');
    assert.deepEqual(touched(), ['db']);
    const { leader, unit, rootDirectory, class: kind, service, since = 0 } = machine('db')!;
    const property = (name: string) => run(['machinectl', 'show', 'db', '--value', '-p', name]);
    assert.equal(String(leader), await property('Leader'));
    assert.equal(unit, await property('Unit'));
    assert.equal(rootDirectory, await property('RootDirectory'));
    assert.deepEqual([kind, service], [await property('Class'), await property('Service')]);
    assert.ok(Math.abs(Date.now() - since) < 3_600_000, 'in milliseconds');
    assert.ok(applies(commands.poweroff, machine('db')!));

    await poweroff('db');
    assert.deepEqual(touched(), ['db']);
    assert.equal(machine('db')?.leader, undefined);
    assert.equal(host.state.kind, 'ready');
  });

  it('learns what runs inside and where it is reached', async () => {
    await startFully('web');
    assert.equal(machine('web')?.os?.id, 'debian');
    // It gets a link-local address as soon as its end of the cable is up; nobody tells when.
    for (;;) {
      await host.refresh('web');
      if (machine('web')!.addresses.length > 0) break;
      await pause(50);
    }
    const json = await run(['machinectl', 'list', '-o', 'json']);
    const rows = JSON.parse(json) as { machine: string; addresses: string }[];
    const listed = rows.find((row) => row.machine === 'web')?.addresses.split('\n') ?? [];
    for (const { address } of machine('web')!.addresses) {
      assert.ok(
        listed.some((one) => one.startsWith(address)),
        `${address} in ${listed.join(' ')}`,
      );
    }
  });

  it('opens a shell', async () => {
    // A bus inside comes a little after the machine.
    const argv = commands.shell.argv(['web'], { program: ['/bin/echo', '-n', 'two  words', '$HOME'] });
    for (;;) {
      const said = await run(argv).catch(() => '');
      if (said.includes('two  words $HOME')) break;
      await pause(50);
    }
    await poweroff('web');
  });

  it('tells why a machine failed, and starts it again', async () => {
    await startFully('db');
    await run(['machinectl', 'kill', '--kill-whom=leader', '--signal=KILL', 'db']);
    await reaches('db', 'failed');
    assert.equal(machine('db')?.failure, 'exit-code');
    assert.deepEqual(touched(), ['db']);
    assert.ok(applies(commands.start, machine('db')!));
    await startFully('db');
    assert.equal(machine('db')?.failure, undefined);
    await poweroff('db');
  });

  for (const [name, startable] of Object.entries(names)) {
    it(`knows a machine called ${JSON.stringify(name)}`, async () => {
      await run(['machinectl', 'clone', '--', 'db', name]);
      await host.refreshImages();
      assert.equal(machine(name)?.state, 'stopped');
      assert.equal((await host.resolveImage(name))?.path, `/var/lib/machines/${name}`);
      assert.equal(applies(commands.start, machine(name)!), startable);
      if (startable) {
        await startFully(name);
        await poweroff(name);
      } else {
        assert.throws(() => commands.start.argv([name], undefined), /cannot be the name/);
        await assert.rejects(run(['machinectl', 'start', '--', name]), /Invalid machine name/);
      }
      assert.deepEqual(touched(), [name]);
      await until(() => machine(name)?.state === 'stopped');
      await run(['machinectl', 'remove', '--', name]);
      await host.refreshImages();
      assert.equal(machine(name), undefined);
    });
  }

  describe('with images of every type', () => {
    let systemd: number, device: string, types: Readonly<Record<string, string>>;
    /** Whether it goes well. */
    const does = <O>(command: CommandSpec<O>, name: string, options: O): Promise<boolean> =>
      run(command.argv([name], options, systemd)).then(
        () => true,
        () => false,
      );
    const path = async (name: string) => (await host.resolveImage(name))?.path ?? '';

    before(async () => {
      systemd = Number(/^systemd (\d+)/.exec(await run(['systemctl', '--version']))?.[1]);
      device = readlinkSync(`${folder}/block`);
      await run(['mknod', `${folder}/node`, 'b', '7', device.replace('/dev/loop', '')]);
      types = { db: 'directory', raw: 'raw', block: 'block', node: 'block', ...(systemd >= 260 ? { mstack: 'mstack' } : {}) };
      await host.refreshImages();
    });

    it('has what machinectl has of them', async () => {
      for (const [name, type] of Object.entries(types)) {
        const { path, limit, usage, readOnly, type: ours } = (await host.resolveImage(name)) ?? {};
        const shown = await run(['machinectl', 'show-image', '--property=Path', '--property=Type', '--property=ReadOnly', name]);
        assert.deepEqual(shown.split('\n').sort(), [`Path=${path}`, `ReadOnly=${readOnly === true ? 'yes' : 'no'}`, `Type=${ours}`], name);
        assert.equal(ours, type);
        if (type === 'block') assert.deepEqual([usage, limit], [1 << 25, 1 << 25]);
        if (type === 'mstack') assert.deepEqual([usage, limit, path], [undefined, undefined, `${folder}/mstack.mstack`]);
      }
    });

    it('offers what systemd does to them, and nothing else', async () => {
      const target = '/run/exported';
      for (const name of Object.keys(types)) {
        const image = machine(name)!;
        const marked = await does(commands.readOnly, name, { readOnly: true });
        if (marked) assert.ok(await does(commands.readOnly, name, { readOnly: false }));
        const renamed = await does(commands.rename, name, { newName: 'other' });
        if (renamed) assert.ok(await does(commands.rename, 'other', { newName: name }));
        const done = {
          clone: await does(commands.clone, name, { newName: 'copy' }),
          exportTar: await does(commands.exportTar, name, { target }),
          exportRaw: await does(commands.exportRaw, name, { target }),
        };
        if (done.clone) assert.ok(await does(commands.remove, 'copy', undefined));
        const offered = (command: Parameters<typeof applies>[0]) => applies(command, image);
        assert.deepEqual(
          { ...done, renamed, marked },
          {
            clone: offered(commands.clone),
            exportTar: offered(commands.exportTar),
            exportRaw: offered(commands.exportRaw),
            // The only one that a list does not tell: the verb asks for the path.
            renamed: offered(commands.rename) && !(await path(name)).startsWith('/dev/'),
            marked: offered(commands.readOnly),
          },
          `${name}, ${types[name]}`,
        );
      }
      rmSync(target, { force: true });
    });

    it('deletes them, but a device below /dev, which is an image for ever', async () => {
      assert.equal(await path('block'), systemd >= 262 ? device : `${folder}/block`);
      for (const name of Object.keys(types).filter((one) => one !== 'db')) {
        const stays = (await path(name)).startsWith('/dev/');
        assert.ok(await does(commands.remove, name, undefined));
        await host.refreshImages();
        assert.equal(machine(name) !== undefined, stays, name);
      }
    });
  });

  it('starts and stops several in one call', async () => {
    await run(commands.start.argv(['db', 'web'], undefined));
    await Promise.all([reaches('db', 'running'), reaches('web', 'running')]);
    await poweroff('db', 'web');
    assert.deepEqual(touched(), ['db', 'web']);
  });

  it('loses nothing when machined is killed, and goes on', async () => {
    await startFully('db');
    changes = [];
    const before = machine('db');
    const pid = () => run(['systemctl', 'show', '--value', '-p', 'MainPID', 'systemd-machined.service']);
    const killed = await pid();
    await run(['systemctl', 'kill', '--signal=KILL', 'systemd-machined.service']);
    // Nobody but us asks for it.
    while (['0', killed].includes(await pid())) await pause(10);
    await host.refresh('db');
    assert.deepEqual(machine('db'), before);
    assert.deepEqual(touched(), []);
    await startFully('web');
    await poweroff('web');
    assert.equal(host.state.kind, 'ready');
  });

  it('leaves machined in peace when it has nothing to do', async () => {
    await poweroff('db');
    await run(['systemctl', 'stop', 'systemd-machined.service']);
    // Something that comes after it in the same stream of signals.
    await run(['systemctl', 'start', 'systemd-nspawn@no-such-machine.service']).catch(() => undefined);
    await reaches('no-such-machine', 'failed');
    await run(['systemctl', 'reset-failed', 'systemd-nspawn@no-such-machine.service']);
    await until(() => machine('no-such-machine') === undefined);
    const state = await run(['systemctl', 'show', '--value', '-p', 'ActiveState', 'systemd-machined.service']);
    assert.equal(state, 'inactive');
    assert.equal(host.state.kind, 'ready');
  });

  it('sees machined masked, and unmasked', async () => {
    await run(['systemctl', 'mask', '--runtime', '--now', 'systemd-machined.service']);
    host.tryAgain();
    await until(() => host.state.kind === 'unavailable');
    assert.deepEqual(reasons(), ['masked']);
    assert.match(host.state.kind === 'unavailable' ? host.state.detail : '', /unmask --runtime systemd-machined\.service$/);
    assert.ok(machine('db'), 'the last rows stay');
    await run(['systemctl', 'unmask', '--runtime', 'systemd-machined.service']);
    await until(() => host.state.kind === 'ready');
  });

  it('keeps its rows when the bus is restarted, and comes back by itself', async () => {
    await startFully('db');
    changes = [];
    await run(['systemctl', 'restart', 'dbus.service']).catch(() => undefined);
    await until(() => states.length >= 2 && host.state.kind === 'ready');
    assert.deepEqual([...new Set(reasons())], ['lost', 'ready']);
    assert.deepEqual(touched(), []);
    await poweroff('db');
    assert.deepEqual(touched(), ['db']);
  });

  it('sees the bus killed, and what happened while it was away', async () => {
    await startFully('db');
    const pid = await run(['systemctl', 'show', '--value', '-p', 'MainPID', 'dbus.service']);
    // A user's systemctl talks over the bus that it kills.
    await run(['systemctl', 'kill', '--signal=KILL', 'dbus.service']).catch(() => undefined);
    await until(() => states.some(({ kind }) => kind === 'unavailable') && host.state.kind === 'ready');
    assert.notEqual(await run(['systemctl', 'show', '--value', '-p', 'MainPID', 'dbus.service']), pid);
    await reaches('db', 'running');
    await poweroff('db');
  });
});
