import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { type Bus, BusError, type Match, type Method, type Signal } from '../dbus/bus';
import { type Ended, patience, Transfers } from './transfers';

/** A bus whose importd has one transfer, and which says what the test wants. */
class Fake implements Bus {
  readonly handlers: { match: Match; handler: (signal: Signal) => void }[] = [];
  readonly calls: string[] = [];
  private end: (reason: BusError) => void = () => undefined;
  readonly closed = new Promise<BusError>((resolve) => {
    this.end = resolve;
  });

  constructor(
    private readonly there: boolean,
    private readonly facts: object | null = { Type: 'pull-tar', Local: 'web', Remote: 'http://x/web.tar', Progress: -1.8e308 },
  ) {}

  call(method: Method): Promise<unknown[]> {
    this.calls.push(method.member);
    switch (method.member) {
      case 'NameHasOwner':
        return Promise.resolve([this.there]);
      case 'ListTransfers':
        return Promise.resolve([[[7, 'pull-tar', 'x', 'web', -1, '/x']]]);
      case 'GetAll':
        return this.facts ? Promise.resolve([this.facts]) : Promise.reject(new BusError('remote', 'gone', 'x'));
      default:
        return Promise.reject(new BusError('remote', 'no such method'));
    }
  }

  onSignal(match: Match, handler: (signal: Signal) => void): Promise<void> {
    this.handlers.push({ match, handler });
    return Promise.resolve();
  }

  close(): void {
    this.end(new BusError('closed', 'closed'));
  }

  say(iface: string, member: string, path: string, ...body: unknown[]): void {
    for (const { match, handler } of this.handlers) if (match.interface === iface) handler({ path, member, body });
  }
}

const tick = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
const managerOf = 'org.freedesktop.import1.Manager';
const one = '/org/freedesktop/import1/transfer/_7';

describe('Transfers', () => {
  const open = async (bus: Fake) => {
    const transfers = new Transfers(() => Promise.resolve(bus));
    const ended: Ended[] = [];
    transfers.onDidEnd((e) => ended.push(e));
    transfers.start();
    await tick();
    await tick();
    return { transfers, ended };
  };

  it('do not wake importd', async () => {
    const bus = new Fake(false);
    const { transfers } = await open(bus);
    assert.deepEqual(bus.calls, ['NameHasOwner']);
    assert.equal(transfers.all.size, 0);
  });

  it('count as silent when nothing was heard of them for a minute, until something is', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const bus = new Fake(true);
      const { transfers } = await open(bus);
      mock.timers.tick(patience - 1);
      assert.deepEqual([...transfers.silent], []);
      mock.timers.tick(1);
      assert.deepEqual([...transfers.silent], [7]);
      bus.say('org.freedesktop.import1.Transfer', 'LogMessage', one, 6, 'Got 3% of it.');
      assert.deepEqual([...transfers.silent], []);
      mock.timers.tick(patience);
      bus.say(managerOf, 'TransferRemoved', '/', 7, one, 'failed');
      assert.deepEqual([...transfers.silent], []);
    } finally {
      mock.timers.reset();
    }
  });

  it('are found, followed and ended', async () => {
    const bus = new Fake(true);
    const { transfers, ended } = await open(bus);
    assert.deepEqual(transfers.all.get(7), { id: 7, type: 'pull-tar', local: 'web', remote: 'http://x/web.tar' });
    const say = (member: string, ...body: unknown[]) => bus.say('org.freedesktop.import1.Transfer', member, one, ...body);
    say('LogMessage', 6, 'Got 22% of http://x/web.tar. 3s left.');
    assert.equal(transfers.all.get(7)?.progress, 0.22);
    say('ProgressUpdate', 0.5);
    assert.equal(transfers.all.get(7)?.progress, 0.5);
    for (const wrong of [Number.NaN, -1, 'x', undefined]) say('ProgressUpdate', wrong);
    assert.equal(transfers.all.get(7)?.progress, 0.5);
    say('LogMessage', 3, 'Failed to retrieve\nsignature file.');
    bus.say(managerOf, 'TransferRemoved', '/', 7, one, 'failed');
    assert.equal(transfers.all.size, 0);
    assert.equal(ended[0]?.result, 'failed');
    assert.equal(ended[0].messages.at(-1), 'Failed to retrieve signature file.');
  });

  it('are lost with importd, and that is said of each', async () => {
    const bus = new Fake(true);
    const { transfers, ended } = await open(bus);
    bus.say('org.freedesktop.import1.Transfer', 'LogMessage', one, 6, 'Got 22% of http://x/web.tar.');
    const owner = (name: string) =>
      bus.say('org.freedesktop.DBus', 'NameOwnerChanged', '/org/freedesktop/DBus', 'org.freedesktop.import1', ':1.2', name);
    owner(':1.3');
    assert.equal(transfers.all.size, 1);
    owner('');
    assert.equal(transfers.all.size, 0);
    assert.deepEqual(
      ended.map(({ transfer, result, messages }) => [transfer.local, result, messages.length]),
      [['web', 'lost', 1]],
    );
    owner('');
    assert.equal(ended.length, 1);
  });

  it('end also when that is heard before what they are', async () => {
    const bus = new Fake(false);
    const { transfers, ended } = await open(bus);
    bus.say(managerOf, 'TransferNew', '/', 7, one);
    bus.say(managerOf, 'TransferRemoved', '/', 7, one, 'done');
    bus.say(managerOf, 'TransferNew', '/', 8, one);
    bus.say('org.freedesktop.DBus', 'NameOwnerChanged', '/org/freedesktop/DBus', 'org.freedesktop.import1', ':1.2', '');
    await tick();
    assert.equal(transfers.all.size, 0);
    assert.deepEqual(
      ended.map(({ transfer, result }) => [transfer.id, result]),
      [
        [7, 'done'],
        [8, 'lost'],
      ],
    );
    bus.say(managerOf, 'TransferNew', '/', 9, one);
    bus.close();
    await tick();
    assert.equal(transfers.all.size, 0);
  });

  it('are lost also before it is known what they are', async () => {
    const bus = new Fake(false, null);
    const { ended } = await open(bus);
    bus.say(managerOf, 'TransferNew', '/', 7, one);
    await tick();
    assert.equal(ended.length, 0);
    bus.say(managerOf, 'TransferNew', '/', 8, one);
    bus.say('org.freedesktop.DBus', 'NameOwnerChanged', '/org/freedesktop/DBus', 'org.freedesktop.import1', ':1.2', '');
    await tick();
    assert.deepEqual(
      ended.map(({ transfer, result }) => [transfer.id, transfer.type, result]),
      [[8, '', 'lost']],
    );
  });

  it('survive what a hostile service says', async () => {
    const bus = new Fake(true, { Type: 3 });
    const { transfers } = await open(bus);
    assert.equal(transfers.all.size, 0);
    bus.say(managerOf, 'TransferNew', '/', 'x');
    bus.say(managerOf, 'TransferRemoved', '/');
    bus.say('org.freedesktop.import1.Transfer', 'LogMessage', '/', 1, 2);
    await tick();
    assert.equal(transfers.all.size, 0);
  });

  it('are forgotten with the connection, and found again on the next', async () => {
    const first = new Fake(true),
      second = new Fake(true),
      buses = [first, second];
    const transfers = new Transfers(() => Promise.resolve(buses.shift() as Bus));
    transfers.start();
    await tick();
    await tick();
    assert.equal(transfers.all.size, 1);
    first.close();
    await tick();
    assert.equal(transfers.all.size, 0);
    transfers.start();
    await tick();
    await tick();
    assert.equal(transfers.all.size, 1);
    transfers.dispose();
    await second.closed;
  });
});
