// The suite of test/suite inside a real VS Code, with the packed extension. Where a real systemd can be booted, VS Code runs in it
// as an ordinary user and the machines are tested too.
//   node test/vscode.mjs [path of a .vsix] [--tree self|252|257|262]... [--only NAME,NAME] [--grep PATTERN]
// `--tree`: on these releases of systemd, and the machines alone; without it everything, on the systemd of this computer. `--only`: the
// files of test/suite to run, `--grep` the tests in them.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { vsixPath } from '../tools/package.mjs';
import { root } from '../tools/setup.mjs';
import { bootFar } from './far.mjs';
import { checkout, openTheWay } from './inside.mjs';
import { bundleSuite } from './mocha.mjs';
import { run } from './rig/systemd/process.mjs';
import { boot, can, prepare } from './rig/systemd/rig.mjs';
import { installVSCode } from './rig/vscode/install.mjs';
import { signedArchive } from './signed.mjs';

const { values: { tree: trees, only, grep }, positionals: [given] } = parseArgs({
  allowPositionals: true, options: { tree: { type: 'string', multiple: true }, only: { type: 'string' }, grep: { type: 'string' } },
});
const extension = path.resolve(given ?? vsixPath());
await installVSCode();
await bundleSuite('suite');
const { runSuite } = await import('./rig/vscode/run-suite.mjs');

const anywhere = ['language', 'fixes', 'mkosi', 'mkosi-projects'];
const here = ['fixes-root', 'rooms'];
const machines = ['machines', 'machines-verbs', 'machines-inside', 'machines-transfers'];
const wanted = only?.split(',');
const among = (files) => files.filter((file) => wanted?.includes(file) ?? true);
const total = { passed: 0, failed: 0, skipped: 0 };

/** What is to be downloaded with its signature. */
const signed = can().ok && among(machines).includes('machines-transfers') ? await signedArchive() : undefined;

/** Runs files of the suite. @param {string[]} files @param {object} [where] a rig, or here */
async function suite(files, rig, name = 'suite') {
  if (among(files).length === 0) return;
  const { counts, problem } = await runSuite({
    extension, tests: path.join(root, 'out/suite/test/suite/index.js'), workspace: path.join(root, 'examples'), name, timeoutMs: 600_000,
    env: { ...(rig ? { HOME: rig.user.home } : {}), SUITE: among(files).join(), ...(signed ? { SUITE_SIGNED: signed } : {}), ...(grep === undefined ? {} : { SUITE_GREP: grep }) },
    ...(rig ? { wrap: (argv) => rig.command(argv, { user: rig.user.name, cwd: rig.user.home }), netns: (argv) => rig.netns(argv) } : {}),
  });
  const result = counts ?? { passed: 0, failed: 1, skipped: 0 };
  if (problem && result.failed === 0) result.failed = 1;
  for (const key of Object.keys(total)) total[key] += result[key];
}

/** The same inside a real systemd. @param {'dir' | 'btrfs'} kind what /var/lib/machines is @param {string[][]} files by window */
async function inside(tree, kind, files) {
  if (among(files.flat()).length === 0) return;
  await prepare({ tree, guest: true, btrfs: kind === 'btrfs', log: console.log });
  const rig = await boot({ name: `suite-${tree}-${kind}-${process.pid}`, tree, machines: kind, permit: true, binds: [checkout] });
  let far;
  try {
    console.log(`systemd ${rig.systemdVersion}, images on ${kind === 'btrfs' ? 'btrfs' : 'a plain file system'}`);
    await openTheWay(rig);
    await rig.addMachine('web', 'guest');
    await rig.addMachine('db', 'tiny');
    await rig.addMachine('db2', 'tiny');
    await rig.addMachine('disk', 'raw');
    if (among(files.flat()).includes('rooms')) {
      far = await bootFar(rig, { log: console.log });
      await far.addMachine('web', 'guest', { nspawnFile: '# far away\n[Exec]\nBoot=yes\n' });
      await far.addMachine('afar', 'tiny');
    }
    const before = total.failed;
    // A window each: what one leaves behind is not the other's.
    for (const [i, some] of files.entries()) await suite(some, rig, `suite-${tree}-${kind}-${i}`);
    if (total.failed > before) console.log((await run(['nsenter', '--target', `${rig.pid}`, '--all', '--', 'journalctl', '--no-pager', '-n', '80'])).stdout);
  } finally {
    await far?.stop();
    await rig.stop();
  }
}

const able = can();
if (able.ok) {
  for (const tree of trees ?? ['self']) {
    await inside(tree, 'dir', trees ? [machines] : [anywhere, here, machines]);
    await inside(tree, 'btrfs', [['machines-limits']]);
  }
} else {
  await suite(anywhere);
  Object.assign(total, { skipped: total.skipped + 1, reason: `machines in VS Code: ${able.reason}` });
}
console.log(`RESULT ${JSON.stringify(total)}`);
process.exit(total.failed > 0 ? 1 : 0);
