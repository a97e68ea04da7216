import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mock } from 'node:test';
import { BusError } from '../dbus/bus';
import { TestHost, until } from '../testing/test-host';

describe('A host', () => {
  let scene: TestHost;

  beforeEach(() => (scene = new TestHost()));
  afterEach(() => scene.end());

  describe('whose machined comes and goes', () => {
    it('is listed once when machined returns', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.asleep = true;
      scene.system.ownerChanged('machine1', '');
      await until(() => scene.system.calls.includes('ListMachines'));
      await scene.quiet();
      assert.equal(scene.system.calls.filter((member) => member === 'ListMachines').length, 1);
      assert.deepEqual(scene.changes, []);
      assert.deepEqual(scene.states, []);
    });

    it('is listed once when the first question starts machined', async () => {
      scene.system.asleep = true;
      scene.system.run('web');
      scene.begin();
      await until(() => scene.host.state.kind === 'ready');
      await scene.quiet();
      assert.equal(scene.system.calls.filter((member) => member === 'ListMachines').length, 1);
    });

    it('is left in peace when machined ends for want of work', async () => {
      scene.system.images.set('idle', { type: 'directory' });
      await scene.ready();
      scene.system.ownerChanged('machine1', '');
      await scene.quiet();
      assert.deepEqual(scene.system.calls, []);
      assert.equal(scene.host.state.kind, 'ready');
    });

    it('learns what happened meanwhile', async () => {
      scene.system.run('web');
      scene.system.run('gone');
      await scene.ready();
      for (const map of [scene.system.machines, scene.system.units, scene.system.images]) map.delete('gone');
      scene.system.run('new');
      scene.system.ownerChanged('machine1', ':1.11');
      await until(() => scene.host.snapshot.machines.has('new'));
      assert.deepEqual(scene.changes[0], {
        machines: { added: ['new'], changed: [], removed: ['gone'] },
        images: { added: ['new'], changed: [], removed: ['gone'] },
      });
    });

    it('subscribes again when systemd returns', async () => {
      await scene.ready();
      scene.system.ownerChanged('systemd1', '');
      await scene.quiet();
      assert.deepEqual(scene.system.calls, []);
      scene.system.ownerChanged('systemd1', ':1.12');
      await until(() => scene.system.calls.includes('Subscribe'));
    });

    it('does not disturb a machined that has lost the bus, until systemd has ended it', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.adrift = true;
      scene.system.hangUp();
      await until(() => scene.system.calls.includes('NameHasOwner'));
      await scene.host.refresh('web');
      await scene.host.refreshImages();
      await scene.host.resolveImage('web');
      await scene.quiet();
      assert.equal(scene.reason(), 'lost');
      const asked = scene.system.calls.filter((member) => ['ListMachines', 'ListImages', 'GetAll'].includes(member));
      assert.deepEqual(asked, []);
      scene.system.adrift = false;
      scene.system.asleep = true;
      scene.system.propertiesChanged('systemd-machined.service');
      await until(() => scene.host.state.kind === 'ready');
      assert.deepEqual(scene.changes, []);
    });

    const absent = new BusError('remote', 'The name is not activatable', 'org.freedesktop.DBus.Error.ServiceUnknown');

    it('becomes ready when machined gets installed', async () => {
      scene.system.failures.set('machine1', absent);
      scene.begin();
      await until(() => scene.reason() === 'no-machined');
      assert.match(scene.host.state.kind === 'unavailable' ? scene.host.state.detail : '', /not activatable/);
      scene.system.failures.clear();
      scene.system.daemonSays('ActivatableServicesChanged');
      await until(() => scene.host.state.kind === 'ready');
      assert.equal(scene.system.connections, 1);
    });

    it('becomes ready when machined gets unmasked, and when somebody says so', async () => {
      for (const tell of [() => scene.system.systemdSays('UnitFilesChanged'), () => scene.host.tryAgain()]) {
        // How systemd 262 speaks of a masked unit that is asked for by its other name: its file's state is what tells.
        const masked = new BusError('remote', 'It failed to load properly', 'org.freedesktop.systemd1.BadUnitSetting');
        scene.system.failures.set('machine1', masked);
        scene.system.machinedFile = 'masked';
        scene.begin();
        await until(() => scene.reason() === 'masked');
        assert.match(
          scene.host.state.kind === 'unavailable' ? scene.host.state.detail : '',
          /sudo systemctl unmask systemd-machined\.service$/,
        );
        scene.system.machinedFile = 'static';
        scene.system.failures.clear();
        tell();
        await until(() => scene.host.state.kind === 'ready');
        scene.host.dispose();
      }
    });

    it('stops asking when machined stays away', async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      scene.system.failures.set('machine1', absent);
      scene.begin();
      for (let seconds = 0; seconds < 100; seconds++) {
        await scene.quiet();
        mock.timers.tick(1_000);
      }
      assert.equal(scene.system.calls.filter((member) => member === 'ListMachines').length, 7);
    });

    it('says when it is denied', async () => {
      const denied = new BusError('remote', 'No', 'org.freedesktop.DBus.Error.AccessDenied');
      scene.system.failures.set('ListMachines', denied);
      scene.begin();
      await until(() => scene.reason() === 'denied');
    });

    it('keeps its rows when machined cannot be started again', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.failures.set('machine1', absent);
      scene.system.ownerChanged('machine1', '');
      await until(() => scene.reason() === 'no-machined');
      assert.equal(scene.state('web'), 'running');
      scene.system.failures.clear();
      scene.system.ownerChanged('machine1', ':1.13');
      await until(() => scene.host.state.kind === 'ready');
      await scene.quiet();
      assert.deepEqual(scene.changes, []);
    });
  });

  describe('whose bus comes and goes', () => {
    it('keeps the rows, says so, and comes back by itself', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.hangUp();
      await until(() => scene.reason() === 'lost');
      assert.equal(scene.state('web'), 'running');
      await until(() => scene.host.state.kind === 'ready');
      await scene.quiet();
      assert.deepEqual(
        scene.states.map(({ kind }) => kind),
        ['unavailable', 'ready'],
      );
      assert.deepEqual(scene.changes, []);
      assert.equal(scene.system.connections, 2);
      scene.system.machines.set('scope', 5);
      scene.system.machinedSays('MachineNew', 'scope');
      await until(() => scene.host.snapshot.machines.has('scope'));
    });

    it('waits while nobody looks', async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      await scene.ready();
      scene.host.setActive(false);
      scene.system.unreachable = new BusError('closed', 'Not now');
      scene.system.hangUp();
      await until(() => scene.reason() === 'lost');
      await scene.quiet();
      mock.timers.tick(100_000);
      await scene.quiet();
      assert.equal(scene.system.connections, 1);
      scene.system.unreachable = undefined;
      scene.host.setActive(true);
      await until(() => scene.host.state.kind === 'ready');
      assert.equal(scene.system.connections, 2);
    });

    for (const silent of [[], ['Subscribe'], ['ListMachines']]) {
      it(`tries ever more slowly when the bus hangs up each time ${silent[0] ?? 'all is well'}`, async () => {
        mock.timers.enable({ apis: ['setTimeout'] });
        for (const member of silent) scene.system.silent.add(member);
        scene.begin();
        for (const wait of [25, 50, 100, 200, 400, 500, 500, 500]) {
          await scene.quiet();
          const { connections } = scene.system;
          scene.system.hangUp();
          await scene.quiet();
          mock.timers.tick(wait - 1);
          await scene.quiet();
          assert.equal(scene.system.connections, connections);
          mock.timers.tick(1);
          await scene.quiet();
          assert.equal(scene.system.connections, connections + 1);
        }
      });
    }

    it('comes up when the socket appears, whatever is missing above it', async () => {
      const socket = path.join(scene.folder, 'run/dbus/socket');
      scene.system.unreachable = new BusError('absent', 'No bus listens: ENOENT');
      mock.timers.enable({ apis: ['setTimeout'] }); // so that nothing but the watch can wake it
      scene.begin({ socket });
      await until(() => scene.reason() === 'no-bus');
      for (const part of [path.dirname(path.dirname(socket)), path.dirname(socket)]) {
        await scene.quiet();
        const { connections } = scene.system;
        mkdirSync(part);
        await until(() => scene.system.connections > connections);
      }
      await scene.quiet();
      scene.system.unreachable = undefined;
      writeFileSync(socket, '');
      await until(() => scene.host.state.kind === 'ready');
    });

    it('gives up a bus that does not answer, and takes another', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.silent.add('ListUnitsByPatterns');
      const refreshed = scene.host.refresh('web');
      await until(() => scene.system.calls.includes('ListUnitsByPatterns'));
      scene.system.silent.clear();
      scene.system.hangUp(new BusError('timeout', 'No answer'));
      await refreshed;
      await until(() => scene.states.some(({ kind }) => kind === 'unavailable') && scene.host.state.kind === 'ready');
      assert.equal(scene.system.connections, 2);
    });

    it('closes a connection on which a question is not answered in time', async () => {
      scene.system.run('web');
      await scene.ready();
      scene.system.failures.set('ListUnitsByPatterns', new BusError('timeout', 'No answer'));
      await scene.host.refresh('web');
      scene.system.failures.clear();
      await until(() => scene.host.state.kind === 'ready' && scene.system.connections === 2);
      assert.deepEqual(
        scene.states.map(({ kind }) => kind),
        ['unavailable', 'ready'],
      );
    });

    for (const [kind, expected] of [
      ['absent', 'no-bus'],
      ['denied', 'denied'],
      ['closed', 'lost'],
      ['timeout', 'lost'],
      ['garbled', 'lost'],
    ] as const) {
      it(`says "${expected}" when connecting fails as ${kind}`, async () => {
        scene.system.unreachable = new BusError(kind, 'The reason');
        scene.begin();
        await until(() => scene.reason() === expected);
        assert.deepEqual(scene.host.state, { kind: 'unavailable', reason: expected, detail: 'The reason' });
        scene.system.unreachable = undefined;
        await until(() => scene.host.state.kind === 'ready');
      });
    }
  });
});
