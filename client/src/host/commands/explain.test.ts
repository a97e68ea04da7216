import assert from 'node:assert/strict';
import { type Bus, BusError } from '../dbus/bus';
import type { Machine } from '../model/types';
import { explain, type Failure } from './explain';
import { commands } from './index';
import { polkitSays } from './polkit';

const web = { name: 'web', class: 'container', addresses: [] };
const image = { name: 'web', type: 'directory', readOnly: false, hidden: false };

describe('A failure', () => {
  const of = (command: keyof typeof commands, state: Machine['state'], more: Partial<Failure> = {}): string =>
    explain({ command: commands[command], machines: [{ ...web, state, image }], unknown: [], ...more }) ?? '';

  it('is explained by what polkit says, before anything else', () => {
    assert.match(of('clone', 'stopped', { allowed: 'no', taken: 'db' }), /does not allow you.*Show polkit Rule/);
    assert.match(of('poweroff', 'running', { allowed: 'asks' }), /Interactive authentication required.*Try again.*Show polkit Rule/);
    assert.equal(of('poweroff', 'running', { allowed: 'yes' }), '');
  });

  it('is explained by what is known of the machine, with the next step', () => {
    assert.match(of('remove', 'running', { allowed: 'asks' }), /web is running.*Power it off/);
    assert.match(of('remove', 'stopped', { allowed: 'yes' }), /busy/);
    assert.match(of('start', 'failed'), /Why Did It Fail\?" on its row shows its last messages\.$/);
    assert.match(
      explain({ command: commands.start, machines: [{ ...web, state: 'failed', image: { ...image, type: 'mstack' } }], unknown: [] }) ?? '',
      /PrivateUsers=managed/,
    );
    assert.match(of('start', 'running'), /is running already/);
    assert.match(
      explain({ command: commands.start, machines: [{ ...web, state: 'failed', failure: 'start-limit-hit' }], unknown: [] }) ?? '',
      /too often.*"Reset Failed State"/,
    );
    assert.match(of('pause', 'running'), /control socket.*systemd-vmspawn/);
    assert.match(of('clone', 'stopped', { taken: 'db' }), /db exists already.*another name/);
    assert.match(of('importTar', 'stopped', { missing: '/x.tar' }), /^\/x\.tar does not exist/);
    assert.match(explain({ command: commands.poweroff, machines: [], unknown: ['web'], allowed: 'asks' }) ?? '', /no longer exists/);
  });

  it('is explained by what limits, mounts, shells and copies need', () => {
    assert.match(of('setLimit', 'stopped', { btrfs: false }), /not on btrfs/);
    assert.match(of('setLimit', 'stopped', { btrfs: true }), /subvolume/);
    assert.match(
      explain({
        command: commands.setLimit,
        machines: [{ ...web, state: 'stopped', image: { ...image, type: 'subvolume' } }],
        unknown: [],
        btrfs: true,
        allowed: 'yes',
      }) ?? '',
      /limit for all images first/,
    );
    assert.match(of('bind', 'running', { ownUsers: true }), /PrivateUsers=no/);
    assert.equal(of('bind', 'running', { ownUsers: false, allowed: 'yes' }), '');
    assert.match(of('shell', 'running', { allowed: 'yes' }), /D-Bus/);
    assert.match(of('shell', 'running', { allowed: 'asks' }), /password/);
    assert.match(of('copyTo', 'running', { allowed: 'yes' }), /File exists/);
    assert.match(of('copyFrom', 'running', { existing: '/x', allowed: 'yes' }), /\/x exists already/);
    assert.match(of('pullTar', 'stopped', { allowed: 'yes' }), /SHA256SUMS\.gpg/);
  });
});

describe('What can be found out', () => {
  const answering = (answers: Readonly<Record<string, unknown>>): Bus => ({
    call: (_method, body = []) => {
      const answer = answers[String(body[1])];
      return answer === undefined ? Promise.reject(new BusError('remote', 'no polkit', 'x')) : Promise.resolve([answer]);
    },
    onSignal: () => Promise.resolve(),
    closed: new Promise(() => undefined),
    close: () => undefined,
  });

  it('is the worst that polkit says of the actions', async () => {
    const bus = answering({ a: [true, false, {}], b: [false, true, {}], c: [false, false, {}] });
    assert.equal(await polkitSays(bus, ['a']), 'yes');
    assert.equal(await polkitSays(bus, ['a', 'b']), 'asks');
    assert.equal(await polkitSays(bus, ['b', 'c', 'a']), 'no');
    assert.equal(await polkitSays(bus, ['a', 'unknown']), undefined);
    assert.equal(await polkitSays(bus, []), undefined);
  });
});
