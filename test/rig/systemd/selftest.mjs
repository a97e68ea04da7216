// Checks the rig itself: what the end-to-end tests and the practice host rely on, and that nothing is left over.
// Not a mocha suite, so that it distinguishes a broken rig from a broken extension, and runs where nothing is installed yet.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { attach, boot, list, populate, prepare, RigError } from './rig.mjs';

/** @typedef {import('./rig.mjs').Rig} Rig */

/**
 * Waits for a condition.
 * @template T
 * @param {string} what
 * @param {() => T | undefined | false | Promise<T | undefined | false>} condition
 * @returns {Promise<T>}
 */
async function until(what, condition) {
  for (const end = Date.now() + 120_000; ; await delay(20)) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new RigError(`waited in vain until ${what}`);
  }
}

/** @param {string} path */
const text = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // a process or a device that has just gone
  }
};

const sysctls = ['fs/file-max', 'fs/nr_open', 'kernel/core_pattern', 'kernel/hostname', 'net/ipv4/ip_forward'];

/** What a rig could change in the kernel for the whole system. */
const settings = () => sysctls.map((name) => `${name}=${text(`/proc/sys/${name}`).trim()}`).join(' ');

/**
 * Everything on this machine that has one of `marks` in it: the name of a rig, or a namespace of it.
 * @param {readonly string[]} marks
 */
function traces(marks) {
  const hit = (/** @type {string} */ line) => marks.some((mark) => line.includes(mark));
  const [, cgroups = '/sys/fs/cgroup'] = /^\S+ (\S+) cgroup2 /m.exec(text('/proc/self/mounts')) ?? [];
  return [
    ...['/proc/self/mountinfo', '/proc/1/mountinfo'].flatMap((file) => text(file).split('\n').filter(hit)),
    ...readdirSync(cgroups).filter(hit),
    ...readdirSync('/sys/block')
      .map((disk) => text(`/sys/block/${disk}/loop/backing_file`))
      .filter(hit),
    ...readdirSync(join(tmpdir(), 'nspawn-rig')).filter(hit),
    ...readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid))
      .flatMap((pid) =>
        ['pid', 'mnt', 'net', 'uts', 'ipc', 'cgroup']
          .map((kind) => {
            try {
              return readlinkSync(`/proc/${pid}/ns/${kind}`);
            } catch {
              return '';
            }
          })
          .filter(hit)
          .map((namespace) => `process ${pid} in ${namespace}: ${text(`/proc/${pid}/comm`).trim()}`),
      ),
  ];
}

/**
 * What to look for when a rig is gone: its name, and the namespaces that were its own.
 * @param {Rig} rig
 */
function marksOf(rig) {
  const kinds = ['pid', 'mnt', 'uts', 'ipc', 'cgroup', 'net'];
  const own = kinds.map((kind) => readlinkSync(`/proc/${rig.pid}/ns/${kind}`));
  return [rig.name, ...own.filter((namespace, i) => namespace !== readlinkSync(`/proc/self/ns/${kinds[i]}`))];
}

/** @param {readonly string[]} marks */
async function nothingLeft(marks) {
  // The kernel gives loop devices back a moment after the last mount of them.
  await until(`nothing is left of ${marks[0]}`, () => traces(marks).length === 0).catch((error) => {
    throw new RigError(error.message, traces(marks).join('\n'));
  });
}

/**
 * The names of the machines that machined knows, asked for as "tester".
 * @param {Rig} rig
 */
async function machines(rig) {
  const found = JSON.parse(await ok(rig, ['machinectl', 'list', '-o', 'json']));
  return found.map((/** @type {{ machine: string }} */ { machine }) => machine).sort();
}

/**
 * The images that machined knows, as "NAME TYPE".
 * @param {Rig} rig
 */
async function images(rig) {
  const found = JSON.parse(await ok(rig, ['machinectl', 'list-images', '-o', 'json']));
  return found.map((/** @type {{ name: string, type: string }} */ image) => `${image.name} ${image.type}`).sort();
}

/**
 * Whether machined knows an IPv4 address of a machine.
 * @param {Rig} rig
 * @param {string} name
 */
async function hasAddress(rig, name) {
  const found = JSON.parse(await ok(rig, ['machinectl', 'list', '--max-addresses=all', '-o', 'json']));
  const entry = found.find((/** @type {{ machine: string }} */ { machine }) => machine === name);
  return /\d+\.\d+\.\d+\.\d+/.test(entry?.addresses ?? '');
}

/**
 * Runs a command as "tester" that has to succeed.
 * @param {Rig} rig
 * @param {readonly string[]} argv
 * @param {import('./rig.mjs').CommandOptions} [options]
 * @returns {Promise<string>} its output
 */
async function ok(rig, argv, options = {}) {
  const { code, stdout, stderr } = await rig.run(argv, { user: 'tester', ...options });
  assert.equal(code, 0, `${argv.join(' ')}: ${stderr}`);
  return stdout;
}

/** @typedef {{ tree: import('./rig.mjs').Tree, name: string, folder: string }} Setup */

/** @type {Record<string, (setup: Setup) => Promise<string | void>>} */
const checks = {
  async 'a machine is started, used and powered off by an ordinary user'({ tree, name, folder }) {
    mkdirSync(join(folder, 'read-only'));
    writeFileSync(join(folder, 'file'), 'bound');
    const rig = await boot({
      name,
      tree,
      binds: [
        { source: folder, target: folder },
        { source: join(folder, 'read-only'), target: '/read-only', readOnly: true },
      ],
    });
    const marks = marksOf(rig);
    try {
      if (tree !== 'self') assert.equal(`${rig.systemdVersion}`, tree);
      assert.equal(await ok(rig, ['systemctl', 'is-system-running']), 'running\n');
      assert.equal(await ok(rig, ['cat', join(folder, 'file')]), 'bound');
      assert.notEqual((await rig.run(['touch', '/read-only/x'])).code, 0);

      // Arguments arrive as they are, and so do status and standard input.
      const odd = ['$HOME', '${PATH}', '$$', '%n', '%%', 'a b', '', '"', "'", '\\', '\\n', ';', 'ü', '-x', '*'];
      assert.equal(await ok(rig, ['printf', '<%s>', ...odd]), odd.map((arg) => `<${arg}>`).join(''));
      assert.equal(
        await ok(rig, ['sh', '-c', 'echo "$ODD"; pwd; id -un'], { cwd: '/usr', env: { ODD: 'a %n $b "c' } }),
        'a %n $b "c\n/usr\ntester\n',
      );
      assert.equal((await rig.run(['sh', '-c', 'exit 7'])).code, 7);
      assert.equal((await rig.run(['cat'], { input: 'in and out' })).stdout, 'in and out');

      assert.deepEqual(await machines(rig), []);
      await populate(rig);
      await rig.addMachine('tiny', 'tiny');
      await rig.addMachine(`${name}-raw`, 'raw');
      assert.deepEqual(await images(rig), ['db directory', 'tiny directory', 'web directory', `${name}-raw raw`].sort());

      await ok(rig, ['machinectl', 'start', 'web', 'db', 'tiny', `${name}-raw`]);
      assert.deepEqual(await machines(rig), ['db', 'tiny', 'web', `${name}-raw`].sort());
      for (const machine of ['web', 'db']) assert.equal(await rig.machineUp(machine), 'running', 'no failed units');

      const id = await ok(rig, ['machinectl', '--quiet', 'shell', 'root@web', '/usr/bin/id'], { tty: true });
      assert.match(id, /uid=0\(root\)/);
      const shell = rig.terminal(['machinectl', 'shell', 'root@web'], { user: 'tester' });
      await shell.waitFor(/root@web:~# $/);
      shell.write('hostname; cat /var/www/index.html\r');
      await shell.waitFor('\nweb\n<h1>It works</h1>\n');
      await shell.waitFor(/root@web:~# $/);
      shell.write('exit\r');
      assert.equal(await shell.closed, 0);

      for (const machine of ['web', 'db']) {
        await until(`${machine} has an IPv4 address`, () => hasAddress(rig, machine));
      }

      await ok(rig, ['machinectl', 'poweroff', 'web', 'tiny']);
      await until('two are left', async () => (await machines(rig)).length === 2);
      await ok(rig, ['systemctl', 'stop', `systemd-nspawn@${name}-raw.service`]);
      assert.deepEqual(await machines(rig), ['db']);

      // A command that is killed outside takes its children inside with it.
      const parent = rig.terminal(['sh', '-c', 'sleep 98765 & echo started; wait'], { user: 'tester' });
      await parent.waitFor('started');
      await parent.close();
      await until('its child is gone', async () => (await rig.run(['pgrep', '-x', '-f', 'sleep 98765'])).code === 1);
    } finally {
      await rig.stop(); // while "db" runs
    }
    await nothingLeft(marks);
    assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'bound', 'what was bound in is still there');
    return `systemd ${rig.systemdVersion}`;
  },

  async 'polkit asks for the password on the terminal'({ tree, name }) {
    const rig = await boot({ name, tree, permit: false });
    const marks = marksOf(rig);
    try {
      await rig.addMachine('tiny', 'tiny');
      const refused = await rig.run(['machinectl', 'start', 'tiny'], { user: 'tester' });
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /authentication/i);
      const terminal = rig.terminal(['machinectl', 'start', 'tiny'], { user: 'tester' });
      await terminal.answerPassword('test');
      await terminal.waitFor('AUTHENTICATION COMPLETE');
      assert.equal(await terminal.closed, 0, terminal.output);
      assert.deepEqual(await machines(rig), ['tiny']);
    } finally {
      await rig.stop();
    }
    await nothingLeft(marks);
  },

  async 'machines on btrfs are subvolumes, and clones are snapshots'({ tree, name }) {
    const rig = await boot({ name, tree, machines: 'btrfs' });
    const marks = marksOf(rig);
    try {
      await rig.addMachine('db', 'guest');
      await ok(rig, ['machinectl', 'clone', 'db', 'copy']);
      assert.deepEqual(await images(rig), ['copy subvolume', 'db subvolume']);
      await ok(rig, ['machinectl', 'start', 'copy']);
      assert.equal(await rig.machineUp('copy'), 'running');
    } finally {
      await rig.stop();
    }
    await nothingLeft(marks);
  },

  async 'several rigs run at once, in networks of their own or in that of this machine'({ tree, name }) {
    const rigs = await Promise.all([boot({ name: `${name}-a`, tree }), boot({ name: `${name}-b`, tree, net: 'host' })]);
    const machine = `t${process.pid}`;
    const own = () =>
      list()
        .map((rig) => rig.name)
        .filter((other) => other.startsWith(name))
        .sort();
    const marks = rigs.map(marksOf);
    try {
      assert.deepEqual(own(), [`${name}-a`, `${name}-b`]);
      await assert.rejects(boot({ name: `${name}-a`, tree }), /runs already/);
      const [a, b] = rigs.map((rig) => readlinkSync(`/proc/${rig.pid}/ns/net`));
      assert.notEqual(a, b);
      assert.equal(b, readlinkSync('/proc/self/ns/net'));
      const [, onHost] = rigs;
      await onHost.addMachine(machine, 'tiny');
      await ok(onHost, ['machinectl', 'start', machine]);
      assert.ok(readdirSync('/sys/class/net').includes(`ve-${machine}`));
      await (await attach(`${name}-a`)).stop();
      assert.deepEqual(own(), [`${name}-b`]);
    } finally {
      await Promise.all(rigs.map((rig) => rig.stop()));
    }
    for (const each of marks) await nothingLeft(each);
    await until('the link to the machine is gone', () => !readdirSync('/sys/class/net').includes(`ve-${machine}`));
  },

  async 'the rig ends with the process that booted it, and with its supervisor'({ tree, name }) {
    for (const [i, ending] of /** @type {const} */ (['SIGKILL', 'SIGTERM', 'SIGINT', 'supervisor']).entries()) {
      const own = `${name}-${i}`;
      const program = `import { boot } from ${JSON.stringify(new URL('rig.mjs', import.meta.url).href)};
        const rig = await boot({ name: '${own}', tree: '${tree}' });
        await rig.addMachine('tiny', 'tiny');
        await rig.run(['machinectl', 'start', 'tiny']);
        console.log('booted');
        setInterval(() => {}, 60_000);`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise((resolve) => child.on('close', resolve));
      await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve);
        void ended.then(() => reject(new RigError('the process that was to boot a rig has ended')));
      });
      const marks = marksOf(await attach(own));
      assert.notEqual(traces(marks).length, 0, 'the search finds a rig that runs');
      if (ending === 'supervisor') {
        process.kill(Number(text(join(tmpdir(), 'nspawn-rig', own, 'supervisor'))), 'SIGKILL');
        await until('the rig is gone', () => !list().some((rig) => rig.name === own));
        await until('its processes are gone', () => !traces(marks).some((trace) => trace.startsWith('process')));
        await (await boot({ name: `${own}-next`, tree })).stop(); // removes what the supervisor could not
        child.kill();
      } else {
        child.kill(ending);
      }
      await ended;
      await nothingLeft(marks);
    }
  },
};

/**
 * Runs all checks on each tree and prints what came out.
 * @param {readonly import('./rig.mjs').Tree[]} trees
 * @returns {Promise<number>} the exit status
 */
export async function selftest(trees) {
  let failed = 0;
  let passed = 0;
  const before = settings();
  for (const tree of trees) {
    console.log(tree === 'self' ? "this machine's own root" : `systemd ${tree}`);
    await prepare({ tree, guest: true, btrfs: true, log: (line) => console.log(`    ${line}`) });
    for (const [i, [title, check]] of Object.entries(checks).entries()) {
      const folder = mkdtempSync(join(tmpdir(), 'rig-selftest-'));
      chmodSync(folder, 0o755); // "tester" has to read it
      const start = performance.now();
      try {
        const note = await check({ tree, name: `selftest-${process.pid}-${tree}-${i}`, folder });
        passed++;
        console.log(`  ok    ${title}${note ? ` (${note})` : ''}, ${Math.round(performance.now() - start)} ms`);
      } catch (error) {
        failed++;
        console.log(`  FAIL  ${title}\n${error instanceof Error ? error.stack : error}`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
  }
  if (settings() !== before) {
    failed++;
    console.log(`  FAIL  the kernel's settings were changed\n${before}\n${settings()}`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
