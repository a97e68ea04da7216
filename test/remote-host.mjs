// A second real systemd beside a rig, on another computer as far as the first can tell: a cable between their networks, an SSH server
// there, and a key of the ordinary user's here that it lets in.
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { boot, packages, RigError } from './rig/systemd/rig.mjs';

/** How the first host calls the second: an entry of ~/.ssh/config. */
export const farName = 'far.example';

const addresses = { near: '192.0.2.1/30', far: '192.0.2.2/30' }; // RFC 5737: nobody's

/** @param {readonly string[]} argv */
function must(...argv) {
  const [program = '', ...args] = argv;
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new RigError(`${argv.join(' ')} failed`, error?.message ?? stderr);
}

/** A link of two ends, called `rig0` on both. */
function cable(near, far) {
  const [one, two] = [`n${near.pid}`, `f${far.pid}`];
  must('ip', 'link', 'add', one, 'type', 'veth', 'peer', 'name', two);
  for (const [name, { pid }, address] of [
    [one, near, addresses.near],
    [two, far, addresses.far],
  ]) {
    must('ip', 'link', 'set', name, 'netns', String(pid), 'name', 'rig0');
    must('nsenter', '--target', String(pid), '--net', 'ip', 'address', 'add', address, 'dev', 'rig0');
    must('nsenter', '--target', String(pid), '--net', 'ip', 'link', 'set', 'rig0', 'up');
  }
}

/** Writes a file of the ordinary user's, as seen from outside, for them alone to read. */
function write(rig, name, text) {
  const file = path.join(rig.root, rig.user.home, name);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  chownSync(path.dirname(file), rig.user.uid, rig.user.gid);
  writeFileSync(file, text, { mode: 0o600 });
  chownSync(file, rig.user.uid, rig.user.gid);
}

/** @param {import('./rig/systemd/rig.mjs').Rig} rig @param {readonly string[]} argv @param {string} [user] */
async function inside(rig, argv, user) {
  const { code, stdout, stderr } = await rig.run(argv, user === undefined ? {} : { user });
  if (code !== 0) throw new RigError(`${argv.join(' ')} failed`, stdout + stderr);
}

/**
 * What a tree without an SSH server lacks of this computer's: the programs, what these are linked with, and the rules of PAM for logins.
 * @param {string} root of a running host @returns {string[]} paths
 */
function lacking(root) {
  const programs = ['/usr/sbin/sshd', '/usr/bin/ssh-keygen'];
  const libraries = programs.flatMap((program) =>
    [...spawnSync('ldd', [program], { encoding: 'utf8' }).stdout.matchAll(/(?<= )\/\S+/g)].flat(),
  );
  return [...programs, '/etc/pam.d/sshd', ...libraries].filter((file) => !existsSync(path.join(root, file)));
}

/** Keys of its own: those of the computer that the tests run on are nobody's business. */
const key = '/run/far-sshd-key';

/** Lets nobody in any more, and cuts off whoever is. @param {import('./rig/systemd/rig.mjs').Rig} far */
export async function cutOff(far) {
  await far.run(['systemctl', 'stop', 'far-sshd.service']);
  await far.run(['pkill', '-KILL', '-x', 'sshd(-session|-auth)?']); // nobody may have been in
}

/** Lets people in, until they are {@link cutOff}. @param {import('./rig/systemd/rig.mjs').Rig} far */
export async function openDoor(far) {
  await inside(far, [
    'systemd-run',
    '--quiet',
    '--collect',
    '--unit=far-sshd',
    '/usr/sbin/sshd',
    '-D',
    '-e',
    '-f',
    '/dev/null',
    '-h',
    key,
    '-o',
    'ListenAddress=192.0.2.2',
    '-o',
    'UsePAM=yes',
    '-o',
    'PidFile=none',
    '-o',
    'KbdInteractiveAuthentication=no',
  ]);
}

/**
 * Boots the second host and makes it known to the first one's ordinary user.
 * @param {import('./rig/systemd/rig.mjs').Rig} near
 * @param {Pick<import('./rig/systemd/rig.mjs').BootOptions, 'permit' | 'log' | 'tree' | 'binds'> & { known?: boolean }} [options] known: whether its key is
 * @returns {Promise<import('./rig/systemd/rig.mjs').Rig>}
 */
export async function bootFar(near, { known = true, ...options } = {}) {
  await packages(['openssh-server', 'openssh-client', 'iproute2'], options.log);
  const far = await boot({ name: `far-${process.pid}`, tree: 'self', ...options });
  try {
    cable(near, far);
    for (const file of lacking(far.root)) cpSync(realpathSync(file), path.join(far.root, file));
    await inside(far, ['sh', '-c', 'id sshd || useradd --system --home-dir /run/sshd --shell /usr/sbin/nologin sshd']);
    await inside(far, ['mkdir', '-p', '/run/sshd']);
    await inside(far, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key]);
    await openDoor(far);
    const { name: user, home } = near.user;
    await inside(near, ['mkdir', '-p', '-m', '700', `${home}/.ssh`], user);
    await inside(near, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', `${home}/.ssh/id_ed25519`], user);
    write(far, '.ssh/authorized_keys', readFileSync(path.join(near.root, home, '.ssh/id_ed25519.pub')));
    write(near, '.ssh/config', `Host ${farName}\n  HostName 192.0.2.2\n  User ${far.user.name}\n`);
    const [kind, secret] = readFileSync(path.join(far.root, `${key}.pub`), 'utf8').split(' ');
    write(near, '.ssh/known_hosts', known ? `192.0.2.2 ${kind} ${secret}\n` : '');
    return far;
  } catch (error) {
    await far.stop();
    throw error;
  }
}
