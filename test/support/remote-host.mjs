// A second real systemd beside a rig, on another computer as far as the first can tell: a cable between their networks, an SSH server
// there, and a key of the ordinary user's here that it lets in.
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { boot, packages, RigError } from '../rig/systemd/rig.mjs';

/** How the first host calls the second: an entry of ~/.ssh/config. */
export const remoteName = 'remote.example';

const addresses = { near: '192.0.2.1/30', remote: '192.0.2.2/30' }; // RFC 5737: reserved for documentation

/** @param {readonly string[]} argv */
function must(...argv) {
  const [program = '', ...args] = argv;
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new RigError(`${argv.join(' ')} failed`, error?.message ?? stderr);
}

/** A link of two ends, called `rig0` on both. */
function cable(near, remote) {
  const [one, two] = [`n${near.pid}`, `r${remote.pid}`];
  must('ip', 'link', 'add', one, 'type', 'veth', 'peer', 'name', two);
  for (const [name, { pid }, address] of [
    [one, near, addresses.near],
    [two, remote, addresses.remote],
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

/** @param {import('../rig/systemd/rig.mjs').Rig} rig @param {readonly string[]} argv @param {string} [user] */
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

/** Keys of its own: those of the computer that the tests run on are not used. */
const key = '/run/remote-sshd-key';

/** Refuses new connections, and ends those that there are. @param {import('../rig/systemd/rig.mjs').Rig} remote */
export async function disconnect(remote) {
  await remote.run(['systemctl', 'stop', 'remote-sshd.service']);
  await remote.run(['pkill', '-KILL', '-x', 'sshd(-session|-auth)?']); // there may be none
}

/** Accepts SSH connections, until {@link disconnect}. @param {import('../rig/systemd/rig.mjs').Rig} remote */
export async function acceptConnections(remote) {
  await inside(remote, [
    'systemd-run',
    '--quiet',
    '--collect',
    '--unit=remote-sshd',
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
 * @param {import('../rig/systemd/rig.mjs').Rig} near
 * @param {Pick<import('../rig/systemd/rig.mjs').BootOptions, 'permit' | 'log' | 'tree' | 'binds'> & { known?: boolean }} [options] known: whether its key is
 * @returns {Promise<import('../rig/systemd/rig.mjs').Rig>}
 */
export async function bootRemoteHost(near, { known = true, ...options } = {}) {
  await packages(['openssh-server', 'openssh-client', 'iproute2'], options.log);
  const remote = await boot({ name: `remote-${process.pid}`, tree: 'self', ...options });
  try {
    cable(near, remote);
    for (const file of lacking(remote.root)) cpSync(realpathSync(file), path.join(remote.root, file));
    await inside(remote, ['sh', '-c', 'id sshd || useradd --system --home-dir /run/sshd --shell /usr/sbin/nologin sshd']);
    await inside(remote, ['mkdir', '-p', '/run/sshd']);
    await inside(remote, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key]);
    await acceptConnections(remote);
    const { name: user, home } = near.user;
    await inside(near, ['mkdir', '-p', '-m', '700', `${home}/.ssh`], user);
    await inside(near, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', `${home}/.ssh/id_ed25519`], user);
    write(remote, '.ssh/authorized_keys', readFileSync(path.join(near.root, home, '.ssh/id_ed25519.pub')));
    write(near, '.ssh/config', `Host ${remoteName}\n  HostName 192.0.2.2\n  User ${remote.user.name}\n`);
    const [kind, secret] = readFileSync(path.join(remote.root, `${key}.pub`), 'utf8').split(' ');
    write(near, '.ssh/known_hosts', known ? `192.0.2.2 ${kind} ${secret}\n` : '');
    return remote;
  } catch (error) {
    await remote.stop();
    throw error;
  }
}
