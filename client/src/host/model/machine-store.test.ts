import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BusError } from '../dbus/bus';
import { FakeSystem } from '../testing/system';
import { TestHost, until } from '../testing/test-host';
import { most } from './replies';
import type { Change } from './types';
import { watchFolder } from './watch';

const nothing = { added: [], changed: [], removed: [] };

describe('A host', () => {
  let scene: TestHost;

  beforeEach(() => (scene = new TestHost()));
  afterEach(() => scene.end());

  describe('that is reachable', () => {
    it('merges what machined and systemd know', async () => {
      scene.system.run('web');
      scene.system.addresses.set('web', '10.0.0.5');
      scene.system.images.set('idle', { type: 'raw', usage: 4096n });
      scene.system.images.set('.hidden', { type: 'raw' });
      scene.system.images.set('.host', { type: 'directory' });
      scene.system.units.set('broken', { active: 'failed', result: 'exit-code' });
      scene.system.units.set('leftover', { active: 'inactive' });
      scene.system.autostart.add('idle');
      await scene.ready();
      assert.deepEqual([...scene.host.snapshot.images.keys()], ['web', 'idle', '.hidden']);
      assert.deepEqual(Object.fromEntries(scene.host.snapshot.machines), {
        web: {
          name: 'web',
          state: 'running',
          class: 'container',
          autostart: false,
          addresses: [{ family: 'ipv4', address: '10.0.0.5' }],
          os: { id: 'debian', versionId: '13', prettyName: 'Debian 13' },
          leader: 100,
          service: 'systemd-nspawn',
          unit: 'systemd-nspawn@web.service',
          rootDirectory: '/var/lib/machines/web',
          since: 100_000,
          image: { name: 'web', type: 'directory', readOnly: false, hidden: false, created: 5 },
        },
        idle: {
          name: 'idle',
          state: 'stopped',
          class: 'container',
          autostart: true,
          addresses: [],
          image: { name: 'idle', type: 'raw', readOnly: false, hidden: false, created: 5, usage: 4096 },
        },
        broken: {
          name: 'broken',
          state: 'failed',
          class: 'container',
          autostart: false,
          addresses: [],
          failure: 'exit-code',
          unit: 'systemd-nspawn@broken.service',
        },
      });
      assert.deepEqual(scene.log, []);
    });

    it('asks for everything in a few calls, and for one machine in as few as if it were alone', async () => {
      const costs: number[] = [];
      for (const [images, machines] of [
        [1, 0],
        [1000, 200],
      ] as const) {
        for (let i = 0; i < images; i++) scene.system.images.set(`image${i}`, { type: 'directory' });
        for (let i = 0; i < machines; i++) scene.system.run(`machine${i}`, i + 1);
        scene.begin();
        await until(() => scene.host.state.kind === 'ready');
        assert.ok(scene.system.calls.filter((member) => !/^(GetAll|GetMachine)/.test(member)).length <= 6, scene.system.calls.join());
        await scene.quiet();
        assert.equal(scene.system.calls.filter((member) => /^(GetAll|GetMachine)/.test(member)).length, 3 * machines);

        scene.changes.length = scene.system.calls.length = 0;
        scene.system.machines.set('image0', 7);
        scene.system.machinedSays('MachineNew', 'image0');
        scene.system.unitChanged('image0', { active: 'active' });
        await until(() => scene.state('image0') === 'running');
        await scene.quiet();
        costs.push(scene.system.calls.length);
        for (const change of scene.changes) assert.deepEqual(change, { machines: { ...nothing, changed: ['image0'] }, images: nothing });
        scene.host.dispose();
        await scene.quiet();
        scene.system = new FakeSystem();
      }
      assert.equal(costs[0], costs[1]);
      assert.ok((costs[0] ?? 0) <= 6, costs.join());
    });

    it('learns what starts with the system, and asks again when systemd has read its units anew', async () => {
      for (const name of ['web', 'db']) scene.system.images.set(name, { type: 'raw' });
      await scene.ready();
      scene.system.autostart.add('db');
      scene.system.systemdSays('Reloading', true);
      scene.system.systemdSays('Reloading', false);
      await until(() => scene.host.snapshot.machines.get('db')?.autostart === true);
      assert.deepEqual(scene.changes, [{ machines: { ...nothing, changed: ['db'] }, images: nothing }]);
      assert.deepEqual(scene.system.calls, ['Get']);
      scene.system.failures.set('Get', new BusError('remote', 'no', 'org.freedesktop.DBus.Error.AccessDenied'));
      scene.system.systemdSays('Reloading', false);
      await until(() => scene.host.snapshot.machines.get('db')?.autostart === undefined);
    });

    it('finds the settings file that counts, and hears of new ones also in folders that come later', async () => {
      const folder = (name: string) => path.join(scene.folder, name);
      const settingsFolders = [
        { path: folder('etc/nspawn'), trusted: true },
        { path: folder('images'), trusted: false },
      ];
      mkdirSync(folder('etc'));
      mkdirSync(folder('images'));
      writeFileSync(path.join(folder('images'), 'web.nspawn'), '');
      writeFileSync(path.join(folder('images'), 'nobody.nspawn'), '');
      scene.system.images.set('web', { type: 'directory' });
      await scene.ready({ settingsFolders });
      const settings = () => scene.host.snapshot.machines.get('web')?.settings;
      assert.deepEqual(settings(), { path: path.join(folder('images'), 'web.nspawn'), trusted: false });
      mkdirSync(folder('etc/nspawn'));
      writeFileSync(path.join(folder('etc/nspawn'), 'web.nspawn'), '');
      await until(() => settings()?.trusted === true);
      assert.deepEqual([...scene.host.snapshot.machines.keys()], ['web']);
      rmSync(path.join(folder('etc/nspawn'), 'web.nspawn'));
      await until(() => settings()?.trusted === false);
      rmSync(path.join(folder('images'), 'web.nspawn'));
      await until(() => settings() === undefined);
      assert.deepEqual(scene.system.calls, [], 'nobody but the disk is asked');
    });

    it('follows a machine from start to stop, and touches no other row', async () => {
      scene.system.run('other');
      scene.system.images.set('web', { type: 'directory' });
      await scene.ready();
      const other = scene.host.snapshot.machines.get('other');

      scene.system.unitChanged('web', { active: 'inactive', job: 'start' });
      await until(() => scene.state('web') === 'starting');
      scene.system.unitChanged('web', { active: 'activating' });
      scene.system.machines.set('web', 7);
      scene.system.machinedSays('MachineNew', 'web');
      await until(() => scene.host.snapshot.machines.get('web')?.leader === 7);
      assert.equal(scene.state('web'), 'starting');
      scene.system.addresses.set('web', '10.0.0.9');
      scene.system.unitChanged('web', { active: 'active' });
      await until(() => scene.host.snapshot.machines.get('web')?.addresses.length === 1);
      assert.equal(scene.state('web'), 'running');
      scene.system.unitChanged('web', { active: 'deactivating' });
      await until(() => scene.state('web') === 'stopping');
      scene.system.units.delete('web');
      scene.system.systemdSays('UnitRemoved', 'systemd-nspawn@web.service', '/x');
      await scene.quiet();
      assert.equal(scene.state('web'), 'stopping', 'still registered');
      scene.system.machines.delete('web');
      scene.system.machinedSays('MachineRemoved', 'web');
      await until(() => scene.state('web') === 'stopped');

      for (const change of scene.changes) {
        assert.deepEqual(change, { machines: { ...nothing, changed: ['web'] }, images: nothing });
      }
      assert.equal(scene.host.snapshot.machines.get('other'), other);
      assert.ok(!scene.system.calls.some((member) => member.startsWith('ListM') || member === 'ListImages'));
    });

    it('sees a machine stop from the moment that it has left machined', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.machines.delete('web');
      scene.system.machinedSays('MachineRemoved', 'web');
      await until(() => scene.state('web') === 'stopping');
      assert.equal(scene.host.snapshot.machines.get('web')?.os?.id, 'debian', 'the row keeps what it says');
      scene.system.unitChanged('web', undefined);
      await until(() => scene.state('web') === 'stopped');
      assert.equal(scene.changes.length, 2);
    });

    it('shows machines that run without an image and without our unit', async () => {
      await scene.ready();
      scene.system.scopes.add('scope');
      scene.system.machines.set('scope', 9);
      scene.system.machinedSays('MachineNew', 'scope');
      await until(() => scene.host.snapshot.machines.get('scope')?.os !== undefined);
      assert.deepEqual(scene.changes[0], { machines: { ...nothing, added: ['scope'] }, images: nothing });
      assert.equal(scene.state('scope'), 'running');
      scene.system.machines.delete('scope');
      scene.system.machinedSays('MachineRemoved', 'scope');
      await until(() => !scene.host.snapshot.machines.has('scope'));
      assert.deepEqual(scene.changes.at(-1), { machines: { ...nothing, removed: ['scope'] }, images: nothing });
    });

    it('tells why a unit failed', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.machines.delete('web');
      scene.system.machinedSays('MachineRemoved', 'web');
      scene.system.unitChanged('web', { active: 'failed', result: 'timeout' });
      await until(() => scene.state('web') === 'failed');
      assert.equal(scene.host.snapshot.machines.get('web')?.failure, 'timeout');
    });

    it('asks as much for one machine among two hundred as among one', async () => {
      const starting = async (others: number): Promise<number> => {
        scene.system = new FakeSystem();
        for (let i = 0; i < others; i++) scene.system.run(`m${i}`);
        await scene.ready();
        scene.system.run('web', 7);
        scene.system.images.clear();
        scene.system.systemdSays('UnitNew', 'systemd-nspawn@web.service', '/x');
        scene.system.machinedSays('MachineNew', 'web');
        scene.system.unitChanged('web', { active: 'active' });
        await until(() => scene.host.snapshot.machines.get('web')?.os !== undefined);
        await scene.quiet();
        scene.host.dispose();
        return scene.system.calls.length;
      };
      const alone = await starting(0);
      assert.equal(await starting(200), alone);
      assert.ok(alone <= 6, `${alone} calls`);
    });

    it('asks little when signals come in thousands', async () => {
      scene.system.run('web');
      await scene.ready();
      for (let i = 0; i < 10_000; i++) scene.system.unitChanged('web', { active: 'active' });
      await scene.quiet();
      assert.ok(scene.system.calls.length <= 4, `${scene.system.calls.length} calls`);
      assert.deepEqual(scene.changes, []);
    });

    it('misses nothing that happens while it lists', async () => {
      let arrive: () => void = () => undefined;
      scene.system.slow.set('ListImages', new Promise((resolve) => (arrive = resolve)));
      scene.begin();
      await until(() => scene.system.calls.includes('ListImages'));
      await scene.quiet();
      scene.system.run('web');
      scene.system.machinedSays('MachineNew', 'web');
      scene.system.unitChanged('web', { active: 'active' });
      await scene.quiet();
      arrive();
      await until(() => scene.state('web') === 'running' && scene.host.snapshot.machines.get('web')?.os !== undefined);
    });

    it('says nothing when nothing has changed', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.machinedSays('MachineNew', 'web');
      scene.system.unitChanged('web', { active: 'active' });
      await scene.host.refresh('web');
      await scene.host.refreshImages();
      await scene.quiet();
      assert.deepEqual(scene.changes, []);
    });

    it('takes signals as hints only', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.machinedSays('MachineRemoved', 'web');
      scene.system.machinedSays('MachineNew', 'ghost');
      scene.system.machinedSays('MachineNew', '../../etc');
      scene.system.systemdSays('UnitNew', 'systemd-nspawn@--help.service', '/x');
      for (const odd of [undefined, 5, null, {}, []]) {
        scene.system.systemdSays('JobNew', odd, odd, odd);
        scene.system.systemdSays('UnitNew', odd);
        scene.system.emit('org.freedesktop.machine1', '/', 'org.freedesktop.machine1.Manager', 'MachineNew', odd);
      }
      await scene.quiet();
      assert.deepEqual(scene.changes, []);
      assert.deepEqual(scene.log, []);
    });

    it('stays alive with more than any honest host has, keeps what it can, and says once what it left out', async () => {
      const { system } = scene,
        plainly = system.answer.bind(system),
        long = 'x'.repeat(1 << 20);
      system.run('web');
      const many = ['web', ...Array.from({ length: 100_000 }, (_, i) => `m${i}`)];
      const osRelease = { ...Object.fromEntries(many.map((key) => [key, 'x'])), PRETTY_NAME: long };
      const addresses = Array.from({ length: 5000 }, () => [2, Buffer.from([10, 0, 0, 7])]);
      system.answer = (method, body) => {
        switch (method.member) {
          case 'ListMachines':
            return [[[long, 'container', '', '/x'], ...many.map((name) => [name, 'container', long, '/x'])]];
          case 'ListImages':
            return [[[long, 'directory', false, 0n, 0n, 0n, '/x'], ...many.map((name) => [name, 'directory', false, 0n, 0n, 0n, '/x'])]];
          case 'ListUnitsByPatterns': {
            const one = plainly(method, body),
              units = one[0] as unknown[];
            return (body[1] as string[])[0] === 'systemd-machined.service'
              ? one
              : [
                  [
                    ...units,
                    ...many.slice(1).map((name) => [`systemd-nspawn@${name}.service`, '', '', 'inactive', '', '', '/x', 0, '', '/']),
                  ],
                ];
          }
          case 'GetMachineOSRelease':
            return [osRelease];
          case 'GetMachineAddresses':
            return [addresses];
          case 'GetAll':
            return /\/m\d+$/.test(method.path)
              ? [
                  {
                    Name: method.path.split('/').at(-1),
                    Leader: 5,
                    Class: 'container',
                    State: 'running',
                    Service: '',
                    Unit: '',
                    RootDirectory: '/',
                    Timestamp: 1n,
                  },
                ]
              : plainly(method, body);
          default:
            return plainly(method, body);
        }
      };
      await scene.ready();
      const { machines, images } = scene.host.snapshot,
        web = machines.get('web');
      assert.equal(images.size, most.rows - 1);
      assert.ok(machines.size <= most.rows + most.machines);
      assert.equal(web?.leader, 100);
      assert.equal(web.service, 'systemd-nspawn');
      assert.equal(web.os?.prettyName?.length, most.text);
      assert.equal(web.addresses.length, most.addresses);
      assert.equal(machines.get('m7')?.state, 'running');
      for (let i = 0; i < 100_000; i++) system.machinedSays('MachineNew', `n${i}`);
      await scene.host.refreshImages();
      await scene.quiet();
      assert.equal(scene.state('web'), 'running');
      assert.equal(new Set(scene.log).size, scene.log.length);
      for (const what of [
        /list of machines has more than/,
        /list of images has/,
        /list of units has/,
        /addresses has/,
        /More than \d+ machines changed at once/,
      ]) {
        assert.ok(
          scene.log.some((line) => what.test(line)),
          String(what),
        );
      }
    }).timeout(600_000);

    it('finds addresses that came later', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.addresses.set('web', '10.0.0.7');
      await scene.host.refresh('web');
      assert.deepEqual(scene.host.snapshot.machines.get('web')?.addresses, [{ family: 'ipv4', address: '10.0.0.7' }]);
      assert.equal(scene.changes.length, 1);
      await scene.host.refresh('no such machine');
      await scene.host.refresh('nosuch');
      assert.equal(scene.changes.length, 1);
    });

    it('knows another run of a machine from the one before', async () => {
      scene.system.run('web', 7);
      scene.system.addresses.set('web', '10.0.0.7');
      await scene.ready();
      scene.system.addresses.delete('web');
      scene.system.machines.set('web', 8);
      scene.system.machinedSays('MachineRemoved', 'web');
      scene.system.machinedSays('MachineNew', 'web');
      await until(() => scene.host.snapshot.machines.get('web')?.leader === 8);
      await scene.quiet();
      assert.deepEqual(scene.host.snapshot.machines.get('web')?.addresses, []);
    });

    it('does without details that are refused', async () => {
      const denied = new BusError('remote', 'Denied', 'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired');
      scene.system.failures.set('GetMachineOSRelease', denied);
      scene.system.failures.set('GetMachineAddresses', denied);
      scene.system.run('web');
      await scene.ready();
      assert.equal(scene.state('web'), 'running');
      assert.equal(scene.host.snapshot.machines.get('web')?.os, undefined);
      assert.deepEqual(scene.log, []);
    });

    it('logs what it does not understand, and keeps the row', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.failures.set('GetAll', new BusError('garbled', 'Nonsense'));
      await scene.host.refresh('web');
      assert.deepEqual(scene.log, ['Nonsense']);
      assert.equal(scene.state('web'), 'running');
      assert.equal(scene.host.state.kind, 'ready');
    });

    it('goes on when a listener fails', async () => {
      const original = console.error;
      const said: unknown[] = [];
      console.error = (...words: unknown[]) => said.push(words);
      try {
        scene.system.run('web');
        scene.begin();
        const buggy = scene.host.onDidChange(() => {
          throw new Error('a bug in the view');
        });
        const after: Change[] = [];
        scene.host.onDidChange((change) => after.push(change));
        await until(() => scene.host.state.kind === 'ready' && after.length > 0);
        buggy.dispose();
        assert.match(String(said[0]), /a bug in the view/);
      } finally {
        console.error = original;
      }
    });
  });

  describe('with images', () => {
    it('lists them again when asked, and tells what differs', async () => {
      scene.system.images.set('a', { type: 'directory' }).set('b', { type: 'raw', usage: 1n });
      await scene.ready();
      scene.system.images.delete('a');
      scene.system.images.set('b', { type: 'raw', usage: 2n }).set('.c', { type: 'directory' });
      await scene.host.refreshImages();
      assert.deepEqual(scene.changes, [
        {
          machines: { added: [], changed: ['b'], removed: ['a'] },
          images: { added: ['.c'], changed: ['b'], removed: ['a'] },
        },
      ]);
    });

    it('asks once for many requests', async () => {
      await scene.ready();
      await Promise.all(Array.from({ length: 50 }, () => scene.host.refreshImages()));
      assert.deepEqual(scene.system.calls, ['ListImages', 'ListImages']);
    });

    it('fetches path and limit of one, and keeps them, and draws no row for that', async () => {
      scene.system.images.set('a b', { type: 'directory' });
      await scene.ready();
      assert.equal((await scene.host.resolveImage('a b'))?.path, '/var/lib/machines/a b');
      await scene.host.refreshImages();
      const image = scene.host.snapshot.images.get('a b');
      assert.equal(image?.path, '/var/lib/machines/a b');
      assert.equal(image.limit, 1000);
      assert.equal(scene.host.snapshot.machines.get('a b')?.image, image);
      assert.deepEqual(scene.changes, []);
      scene.system.images.set('a b', { type: 'subvolume' });
      await scene.host.resolveImage('a b');
      assert.deepEqual(scene.changes, [
        {
          machines: { ...nothing, changed: ['a b'] },
          images: { ...nothing, changed: ['a b'] },
        },
      ]);
      assert.equal(await scene.host.resolveImage('none'), undefined);
    });

    it('lists them after a transfer', async () => {
      await scene.ready();
      scene.system.images.set('pulled', { type: 'subvolume' });
      scene.system.emit(
        'org.freedesktop.import1',
        '/org/freedesktop/import1',
        'org.freedesktop.import1.Manager',
        'TransferRemoved',
        1,
        '/x',
        'done',
      );
      await until(() => scene.host.snapshot.images.has('pulled'));
    });

    it('watches folders it may read, but not for locks, and only while somebody looks', async () => {
      await scene.ready({ imageFolders: [scene.folder, path.join(scene.folder, 'missing')] });
      scene.system.images.set('made', { type: 'directory' });
      mkdirSync(path.join(scene.folder, 'made'));
      await until(() => scene.host.snapshot.images.has('made'));
      scene.host.setActive(false);
      scene.system.calls.length = 0;
      scene.system.images.set('later', { type: 'directory' });
      const seen = new Set<string | undefined>();
      const watcher = watchFolder(scene.folder, (name) => seen.add(name));
      mkdirSync(path.join(scene.folder, 'later'));
      writeFileSync(path.join(scene.folder, '.#later.lck'), '');
      await until(() => seen.has('later') && seen.has('.#later.lck'));
      await scene.quiet();
      assert.deepEqual(scene.system.calls, []);
      watcher?.dispose();
      scene.host.setActive(true);
      await until(() => scene.host.snapshot.images.has('later'));
    });
  });

  it('does not try where there is no systemd', async () => {
    scene.begin({ platform: 'darwin' });
    assert.equal(scene.reason(), 'not-linux');
    await scene.quiet();
    assert.equal(scene.system.connections, 0);
    await scene.host.refresh('web');
    await scene.host.refreshImages();
    assert.equal(await scene.host.resolveImage('web'), undefined);
  });

  it('is silent after it was disposed of, at any moment', async () => {
    for (const ticks of [0, 1, 2, 3, 5, 8, 13, 21]) {
      scene.system.run('web');
      scene.begin();
      for (let i = 0; i < ticks; i++) await new Promise(setImmediate);
      scene.host.dispose();
      scene.changes.length = scene.states.length = 0;
      await scene.quiet();
      assert.equal(scene.system.open, 0, `after ${ticks} ticks`);
      const { connections } = scene.system;
      scene.system.machinedSays('MachineNew', 'web');
      scene.host.setActive(true);
      scene.host.tryAgain();
      await scene.host.refresh('web');
      await scene.host.refreshImages();
      await scene.quiet();
      assert.equal(scene.system.connections, connections);
      assert.deepEqual([scene.changes, scene.states], [[], []]);
    }
  });
});
