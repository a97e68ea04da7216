import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { BusError } from './dbus/bus';
import { TestHost, until } from './testing/test-host';

describe('A host at another computer', () => {
  let scene: TestHost;
  beforeEach(() => (scene = new TestHost()));
  afterEach(() => scene.end());

  it('does not depend on what this computer is', async () => {
    scene.begin({ distant: true, platform: 'darwin' });
    await until(() => scene.host.state.kind === 'ready');
  });

  it('is tried ever more slowly, once a minute at last, and at once when somebody says so', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    scene.system.unreachable = new BusError('absent', 'far cannot be reached');
    scene.begin({ distant: true });
    const tries: number[] = [];
    for (let second = 0; second < 400; second++) {
      await scene.quiet();
      tries[second] = scene.system.connections;
      mock.timers.tick(1_000);
    }
    // After 0.5 s, 1 s, 2 s ... 32 s, and from then on every minute.
    assert.deepEqual([tries[5], tries[70], tries[390]], [4, 8, 13]);
    scene.system.unreachable = undefined;
    scene.host.tryAgain();
    await until(() => scene.host.state.kind === 'ready');
  });

  it('that denies is asked again only when somebody says so', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    scene.system.unreachable = new BusError('denied', 'far lets nobody in without a question');
    scene.begin({ distant: true });
    await until(() => scene.reason() === 'denied');
    for (let minute = 0; minute < 60; minute++) {
      mock.timers.tick(60_000);
      await scene.quiet();
    }
    assert.equal(scene.system.connections, 1);
    scene.system.unreachable = undefined;
    scene.host.tryAgain();
    await until(() => scene.host.state.kind === 'ready');
  });

  it('keeps its rows while it is away', async () => {
    scene.system.run('web');
    await scene.ready({ distant: true });
    scene.system.unreachable = new BusError('absent', 'far cannot be reached');
    scene.system.hangUp();
    await until(() => scene.reason() === 'lost');
    assert.equal(scene.state('web'), 'running');
    scene.system.unreachable = undefined;
    scene.host.tryAgain();
    await until(() => scene.host.state.kind === 'ready');
    assert.deepEqual(scene.changes, []);
  });
});
