import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { encode, errorReply, FakeBusServer, message, politely, type Received, reply, signal } from '../testing/bus-server';
import { type Bus, BusError, type BusErrorKind, type Method, type Signal } from './bus';
import { busAtSocket, socketOfAddress, systemBusSocket } from './connect';
import { openBus } from './dbus-native';

const limits = { handshake: 25_000, call: 25_000 };
const hasty = { handshake: 60, call: 60 };
const ask: Method = { destination: 'a.b', path: '/a', interface: 'a.b', member: 'Ask', returns: 's' };

function failsAs(kind: BusErrorKind, text = /./) {
  return (error: unknown) => {
    assert.ok(error instanceof BusError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, text);
    return true;
  };
}

describe('A D-Bus connection', () => {
  const servers: FakeBusServer[] = [];
  const buses: Bus[] = [];

  afterEach(async () => {
    for (const bus of buses.splice(0)) bus.close();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function serve(what: (client: Socket) => void): Promise<FakeBusServer> {
    const server = await new FakeBusServer(what).listen();
    servers.push(server);
    return server;
  }

  async function connected(answer: (message: Received, client: Socket) => void, how = limits): Promise<Bus> {
    const server = await serve(politely(answer));
    const bus = await busAtSocket(server.socket, how);
    buses.push(bus);
    return bus;
  }

  describe('that cannot be made', () => {
    it('fails when there is no socket', async () => {
      await assert.rejects(busAtSocket('/nonexistent/folder/bus', limits), failsAs('absent', /ENOENT/));
      await assert.rejects(busAtSocket(undefined, limits), failsAs('absent', /DBUS_SYSTEM_BUS_ADDRESS/));
    });

    it('fails when nobody listens', async () => {
      const server = await serve(() => undefined);
      const file = path.join(server.folder, 'stale');
      writeFileSync(file, '');
      await assert.rejects(busAtSocket(file, limits), failsAs('absent', /ECONNREFUSED/));
    });

    it('fails when the socket may not be used', async () => {
      const refused = Object.assign(new Error('connect EACCES /run/dbus'), { code: 'EACCES' });
      const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done(refused) });
      await assert.rejects(openBus(stream, limits), failsAs('denied', /EACCES/));
      assert.ok(stream.destroyed);
    });

    it('fails when the bus does not accept the user', async () => {
      const server = await serve((client) => client.once('data', () => client.write('REJECTED KERBEROS\r\n')));
      await assert.rejects(busAtSocket(server.socket, limits), failsAs('denied', /REJECTED/));
    });

    it('fails when the other end hangs up at once', async () => {
      const server = await serve((client) => client.destroy());
      await assert.rejects(busAtSocket(server.socket, limits), failsAs('closed'));
      const half = await serve((client) => client.end());
      await assert.rejects(busAtSocket(half.socket, limits), failsAs('closed'));
    });

    it('fails in time when nobody speaks', async () => {
      const server = await serve(() => undefined);
      await assert.rejects(busAtSocket(server.socket, hasty), failsAs('timeout'));
    });

    it('fails in time when Hello stays without an answer', async () => {
      const server = await serve((client) => client.once('data', () => client.write('OK 1234\r\n')));
      await assert.rejects(busAtSocket(server.socket, hasty), failsAs('timeout'));
    });

    it('fails when the greeting never ends', async () => {
      const server = await serve((client) => {
        const more = () => {
          while (!client.destroyed && client.write('x'.repeat(1_000)));
        };
        client.on('drain', more);
        more();
      });
      await assert.rejects(busAtSocket(server.socket, limits), failsAs('garbled', /did not finish the handshake/));
    });

    it('fails when Hello is refused or answered with something else', async () => {
      for (const [answer, kind] of [
        [errorReply(1, 'org.freedesktop.DBus.Error.LimitsExceeded', 'Too many'), 'remote'],
        [reply(1, 'u', 5), 'garbled'],
        [Buffer.from('garbage that is no message'), 'garbled'],
      ] as const) {
        const server = await serve((client) => {
          client.once('data', () => client.write('OK 1234\r\n', () => client.once('data', () => client.write(answer))));
        });
        await assert.rejects(busAtSocket(server.socket, limits), failsAs(kind));
      }
    });
  });

  describe('that was made', () => {
    it('carries calls, whole or byte by byte', async () => {
      const bus = await connected((asked, client) => {
        for (const byte of reply(asked.serial, 's', 'grüß dich')) client.write(Buffer.from([byte]));
      });
      assert.deepEqual(await bus.call(ask), ['grüß dich']);
      assert.deepEqual(await Promise.all([bus.call(ask), bus.call(ask)]), [['grüß dich'], ['grüß dich']]);
    });

    it('reads the shapes that systemd answers with', async () => {
      const bus = await connected((asked, client) =>
        client.write(
          reply(
            asked.serial,
            'a(stay)a{sv}b',
            [['n', 2n ** 64n - 1n, [1, 255]]],
            [
              ['Leader', ['u', 7]],
              ['When', ['t', 5n]],
            ],
            true,
          ),
        ),
      );
      assert.deepEqual(await bus.call({ ...ask, returns: 'a(stay)a{sv}b' }), [
        [['n', 2n ** 64n - 1n, Buffer.from([1, 255])]],
        { Leader: 7, When: 5n },
        true,
      ]);
    });

    it('tells errors of the service by name', async () => {
      const bus = await connected((asked, client) => client.write(errorReply(asked.serial, 'a.b.NoSuch', 'No such thing')));
      await assert.rejects(
        bus.call(ask),
        (error: unknown) => failsAs('remote', /No such thing/)(error) && (error as BusError).errorName === 'a.b.NoSuch',
      );
    });

    it('refuses an answer of another shape and goes on', async () => {
      let answers = 0;
      const bus = await connected((asked, client) =>
        client.write(answers++ === 0 ? reply(asked.serial, 'u', 5) : reply(asked.serial, 's', 'fine')),
      );
      await assert.rejects(bus.call(ask), failsAs('garbled', /"u" instead of "s"/));
      assert.deepEqual(await bus.call(ask), ['fine']);
    });

    it('does not read what it did not ask for, whatever that may be', async () => {
      const never: readonly (readonly [signature: string, body: Buffer])[] = [
        ['v', Buffer.alloc(1 << 20, 255)],
        ['as', Buffer.from([255, 255, 255, 255])],
        ['', Buffer.alloc(1 << 20)],
        ['a{sv}', Buffer.alloc(15 << 20, 1)],
      ];
      const bus = await connected((asked, client) => {
        const [signature = 's', body = encode('s', ['fine'])] = never[asked.serial - 2] ?? [];
        client.write(
          Buffer.concat([
            // A call to us, an answer to nobody, and a signal that nobody wants: all of them lie.
            message(1, { path: '/a', interface: 'a.b', member: 'Do', signature: 'as' }, Buffer.alloc(9, 255)),
            message(2, { replySerial: 4711, signature: 'as' }, Buffer.alloc(9, 255)),
            message(4, { path: '/a', interface: 'a.c', member: 'Told', signature: 'as' }, Buffer.alloc(9, 255)),
            message(2, { replySerial: asked.serial, ...(signature === '' ? {} : { signature }) }, body),
          ]),
        );
      });
      for (const [signature] of never)
        await assert.rejects(bus.call(ask), failsAs('garbled', new RegExp(`answered "${signature.replace('{', '\\{')}" instead`)));
      assert.deepEqual(await bus.call(ask), ['fine']);
    });

    it('gives up a call after its time, and ignores the answer when it comes late or to nobody', async () => {
      const late: (() => void)[] = [];
      const bus = await connected((asked, client) => {
        if (late.length === 0) late.push(() => client.write(reply(asked.serial, 's', 'late')));
        else client.write(Buffer.concat([reply(4711, 's', 'whose?'), reply(asked.serial, 's', 'in time')]));
      });
      await assert.rejects(bus.call(ask, [], 20), failsAs('timeout', /a\.b Ask/));
      late[0]?.();
      assert.deepEqual(await bus.call(ask), ['in time']);
    });

    it('rejects arguments that cannot be sent, and goes on', async () => {
      const bus = await connected((asked, client) => client.write(reply(asked.serial, 's', 'fine')));
      await assert.rejects(bus.call({ ...ask, takes: 's' }, [5]), failsAs('garbled'));
      await assert.rejects(bus.call({ ...ask, path: 'no path' }), failsAs('garbled'));
      await assert.rejects(bus.call({ ...ask, takes: 'ss' }, ['one']), failsAs('garbled'));
      assert.deepEqual(await bus.call(ask), ['fine']);
    });

    it('fails the calls under way when it ends, and says so once', async () => {
      const bus = await connected((_asked, client) => client.destroy());
      await assert.rejects(bus.call(ask), failsAs('closed'));
      assert.equal((await bus.closed).kind, 'closed');
      await assert.rejects(bus.call(ask), failsAs('closed'));
      bus.close();
    });

    it('ends when asked to', async () => {
      const server = await serve(politely(() => undefined));
      const bus = await busAtSocket(server.socket, limits);
      const call = bus.call(ask);
      bus.close(new BusError('timeout', 'Too slow for me'));
      await assert.rejects(call, failsAs('timeout', /Too slow/));
      assert.equal((await bus.closed).message, 'Too slow for me');
      while (server.clients.size > 0) await new Promise(setImmediate);
    });

    const bomb = (signature: string, body: Buffer) => (asked: Received, client: Socket) => {
      client.write(message(2, { replySerial: asked.serial, signature }, body));
    };
    const huge = message(2, { replySerial: 2 });
    huge.writeUInt32LE(0x7fff_fff0, 4);
    const eightBytes = Buffer.from([8, 0, 0, 0, ...Array<number>(12).fill(0)]);
    const inVariant = Buffer.concat([Buffer.from([3, 97, 40, 41, 0, 0, 0, 0]), eightBytes]);
    const deep = Buffer.concat([...Array<Buffer>(500_000).fill(Buffer.from('\x01v\0')), Buffer.from('\x01y\0!')]);
    const tooDeep = (depth: number): string => 'a'.repeat(depth) + 'y';
    /** By what is sent: whether it is the shape that was asked for, which alone is read, or no signature at all. */
    const hostile: Record<string, ((asked: Received, client: Socket) => void) | readonly [signature: string, body: Buffer]> = {
      noise: (_asked, client) => client.write(Buffer.from('this is not D-Bus at all')),
      'a message of 2 GB': (_asked, client) => client.write(huge),
      'a half message': (_asked, client) => client.end(huge.subarray(0, 9)),
      'an array of empty structures': bomb('a()', eightBytes),
      'an array of nested empty structures': bomb('a(())', eightBytes),
      'an array of a reserved type': bomb('ar', eightBytes),
      'an array of empty dictionary entries': bomb('a{}', eightBytes),
      'a dictionary whose keys are lists': bomb('a{ass}', eightBytes),
      'arrays in arrays': bomb(tooDeep(33), eightBytes),
      'a header of 100 kB': (asked, client) => client.write(message(2, { replySerial: asked.serial, path: `/${'x'.repeat(100_000)}` })),
      'a path that is none': (asked, client) => client.write(message(2, { replySerial: asked.serial, path: '/a//b' })),
      'the same inside a variant': ['v', inVariant],
      'variants in variants': ['v', deep],
      'a text that is longer than the message': ['s', Buffer.from([255, 255, 255, 0, 65, 0])],
      'a text with an end in its middle': ['s', Buffer.from([3, 0, 0, 0, 65, 0, 65, 0])],
      'a text that is not UTF-8': ['s', Buffer.from([2, 0, 0, 0, 0xc3, 0x28, 0])],
      'an object path that is none': ['o', encode('s', ['/a/../b'])],
      'an array that is longer than the message': ['as', Buffer.from([0, 1, 0, 0])],
      'an array that ends in the middle of an element': ['au', Buffer.from([3, 0, 0, 0, 1, 0, 0, 0])],
      'a body that is longer than its signature': ['u', Buffer.alloc(1 << 20)],
      'a boolean that is none': ['b', Buffer.from([2, 0, 0, 0])],
      'a signature without a body': ['s', Buffer.alloc(0)],
      'an unclosed signature': bomb('(s', encode('s', ['x'])),
      'file descriptors': (asked, client) => {
        const bytes = message(2, { replySerial: asked.serial });
        client.write(Buffer.concat([bytes.subarray(0, 12), Buffer.from([8, 0, 0, 0, 9, 1, 117, 0, 2, 0, 0, 0])]));
      },
    };
    for (const [what, send] of Object.entries(hostile)) {
      it(`ends at once when it is sent ${what}`, async () => {
        const [returns, body] = typeof send === 'function' ? ['s'] : send;
        const bus = await connected(typeof send === 'function' ? send : bomb(returns, body ?? Buffer.alloc(0)));
        await assert.rejects(bus.call({ ...ask, returns }), failsAs('garbled'));
        assert.equal((await bus.closed).kind, 'garbled');
      });
    }

    it('survives any bytes', async () => {
      const good = Buffer.concat([
        reply(2, 's', 'fine'),
        signal('a.b', '/a', 'a.b', 'Told', 'sa{sv}as', 'x', [['k', ['s', 'v']]], ['y']),
        reply(3, 'a(ss)', [['a', 'b']]),
      ]);
      const oneByte = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
      const spoilt = fc.array(oneByte, { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), spoilt), async (how) => {
          const bytes = how instanceof Uint8Array ? how : Uint8Array.from(good);
          if (!(how instanceof Uint8Array)) for (const [at, value] of how) bytes[at] = value;
          const server = await serve(politely((_asked, client) => client.end(bytes)));
          const bus = await busAtSocket(server.socket, limits);
          await bus.onSignal({ sender: 'a.b', interface: 'a.b' }, () => undefined);
          await bus.call(ask).catch(failsAsAny);
          await bus.closed;
          await server.close();
          servers.pop();
        }),
        { numRuns: 150 },
      );
    });

    it('takes a large answer', async () => {
      const rows = Array.from({ length: 5_000 }, (_, i) => [`machine-${i}`, 'x'.repeat(100)]);
      const bus = await connected((asked, client) => client.write(reply(asked.serial, 'a(ss)', rows)));
      const [answer] = await bus.call({ ...ask, returns: 'a(ss)' });
      assert.equal((answer as unknown[]).length, 5_000);
    });
  });

  describe('with signals', () => {
    const daemon = 'org.freedesktop.DBus';

    async function heard(bytes: Buffer, match: Parameters<Bus['onSignal']>[0]): Promise<Signal[]> {
      const bus = await connected((asked, client) => client.write(Buffer.concat([bytes, reply(asked.serial, 's', 'over')])));
      const signals: Signal[] = [];
      await bus.onSignal(match, (one) => signals.push(one));
      await bus.call(ask);
      return signals;
    }

    it('hands on what matches', async () => {
      const told = signal(':1.5', '/a/b', 'a.b', 'Told', 'su', 'x', 7);
      const all = [{ path: '/a/b', member: 'Told', body: ['x', 7] }];
      const sender = 'a.b';
      const from = { sender, interface: 'a.b' };
      assert.deepEqual(await heard(told, from), all);
      assert.deepEqual(await heard(told, { ...from, member: 'Told', path: '/a/b', arg0: 'x' }), all);
      assert.deepEqual(await heard(told, { ...from, pathNamespace: '/a' }), all);
      assert.deepEqual(await heard(told, { ...from, pathNamespace: '/a/b' }), all);
      for (const other of [{ member: 'Else' }, { path: '/a' }, { arg0: 'y' }, { pathNamespace: '/a/bc' }, { interface: 'a.c' }]) {
        assert.deepEqual(await heard(told, { ...from, ...other }), [], JSON.stringify(other));
      }
    });

    it('believes nobody who pretends to be the bus itself', async () => {
      const owner = (sender: string) => signal(sender, '/org/freedesktop/DBus', daemon, 'NameOwnerChanged', 'sss', 'a', '', ':1.5');
      const match = { sender: daemon, interface: daemon, member: 'NameOwnerChanged', arg0: 'a' };
      assert.equal((await heard(owner(':1.66'), match)).length, 0);
      assert.equal((await heard(owner(daemon), match)).length, 1);
    });

    it('survives a handler that throws', async () => {
      const said: unknown[] = [];
      const original = console.error;
      console.error = (...words: unknown[]) => said.push(words);
      try {
        const bus = await connected((asked, client) =>
          client.write(Buffer.concat([signal(':1.5', '/a', 'a.b', 'Told', 's', 'x'), reply(asked.serial, 's', 'fine')])),
        );
        await bus.onSignal({ sender: 'a.b', interface: 'a.b' }, () => {
          throw new Error('a bug of ours');
        });
        assert.deepEqual(await bus.call(ask), ['fine']);
        assert.match(String(said[0]), /a bug of ours/);
      } finally {
        console.error = original;
      }
    });
  });

  describe('that is flooded', () => {
    /** A bus at the other end of which a greeting and then these bytes have come at once. */
    async function flooded(bytes: (serial: number) => Buffer): Promise<Bus> {
      let asked = 0;
      const stream = new Duplex({
        read: () => undefined,
        write(chunk: Buffer, _encoding, done) {
          if (chunk.toString('latin1').startsWith('AUTH')) stream.push('OK 0123456789abcdef\r\n');
          else if (chunk.includes('Hello')) stream.push(reply(++asked, 's', ':1.7'));
          else if (chunk.includes('AddMatch')) stream.push(reply(++asked));
          else if (chunk[0] === 0x6c) stream.push(bytes(++asked));
          done();
        },
      });
      const bus = await openBus(stream, { handshake: 60_000, call: 600_000, message: 64 << 20 });
      buses.push(bus);
      return bus;
    }

    /** How often others had their turn meanwhile. */
    async function turnsDuring(work: Promise<unknown>): Promise<number> {
      let turns = 0,
        over = false;
      const count = (): void => {
        turns += 1;
        if (!over) setImmediate(count);
      };
      setImmediate(count);
      await work.finally(() => {
        over = true;
      });
      return turns;
    }

    it('hears a million signals without keeping others waiting, and in their order', async () => {
      const one = signal(':1.5', '/a/b', 'a.b', 'Told', 'u', 7),
        many = 1_000_000;
      const bus = await flooded((serial) => Buffer.concat([Buffer.alloc(one.length * many, one), reply(serial, 's', 'over')]));
      let heard = 0,
        before = 0;
      await bus.onSignal({ sender: 'a.b', interface: 'a.b', carries: { Told: 'u' } }, ({ body: [seven] }) => {
        heard += Number(seven === 7);
      });
      const turns = await turnsDuring(
        bus.call(ask).then(() => {
          before = heard;
        }),
      );
      assert.equal(before, many);
      assert.ok(turns > many / 1000, `only ${turns} turns`);
    }).timeout(600_000);

    it('reads an answer with 100,000 images in slices, and what follows it afterwards', async () => {
      const image = ['image-with-a-name', 'directory', false, 5n, 5n, 5n, '/org/freedesktop/machine1/image/image_2dwith_2da_2dn'];
      const entry = encode('(ssbttto)', [image]),
        size = Math.ceil(entry.length / 8) * 8,
        many = 100_000;
      const body = Buffer.alloc(8 + (many - 1) * size + entry.length);
      body.writeUInt32LE(body.length - 8);
      for (let at = 8; at < body.length; at += size) entry.copy(body, at);
      const bus = await flooded((serial) =>
        Buffer.concat([
          message(2, { replySerial: serial, signature: 'a(ssbttto)' }, body),
          signal(':1.5', '/a', 'a.b', 'Told', 's', 'later'),
        ]),
      );
      const order: string[] = [];
      await bus.onSignal({ sender: 'a.b', interface: 'a.b' }, () => order.push('signal'));
      const answer = bus.call({ ...ask, returns: 'a(ssbttto)' }).then(([list]) => {
        order.push('answer');
        return list as unknown[];
      });
      const turns = await turnsDuring(answer);
      assert.equal((await answer).length, many);
      assert.deepEqual((await answer).at(-1), image);
      assert.ok(turns > (many * 7) / 5000, `only ${turns} turns`);
      while (order.length < 2) await new Promise(setImmediate);
      assert.deepEqual(order, ['answer', 'signal']);
    }).timeout(600_000);

    it('passes over 16 MB that nobody asked for at no cost', async () => {
      const bus = await flooded((serial) => message(2, { replySerial: serial, signature: 'a{sv}' }, Buffer.alloc(16 << 20)));
      const turns = await turnsDuring(assert.rejects(bus.call(ask), failsAs('garbled')));
      assert.ok(turns < 20, `${turns} turns`);
    });
  });

  it('leaves no socket and no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const server = await serve(politely(() => undefined));
    const before = timers();
    const stream = createConnection({ path: server.socket });
    const bus = await openBus(stream, limits);
    const call = bus.call(ask);
    assert.ok(timers() > before);
    bus.close();
    await assert.rejects(call, failsAs('closed'));
    assert.ok(stream.destroyed);
    while (server.clients.size > 0) await new Promise(setImmediate);
    assert.equal(timers(), before);
  });
});

function failsAsAny(error: unknown): void {
  assert.ok(error instanceof BusError, String(error));
}

describe('The address of the bus', () => {
  it('is what the environment says, or the usual place', () => {
    assert.equal(systemBusSocket({}), '/run/dbus/system_bus_socket');
    assert.equal(systemBusSocket({ DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/tmp/a' }), '/tmp/a');
    assert.equal(systemBusSocket({ DBUS_SYSTEM_BUS_ADDRESS: 'tcp:host=example.org' }), undefined);
  });

  it('may be one of several, with escapes', () => {
    assert.equal(socketOfAddress('tcp:host=a;unix:guid=00,path=/run/a%20b,x=y;unix:path=/c'), '/run/a b');
    assert.equal(socketOfAddress('unix:path=/%zz;unix:path=/c'), '/c');
    assert.equal(socketOfAddress('nonsense'), undefined);
  });
});
