// The suite of test/suite inside a real VS Code, with the packed extension. Where a real systemd can be booted, VS Code runs in it
// as an ordinary user and the machines are tested too.
//   node test/vscode.mjs [path of a .vsix] [--tree self|252|257|262]... [--only NAME,NAME] [--grep PATTERN]
// `--tree`: on these releases of systemd, and the machines alone; without it everything, on the systemd of this computer. `--only`: the
// files of test/suite to run, `--grep` the tests in them.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { vsixPath } from '../tools/package.mjs';
import { root } from '../tools/setup.mjs';
import { bundleSuite } from './mocha.mjs';
import { run } from './rig/systemd/process.mjs';
import { boot, can, prepare } from './rig/systemd/rig.mjs';
import { installVSCode } from './rig/vscode/install.mjs';
import { checkout, openParents } from './support/checkout.mjs';
import { bootRemoteHost } from './support/remote-host.mjs';
import { add, finish, nothing, tryTwice } from './support/results.mjs';
import { signedArchive } from './support/signed-archive.mjs';

const {
  values: { tree: trees, only, grep },
  positionals: [given],
} = parseArgs({
  allowPositionals: true,
  options: { tree: { type: 'string', multiple: true }, only: { type: 'string' }, grep: { type: 'string' } },
});
const extension = path.resolve(given ?? vsixPath());
await installVSCode();
await bundleSuite('suite');
const { runSuite } = await import('./rig/vscode/run-suite.mjs');

const anywhere = ['language', 'fixes', 'mkosi', 'mkosi-projects'];
const here = ['fixes-root', 'hosts'];
/** Those with a second host, and what that boots. */
const remotes = { hosts: 'self', 'hosts-user': '262' };
const machines = ['machines', 'machines-verbs', 'machines-inside', 'machines-transfers'];
/** Features that older releases do not have. */
const newest = ['machines-control'];
const wanted = only?.split(',');
const among = (files) => files.filter((file) => wanted?.includes(file) ?? true);
const total = nothing();

/** The archive that is downloaded with its signature. */
const signed = can().ok && among(machines).includes('machines-transfers') ? await signedArchive() : undefined;

/** Runs files of the suite. @param {string[]} files @param {object} [where] a rig, or here @returns {Promise<import('./support/results.mjs').Counts>} */
async function suite(files, rig, name = 'suite') {
  const { counts, problem } = await runSuite({
    extension,
    tests: path.join(root, 'out/suite/test/suite/index.js'),
    workspace: path.join(root, 'examples'),
    name,
    timeoutMs: 600_000,
    env: {
      ...(rig ? { HOME: rig.user.home } : {}),
      SUITE: among(files).join(),
      SUITE_ROOT: root,
      ...(signed ? { SUITE_SIGNED: signed } : {}),
      ...(grep === undefined ? {} : { SUITE_GREP: grep }),
    },
    ...(rig ? { wrap: (argv) => rig.command(argv, { user: rig.user.name, cwd: rig.user.home }), netns: (argv) => rig.netns(argv) } : {}),
  });
  const seen = counts ?? nothing();
  if (problem && seen.failed === 0) seen.failed = 1;
  return seen;
}

/** The same inside a real systemd. @param {'dir' | 'btrfs'} kind what /var/lib/machines is @param {string[]} files @param {string} name */
async function inside(tree, kind, files, name) {
  await prepare({ tree, guest: true, btrfs: kind === 'btrfs', log: console.log });
  const rig = await boot({ name: `suite-${tree}-${kind}-${process.pid}`, tree, machines: kind, permit: true, binds: [checkout] });
  let second;
  try {
    console.log(`systemd ${rig.systemdVersion}, images on ${kind === 'btrfs' ? 'btrfs' : 'a plain file system'}`);
    openParents(rig);
    await rig.addMachine('web', 'guest');
    await rig.addMachine('db', 'tiny');
    await rig.addMachine('db2', 'tiny');
    await rig.addMachine('disk', 'raw');
    const another = among(files)
      .map((file) => remotes[file])
      .find((found) => found !== undefined);
    if (another !== undefined) {
      second = await bootRemoteHost(rig, { tree: another, log: console.log });
      await second.addMachine('web', 'guest', { nspawnFile: '# on the remote host\n[Exec]\nBoot=yes\n' });
      await second.addMachine('afar', 'tiny');
    }
    const seen = await suite(files, rig, name);
    if (seen.failed > 0)
      console.log((await run(['nsenter', '--target', `${rig.pid}`, '--all', '--', 'journalctl', '--no-pager', '-n', '80'])).stdout);
    return seen;
  } finally {
    await second?.stop();
    await rig.stop();
  }
}

/** Files that share a window, and a host if `kind` says what its images lie on. What one leaves does not reach the next. */
async function part(files, tree, kind) {
  if (among(files).length === 0) return;
  const name = ['suite', ...(kind === undefined ? [] : [tree, kind]), among(files)[0]].join('-');
  add(total, await tryTwice(name, () => (kind === undefined ? suite(files, undefined, name) : inside(tree, kind, files, name))));
}

const able = can();
if (able.ok) {
  for (const tree of trees ?? ['self']) {
    if (!trees) await part(anywhere, tree, 'dir');
    if (!trees) await part(here, tree, 'dir');
    if (!trees) await part(['hosts-user'], tree, 'dir');
    for (const file of machines) await part([file], tree, 'dir');
    await part(['machines-limits'], tree, 'btrfs');
    if (tree === '262') await part(newest, tree, 'dir');
  }
} else {
  await part(anywhere);
  add(total, { ...nothing(), skipped: 1, reason: `machines in VS Code: ${able.reason}` });
}
finish(total);
