// A real systemd in namespaces, see README.md. Only this module is imported from outside; the scripts next to it do the work.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { busybox, guestTree, hostTree, packages, trees } from './cache.mjs';
import { must, RigError, readLines, run, script } from './process.mjs';
import { Terminal } from './terminal.mjs';

export { packages, RigError, Terminal, trees };

/** @typedef {import('./cache.mjs').Tree} Tree */
/** @typedef {import('./cache.mjs').Log} Log */
/** @typedef {import('./process.mjs').Result} Result */
/** @typedef {'guest' | 'tiny' | 'raw' | 'block' | 'mstack'} MachineKind */
/** @typedef {{ source: string, target: string, readOnly?: boolean }} Bind absolute paths: source outside, target inside */

/**
 * @typedef {object} PrepareOptions
 * @property {Tree} [tree] the system to boot: `self` (default) or a version of systemd
 * @property {boolean} [guest] also make what machines are copied from
 * @property {boolean} [btrfs] also install what `machines: 'btrfs'` needs
 * @property {Log} [log] gets the output of apt and of the scripts, line by line
 */

/**
 * @typedef {object} BootOptions
 * @property {string} [name] becomes the host name; a running rig's name is taken. Default: rig
 * @property {Tree} [tree] default: self
 * @property {'dir' | 'btrfs'} [machines] what /var/lib/machines is. Default: dir
 * @property {'own' | 'host'} [net] default: own, a network with nothing but "lo" and the machines
 * @property {boolean} [permit] default: true, polkit and sudo let "tester" do everything; else they ask for the password "test"
 * @property {readonly Bind[]} [binds]
 * @property {Log} [log]
 * @property {'boot' | 'root'} [until] what to wait for: the end of the boot (default), or only the files and the user; see `booted`
 */

/**
 * @typedef {object} CommandOptions
 * @property {string} [user] default: root. `tester` is an ordinary user
 * @property {string} [cwd] a directory inside
 * @property {Readonly<Record<string, string>>} [env] in addition to what a service or a session has
 * @property {boolean} [tty] run it on a terminal of its own, whatever it is spawned with
 */

/**
 * Whether this machine can run a rig at all. Tries it in namespaces that are thrown away; takes some 50 ms.
 * @returns {{ ok: true } | { ok: false, reason: string }}
 */
export function can() {
  if (process.platform !== 'linux') return { ok: false, reason: `not Linux: ${process.platform} has no systemd` };
  if (process.getuid?.() !== 0) return { ok: false, reason: 'not root: a systemd in namespaces of its own needs it' };
  const [program = '', ...args] = script('probe.sh');
  const { status, stdout, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return { ok: true };
  return { ok: false, reason: error?.message ?? stdout.trim() };
}

/**
 * Installs and builds what a rig needs. At once when everything is there, else up to a minute or two.
 * @param {PrepareOptions} [options]
 * @throws {RigError} with the `reason`
 */
export async function prepare({ tree = 'self', guest = false, btrfs = false, log } = {}) {
  const able = can();
  if (!able.ok) throw new RigError(able.reason);
  if (!trees.includes(tree)) throw new RigError(`no tree "${tree}": there are ${trees.join(', ')}`);
  await hostTree(tree, log);
  if (btrfs) await packages(['btrfs-progs'], log);
  if (guest) await Promise.all([guestTree(tree, log), busybox(log)]);
}

/** Where running rigs are: a directory each, see boot.sh. Belongs to root, so that other users cannot put anything there. */
function stateFolder() {
  const folder = join(tmpdir(), 'nspawn-rig');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== 0) throw new RigError(`${folder} is not a directory of root: remove it`);
  return folder;
}

/** @param {string} path @returns {string | undefined} */
const readText = (path) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined);

/**
 * The process that holds a rig, if it still lives. A pid may have been given to another program since.
 * @param {string} state
 * @returns {number | undefined}
 */
function supervisorOf(state) {
  const pid = readText(join(state, 'supervisor'));
  const command = pid === undefined ? undefined : readText(`/proc/${pid}/cmdline`);
  return command?.split('\0').includes(state) ? Number(pid) : undefined;
}

/**
 * The rigs that run on this machine, booted by whatever process.
 * @returns {{ name: string, pid: number | undefined, tree: string }[]} `pid` is undefined while a rig is starting
 */
export function list() {
  const folder = stateFolder();
  return readdirSync(folder)
    .filter((name) => supervisorOf(join(folder, name)) !== undefined)
    .map((name) => {
      const [pid, tree] = ['init', 'tree'].map((file) => readText(join(folder, name, file)));
      return { name, pid: pid === undefined ? undefined : Number(pid), tree: tree ?? '' };
    });
}

/** Removes what rigs have left that were killed together with their supervisor. */
async function sweep() {
  const folder = stateFolder();
  for (const name of readdirSync(folder)) {
    const state = join(folder, name);
    const stale = existsSync(join(state, 'supervisor')) && supervisorOf(state) === undefined;
    if (stale) await run(script('sweep.sh', state));
  }
}

/** A running rig. */
export class Rig {
  /**
   * @param {string} name
   * @param {number} pid
   * @param {Tree} tree
   * @param {{ stop: () => void, closed: Promise<void>, booted?: Promise<void>, log?: Log | undefined }} life
   */
  constructor(name, pid, tree, life) {
    this.name = name;
    /** systemd, as it is called outside. */
    this.pid = pid;
    this.tree = tree;
    /** The rig's root directory, as it is called outside. */
    this.root = `/proc/${pid}/root`;
    /** Ends with the rig, however that ends. Does not keep this process alive. */
    this.closed = life.closed;
    /** Ends when systemd has finished its boot; until then `run`, `command` and `terminal` fail. Rejected when it cannot boot. */
    this.booted = life.booted ?? Promise.resolve();
    this.#life = life;
    const version = spawnSync('nsenter', ['-t', `${pid}`, '-a', 'systemctl', '--version'], { encoding: 'utf8' });
    this.systemdVersion = Number(/^systemd (\d+)/.exec(version.stdout)?.[1]);
    const [, , uid, gid, , home = ''] =
      readFileSync(join(this.root, 'etc/passwd'), 'utf8')
        .split('\n')
        .find((line) => line.startsWith('tester:'))
        ?.split(':') ?? [];
    /** The ordinary user; password "test". */
    this.user = { name: 'tester', uid: Number(uid), gid: Number(gid), home };
  }

  #life;

  /**
   * The argv to spawn outside so that `argv` runs inside. Exit status and signals work as if it were here.
   * @param {readonly string[]} argv
   * @param {CommandOptions} [options]
   */
  command(argv, { user = 'root', cwd = '', env = {}, tty = false } = {}) {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    return script('exec.sh', `${this.pid}`, user, cwd, tty ? 'pty' : 'pipe', ...variables, '--', ...argv);
  }

  /**
   * The argv to spawn outside so that `argv` runs inside as the ordinary user, without a unit or a session: also before
   * systemd has booted, and whatever becomes of the bus. Nothing of the environment outside is passed on.
   * @param {readonly string[]} argv
   */
  commandWithoutSession(argv) {
    const { name, uid, gid, home } = this.user;
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const variables = [`PATH=${path}`, 'LANG=C.UTF-8', 'TERM=xterm-256color', `HOME=${home}`, `USER=${name}`, `LOGNAME=${name}`];
    const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--init-groups'];
    return ['nsenter', '-t', `${this.pid}`, '-a', '--', 'setpriv', ...identity, '--', 'env', '-i', ...variables, ...argv];
  }

  /**
   * Runs a command inside to its end.
   * @param {readonly string[]} argv
   * @param {CommandOptions & import('./process.mjs').RunOptions} [options]
   */
  run(argv, options = {}) {
    return run(this.command(argv, options), { hold: options.tty ?? false, ...options });
  }

  /**
   * Starts a dialogue with a command on a terminal.
   * @param {readonly string[]} argv
   * @param {CommandOptions} [options]
   */
  terminal(argv, options = {}) {
    return new Terminal(this.command(argv, { ...options, tty: true }), async () => {
      const folder = join(this.root, 'dev/pts');
      const terminals = readdirSync(folder)
        .filter((name) => name !== 'ptmx')
        .map((name) => join(folder, name));
      const ask = terminals.map((path) => run(['stty', '-F', path, '-a']));
      // A terminal in raw mode (machinectl's own) has no echo either, but it is not canonical.
      return (await Promise.all(ask)).some(({ stdout }) => /(^|\s)-echo\s/.test(stdout) && /\sicanon\s/.test(stdout));
    });
  }

  /**
   * The argv to spawn outside so that `argv` runs here, but in the network of the rig.
   * @param {readonly string[]} argv
   */
  netns(argv) {
    return ['nsenter', '--target', `${this.pid}`, '--net', '--', ...argv];
  }

  /**
   * Adds a machine to /var/lib/machines, and its settings to /etc/systemd/nspawn. Does not start it.
   * @param {string} name
   * @param {MachineKind} kind guest: a small Debian with a shell; tiny: a busybox; the others: the same in an image of that type
   * @param {{ nspawnFile?: string }} [options] the text of NAME.nspawn
   */
  async addMachine(name, kind, { nspawnFile } = {}) {
    const source = kind === 'guest' ? await guestTree(this.tree, this.#life.log) : await busybox(this.#life.log);
    await must(`add the machine ${name}`, script('machine.sh', this.root, name, kind, source));
    if (nspawnFile !== undefined) writeFileSync(join(this.root, 'etc/systemd/nspawn', `${name}.nspawn`), nspawnFile);
  }

  /**
   * Waits until a machine of the kind `guest` that was started has booted: from then on it has a bus, and a shell.
   * @param {string} name
   * @param {{ timeout?: number }} [options] timeout in milliseconds, 60 s by default
   * @returns {Promise<string>} what its systemd says of itself: "running", or "degraded" with failed units
   */
  async machineUp(name, { timeout = 60_000 } = {}) {
    const question = ['nsenter', '--target', `${this.pid}`, '--all', 'systemctl', '-M', name, 'is-system-running'];
    for (const end = Date.now() + timeout; ; await delay(50)) {
      const { stdout, stderr } = await run(question);
      const state = stdout.trim();
      if (state === 'running' || state === 'degraded') return state;
      if (Date.now() > end) throw new RigError(`the machine ${name} is not up after ${timeout} ms: ${state || stderr}`);
    }
  }

  /** Takes everything down: all processes, mounts, cgroups, loop devices and files. */
  async stop() {
    const keepAlive = setInterval(() => {}, 60_000);
    this.#life.stop();
    await this.closed;
    clearInterval(keepAlive);
  }
}

/**
 * Boots a rig. It ends with `stop()`, and at the latest together with this process, however that ends.
 * @param {BootOptions} [options]
 * @returns {Promise<Rig>} when systemd has finished its boot, or earlier (`until`)
 * @throws {RigError}
 */
export async function boot(options = {}) {
  const { name = 'rig', tree = 'self', machines = 'dir', net = 'own', permit = true, binds = [], log, until = 'boot' } = options;
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) throw new RigError(`not a host name: ${JSON.stringify(name)}`);
  for (const { source, target } of binds) {
    if (!existsSync(source)) throw new RigError(`cannot bind ${source}: it does not exist`);
    if (!/^\/[^/]/.test(target) || target.split('/').includes('..')) throw new RigError(`cannot bind to ${target}`);
  }
  await prepare({ tree, btrfs: machines === 'btrfs', ...(log && { log }) });
  await sweep();

  const state = join(stateFolder(), name);
  const root = await hostTree(tree, log);
  const bound = binds.flatMap(({ source, target, readOnly }) => [source, target, readOnly ? 'ro' : 'rw']);
  const [program = '', ...args] = script('boot.sh', state, name, root, machines, net, permit ? 'yes' : 'no', ...bound);
  // Detached: Ctrl-C on the terminal reaches this process, and the supervisor notices it by the end of the pipe.
  const child = spawn(program, args, { detached: true, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
  /** @type {string[]} */
  const said = [];
  readLines(child.stderr, (line) => {
    said.push(line);
    log?.(line);
  });
  child.stdin.on('error', () => {}); // it is only ever closed
  /** @type {Promise<void>} */
  const closed = new Promise((resolve) => child.on('close', () => resolve()));
  /** @param {string} word @returns {Promise<number>} the pid that boot.sh prints after a word */
  const pidAfter = (word) =>
    new Promise((resolve, reject) => {
      readLines(child.stdout, (line) => line.startsWith(`${word} `) && resolve(Number(line.slice(word.length))));
      child.on('error', reject);
      child.on('close', () => reject(new RigError(`cannot boot the rig ${name}`, said.slice(-20).join('\n'))));
    });
  const ready = pidAfter('ready');
  const booted = ready.then(() => undefined);
  booted.catch(() => {}); // reported where it is awaited
  const pid = await (until === 'root' ? pidAfter('root') : ready);
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
  writeFileSync(join(state, 'tree'), tree);
  return new Rig(name, pid, tree, { closed, booted, log, stop: () => child.stdin.end() });
}

/**
 * A rig that another process has booted. `stop()` ends it there.
 * @param {string} name
 * @returns {Promise<Rig>}
 */
export async function attach(name) {
  const found = list().find((rig) => rig.name === name);
  const tree = trees.find((known) => known === found?.tree);
  if (found?.pid === undefined || tree === undefined) throw new RigError(`no rig named ${name} runs`);
  const state = join(stateFolder(), name);
  const supervisor = supervisorOf(state);
  /** @type {Promise<void>} */
  const closed = new Promise((resolve) => {
    const timer = setInterval(() => {
      if (existsSync(state)) return;
      clearInterval(timer);
      resolve();
    }, 50).unref();
  });
  return new Rig(name, found.pid, tree, { closed, stop: () => supervisor && process.kill(supervisor) });
}

const webNspawn = `# The settings of the machine "web", read when it starts: see systemd.nspawn(5).
[Exec]
Boot=yes
PrivateUsers=pick

[Files]
BindReadOnly=/srv/web:/var/www

[Network]
VirtualEthernet=yes
`;

/**
 * Fills a rig for practice: the machines "web" (with a .nspawn file) and "db", both with a shell, not started.
 * @param {Rig} rig
 */
export async function populate(rig) {
  mkdirSync(join(rig.root, 'srv/web'), { recursive: true });
  writeFileSync(join(rig.root, 'srv/web/index.html'), '<h1>It works</h1>\n');
  await rig.addMachine('web', 'guest', { nspawnFile: webNspawn });
  await rig.addMachine('db', 'guest');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // Not awaited here: cli.mjs imports this module, which has to be complete first.
  void import('./cli.mjs').then(async ({ main }) => {
    process.exitCode = await main(process.argv.slice(2));
  });
}
