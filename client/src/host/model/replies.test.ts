import assert from 'node:assert/strict';
import { BusError } from '../dbus/bus';
import * as read from './replies';

const unknown = 2n ** 64n - 1n;

// Answers of systemd 252, 257 and 262 on a real host, as the bus hands them over.
const listMachines = [
  [
    ['raw1', 'container', 'systemd-nspawn', '/org/freedesktop/machine1/machine/raw1'],
    ['.host', 'host', '', '/org/freedesktop/machine1/machine/_2ehost'],
    ['deb1', 'container', 'systemd-nspawn', '/org/freedesktop/machine1/machine/deb1'],
  ],
];
const listImages = [
  [
    ['raw1', 'raw', false, 1795171819193632n, 1795171819205247n, 6582272n, '/org/freedesktop/machine1/image/raw1'],
    ['.host', 'directory', false, 1795171817001246n, 0n, unknown, '/org/freedesktop/machine1/image/_2ehost'],
    ['.tar-http:\\x2f\\x2f127\\x2e0', 'subvolume', true, 0n, 0n, unknown, '/org/freedesktop/machine1/image/_2etar'],
  ],
];
const machineOf252 = {
  Name: 'deb1',
  Id: Buffer.alloc(16, 7),
  Timestamp: 1795171819942960n,
  TimestampMonotonic: 3393832684n,
  Service: 'systemd-nspawn',
  Unit: 'systemd-nspawn@deb1.service',
  Leader: 268,
  Class: 'container',
  RootDirectory: '/var/lib/machines/deb1',
  NetworkInterfaces: [2],
  State: 'running',
};
const machineOf262 = {
  ...machineOf252,
  VSockCID: 4294967295,
  SSHAddress: '',
  SSHPrivateKeyPath: '',
  Subgroup: 'payload',
  LeaderPIDFDId: 359736n,
  Supervisor: 253,
  SupervisorPIDFDId: 359733n,
  UID: 0,
};
const imageProperties = {
  Name: 'raw1',
  Path: '/var/lib/machines/raw1.raw',
  Type: 'raw',
  ReadOnly: false,
  CreationTimestamp: 1795171819193632n,
  ModificationTimestamp: 1795171819205247n,
  Usage: 6582272n,
  Limit: 67108864n,
  UsageExclusive: 6582272n,
  LimitExclusive: 67108864n,
};
const listUnits = [
  [
    [
      'systemd-nspawn@tiny1.service',
      'Container tiny1',
      'loaded',
      'active',
      'running',
      '',
      '/org/freedesktop/systemd1/unit/systemd_2dnspawn_40tiny1_2eservice',
      0,
      '',
      '/',
    ],
    [
      'systemd-nspawn@a-b.c.service',
      'Container a-b.c',
      'loaded',
      'activating',
      'start',
      '',
      '/org/freedesktop/systemd1/unit/systemd_2dnspawn_40a_2db_2ec_2eservice',
      314,
      'start',
      '/org/freedesktop/systemd1/job/314',
    ],
    ['systemd-nspawn@foo\\x2dbar.service', 'Container', 'loaded', 'failed', 'failed', '', '/x', 0, '', '/'],
  ],
];

describe('The answers of the host', () => {
  it('list machines, the host not among them', () => {
    assert.deepEqual(read.readMachines(listMachines), [
      { name: 'raw1', class: 'container', service: 'systemd-nspawn' },
      { name: 'deb1', class: 'container', service: 'systemd-nspawn' },
    ]);
    assert.deepEqual(read.readMachines([[]]), []);
  });

  it('describe a machine', () => {
    const expected = {
      name: 'deb1',
      class: 'container',
      state: 'running',
      service: 'systemd-nspawn',
      unit: 'systemd-nspawn@deb1.service',
      leader: 268,
      rootDirectory: '/var/lib/machines/deb1',
      since: 1795171819942,
    };
    assert.deepEqual(read.readMachine([machineOf252]), expected);
    assert.deepEqual(read.readMachine([machineOf262]), expected);
    const bare = { ...machineOf252, Unit: '', Leader: 0, RootDirectory: '', Service: '', Timestamp: 0n };
    assert.deepEqual(read.readMachine([bare]), {
      name: 'deb1',
      class: 'container',
      state: 'running',
    });
  });

  it('list images, the host not among them', () => {
    assert.deepEqual(read.readImages(listImages), [
      {
        name: 'raw1',
        type: 'raw',
        readOnly: false,
        hidden: false,
        created: 1795171819193,
        modified: 1795171819205,
        usage: 6582272,
      },
      { name: '.tar-http:\\x2f\\x2f127\\x2e0', type: 'subvolume', readOnly: true, hidden: true },
    ]);
  });

  it('describe an image', () => {
    const expected = {
      name: 'raw1',
      type: 'raw',
      readOnly: false,
      hidden: false,
      created: 1795171819193,
      modified: 1795171819205,
      usage: 6582272,
    };
    assert.deepEqual(read.readImage([imageProperties]), {
      ...expected,
      path: '/var/lib/machines/raw1.raw',
      limit: 67108864,
    });
    const nothingKnown = { ...imageProperties, Usage: unknown, Limit: unknown, Path: '' };
    assert.deepEqual(Object.keys(read.readImage([nothingKnown]) ?? {}), Object.keys(expected).slice(0, -1));
    assert.equal(read.readImage([{ ...imageProperties, Name: '.host' }]), undefined);
  });

  it('list units, of machines only', () => {
    assert.deepEqual(read.readUnits(listUnits), [
      { machine: 'tiny1', active: 'active' },
      { machine: 'a-b.c', active: 'activating', job: 'start' },
    ]);
  });

  it('tell an operating system', () => {
    const prettyName = 'Debian GNU/Linux 13 (trixie)';
    const trixie = { PRETTY_NAME: prettyName, NAME: 'Debian GNU/Linux', VERSION_ID: '13', ID: 'debian' };
    assert.deepEqual(read.readOsRelease([trixie]), { id: 'debian', versionId: '13', prettyName });
    assert.deepEqual(read.readOsRelease([{ ID: 'debian', VERSION_ID: '' }]), { id: 'debian' });
    assert.deepEqual(read.readOsRelease([{}]), {});
  });

  it('tell addresses', () => {
    assert.deepEqual(
      read.readAddresses([
        [
          [2, Buffer.from([192, 168, 67, 167])],
          [10, Buffer.from([254, 128, 0, 0, 0, 0, 0, 0, 84, 76, 8, 255, 254, 202, 254, 183])],
          [10, [32, 1, 13, 184, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]],
          [10, Buffer.alloc(16)],
          [1, Buffer.from('/a/socket')],
        ],
      ]),
      [
        { family: 'ipv4', address: '192.168.67.167' },
        { family: 'ipv6', address: 'fe80::544c:8ff:feca:feb7' },
        { family: 'ipv6', address: '2001:db8:0:1::1' },
        { family: 'ipv6', address: '::' },
      ],
    );
  });

  it('are refused when they have another shape', () => {
    const odd: unknown[] = [undefined, null, 5, 'text', true, 5n, [5], [[]], [[1]], [['a']], [[['a']]], {}, [{ Name: 5 }], Symbol('x')];
    for (const reader of [
      read.readMachines,
      read.readMachine,
      read.readImages,
      read.readImage,
      read.readUnits,
      read.readAddresses,
      read.readText,
    ]) {
      for (const answer of [[], ...odd.map((value) => [value])]) {
        if (reader === read.readText && typeof answer[0] === 'string') continue;
        assert.throws(
          () => reader(answer),
          (error: unknown) => error instanceof BusError && error.kind === 'garbled',
          `${reader.name}(${String(answer.map(String))})`,
        );
      }
    }
    assert.throws(() => read.readOsRelease([{ ID: 5 }]), BusError);
    assert.throws(() => read.readOsRelease([[]]), BusError);
    assert.throws(() => read.readAddresses([[[2, Buffer.alloc(5)]]]), BusError);
    assert.throws(() => read.readMachine([{ ...machineOf252, Leader: 1.5 }]), BusError);
    assert.throws(() => read.readMachine([{ ...machineOf252, Name: '../../etc' }]), BusError);
  });

  it('may hold names that cannot be, which are left out', () => {
    const names = ['-x', 'a b', '../x', 'a\nb', 'ünï', 'good'];
    const machines = read.readMachines([names.map((name) => [name, 'container', '', '/x'])]);
    assert.deepEqual(
      machines.map(({ name }) => name),
      ['good'],
    );
    const images = read.readImages([[...names, '.#lock', ''].map((name) => [name, 'raw', true, 0n, 0n, 0n, '/x'])]);
    assert.deepEqual(
      images.map(({ name }) => name),
      ['-x', 'a b', 'ünï', 'good'],
    );
  });

  it('cannot reach beyond their dictionary', () => {
    const hostile = JSON.parse('{"__proto__": {"ID": "evil"}, "NAME": "x"}') as unknown;
    assert.deepEqual(read.readOsRelease([hostile]), {});
    assert.deepEqual(read.readOsRelease([Object.create({ ID: 'evil' })]), {});
  });
});
