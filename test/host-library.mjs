// The host library against real systemd: what this Debian has (252), and 262; `--all` adds 257, and numbers choose. A release
// is booted from a tree of its own, which is built from Debian's packages on the first run. 259 and newer have a scope for each user: tried as one.
//   node test/host-library.mjs [--all] [252] [257] [262] [--only user|machine-store|interruptions] [--grep PATTERN]
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../tools/setup.mjs';
import { bundleSuite } from './mocha.mjs';
import { boot, can, prepare } from './rig/systemd/rig.mjs';
import { openParents } from './support/checkout.mjs';
import { add, finish, nothing, tryTwice } from './support/results.mjs';

const able = can();
const {
  values: { all, only, grep },
  positionals: chosen,
} = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, only: { type: 'string' }, grep: { type: 'string' } },
});
const releases = all ? ['252', '257', '262'] : chosen.length > 0 ? chosen : ['252', '262'];
const wanted = (part) => only === undefined || part.startsWith(only);
const total = nothing();
if (!able.ok) finish({ ...total, skipped: releases.length, reason: `real systemd: ${able.reason}` });

/** What mocha counted. @returns {import('./support/results.mjs').Counts} */
function counted({ status, stdout, stderr }) {
  const lines = stdout.trimEnd().split('\n');
  const last = lines.findLast((l) => l.startsWith('RESULT '));
  console.log(lines.filter((l) => l !== last).join('\n'), status === 0 ? '' : stderr);
  const counts = last ? JSON.parse(last.slice('RESULT '.length)) : nothing();
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

const bundles = await bundleSuite('host', { packages: 'bundle' });
// What the tests need inside, and nothing else: Node, mocha and the bundles.
const shared = mkdtempSync(path.join(tmpdir(), 'nspawn-host-'));
chmodSync(shared, 0o755);
copyFileSync(process.execPath, path.join(shared, 'node'));
const inside = bundles.map((b) => path.join(shared, path.basename(b)));
bundles.forEach((b, i) => copyFileSync(b, inside[i]));

/** Boots a release and runs the tests in it. */
async function on(tree) {
  const seen = nothing();
  const rig = await boot({
    name: `host-${tree}-${process.pid}`,
    tree,
    permit: true,
    binds: [
      { source: shared, target: shared, readOnly: true },
      { source: root, target: root, readOnly: true },
    ],
  });
  try {
    console.log(`systemd ${rig.systemdVersion}`);
    await rig.addMachine('web', 'guest');
    await rig.addMachine('db', 'tiny');
    for (const type of ['raw', 'block', ...(rig.systemdVersion >= 260 ? ['mstack'] : [])]) await rig.addMachine(type, type);
    const tests = [
      'env',
      '-i',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'LANG=C.UTF-8',
      'RIG=1',
      `CI=${process.env.CI ?? ''}`,
    ];
    const mocha = (part) => [
      path.join(shared, 'node'),
      path.join(root, 'test/mocha.mjs'),
      'host',
      ...(grep ? ['--grep', grep] : []),
      ...inside.filter((b) => b.includes(part)),
    ];
    // First: the others kill the bus that logging in needs.
    if (rig.systemdVersion >= 259 && wanted('user.e2e')) {
      openParents(rig);
      const [program, ...args] = rig.command(mocha('user.e2e'), { user: rig.user.name, env: { RIG: '1', CI: process.env.CI ?? '' } });
      add(seen, counted(spawnSync(program, args, { encoding: 'utf8', timeout: 300_000 })));
    }
    // Not by rig.run(): systemd-run hangs on the bus, and the tests kill that.
    for (const part of ['machine-store.e2e', 'interruptions.e2e'].filter(wanted)) {
      add(
        seen,
        counted(
          spawnSync('nsenter', ['--target', String(rig.pid), '--all', ...tests, ...mocha(part)], { encoding: 'utf8', timeout: 900_000 }),
        ),
      );
    }
  } finally {
    await rig.stop();
  }
  return seen;
}

try {
  for (const tree of releases) {
    await prepare({ tree, guest: true, log: console.log });
    add(total, await tryTwice(`host ${tree}`, () => on(tree)));
  }
} finally {
  rmSync(shared, { recursive: true, force: true });
}
finish(total);
