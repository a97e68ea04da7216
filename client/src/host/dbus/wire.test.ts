import assert from 'node:assert/strict';
import { encode } from '../testing/bus-server';
import { readBody, Turn, WireError } from './wire';

const start = Buffer.from([0x6c, 2, 0, 1, ...Array<number>(12).fill(0)]);

/** The values, and how often others would have had their turn. */
function read(signature: string, body: Buffer): { readonly values: unknown[]; readonly turns: number } {
  const turn = new Turn(),
    work = readBody(start, signature, body, turn);
  for (let turns = 0; ; turns++) {
    const step = work.next();
    if (step.done === true) return { values: step.value, turns };
    turn.begin();
  }
}

const array = (bytes: Buffer, padding = 0): Buffer => {
  const length = Buffer.alloc(4 + padding);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
};

describe('The body of a message', () => {
  it('is read in slices, and twice as much in twice as many', () => {
    const bodies: Record<string, (n: number) => Buffer> = {
      ab: (n) => array(Buffer.alloc(4 * n)),
      'a(yy)': (n) => array(Buffer.alloc(8 * n - 6), 4),
      aay: (n) => array(Buffer.alloc(4 * n)),
      av: (n) => array(Buffer.from('\x01y\0!'.repeat(n))),
      'a{yu}': (n) => array(Buffer.alloc(8 * n), 4),
      'a{ss}': (n) =>
        array(
          Buffer.concat(
            Array.from({ length: n }, (_, i) => {
              const entry = encode('{ss}', [[`key${i}`, 'x']]);
              return i === n - 1 ? entry : Buffer.concat([entry, Buffer.alloc((8 - (entry.length % 8)) % 8)]);
            }),
          ),
          4,
        ),
    };
    for (const [signature, body] of Object.entries(bodies)) {
      const once = read(signature, body(50_000)),
        twice = read(signature, body(100_000));
      assert.ok(once.turns >= 12, `${signature}: ${once.turns}`);
      assert.ok(Math.abs(twice.turns - 2 * once.turns) <= 2, `${signature}: ${once.turns} and ${twice.turns}`);
      assert.equal(Object.keys(twice.values[0] as object).length, 100_000, signature);
    }
  });

  it('may be as deep as D-Bus allows, and no deeper', () => {
    const nested = (depth: number): Buffer => Buffer.from(`${'\x01v\0'.repeat(depth - 1)}\x01y\0!`, 'latin1');
    assert.deepEqual(read('v', nested(64)).values, [0x21]);
    assert.throws(() => read('v', nested(65)), WireError);
  });

  it('gives a dictionary nothing but its own keys', () => {
    const {
      values: [found],
    } = read(
      'a{sv}',
      encode('a{sv}', [
        [
          ['__proto__', ['a{sv}', [['polluted', ['b', true]]]]],
          ['constructor', ['s', 'x']],
        ],
      ]),
    );
    assert.deepEqual(Object.keys(found as object), ['__proto__', 'constructor']);
    assert.equal(Object.getPrototypeOf(found), Object.prototype);
    assert.equal((found as { polluted?: unknown }).polluted, undefined);
  });

  it('may have the other byte order', () => {
    const big = Buffer.from([0x42, 2, 0, 1, ...Array<number>(12).fill(0)]);
    const body = Buffer.from([0, 0, 0, 1, 0, 0, 0, 2, 0x68, 0x69, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
    assert.deepEqual(readBody(big, 'ust', body, new Turn()).next().value, [1, 'hi', 9n]);
  });
});
