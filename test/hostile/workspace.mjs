// A workspace that wants to hurt who opens it, with good files beside the bad ones.
//   node test/hostile/workspace.mjs FOLDER [--small]      makes it there; --remove takes it away
// As root it has devices and dead mounts too. What is bad about a thing stands in its name.
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What scripts of the workspace write into the folder around it when somebody executes them: `NAME.executed`. */
export const mark = '.executed';
/** Stands in files outside the workspace, which no answer may quote. */
export const secret = 'c0rrect-h0rse';
/** The good files, and the findings that each has. */
export const good = {
  'good/web.nspawn': { text: '[Exec]\nBoot=maybe\nBoots=yes\n', findings: ['bad-value', 'unknown-setting'] },
  'good/mkosi.conf': { text: '[Distribution]\nDistribution=debian\n\n[Content]\nNoSuch=yes\n', findings: ['unknown-setting'] },
};

const MiB = 1 << 20;
/** Controls, a line that commands continuous integration, an order of reading turned round, and options. */
const oddNames = ['a\nb', 'a\n::error file=x::forged', '\x1b]0;title\x07\x1b[31mred', 'evil\u202efnoc', 'wide\u200b\u2028line', '-rf', '$(touch x)', '%s%n'];

/** @typedef {{ mounts: string[], handles: number[] }} Mounted  to be taken down */
/** What hangs as long as this process lives. @type {Map<string, Mounted>} */
const mounted = new Map();

/**
 * Makes the workspace in a folder that is there, and beside it `outside`, a file with a secret. Whoever calls this calls `remove` later,
 * from the same process.
 * @param {string} folder @param {{ small?: boolean }} [how]  small: without what an editor cannot bear even without us: the 100,000 files
 *   (its watcher lists all), giant files, and mounts and files that make whoever looks at them wait (its search and explorer do)
 * @returns {{ left: string[] }} what cannot be made here, and why
 */
export function make(folder, { small = false } = {}) {
  const at = (/** @type {string} */ name) => path.join(folder, name);
  const put = (/** @type {string} */ name, /** @type {string | Buffer} */ text, mode = 0o644) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
    chmodSync(at(name), mode);
  };
  const link = (/** @type {string} */ name, /** @type {string} */ target) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    symlinkSync(target, at(name));
  };
  const left = /** @type {string[]} */ ([]), marks = path.dirname(folder);
  for (const [name, { text }] of Object.entries(good)) put(name, text);
  writeFileSync(outside(folder), `root:${secret}:20000:0:::::\nPackages=${secret}\n`, { mode: 0o600 });

  specials(put, link, at, left);
  loops(put, link, at);
  hungry(put, outside(folder));
  words(put);
  scripts(put, marks);
  editor(put, marks);
  names(folder, put);
  if (!small) {
    giants(put, at);
    mkdirSync(at('many'));
    for (let i = 0; i < 100_000; i++) writeFileSync(at(`many/${i}.txt`), '');
    mounted.set(folder, deadMounts(at, left));
  }
  return { left };
}

/** The file beside the workspace that only root may read. @param {string} folder */
export const outside = (folder) => `${folder}.shadow`;

/** Takes the workspace away, with its mounts, also one that an earlier process left. @param {string} folder */
export function remove(folder) {
  const { mounts, handles } = mounted.get(folder) ?? { mounts: [], handles: [] };
  // Whoever waits for an answer gets an error when nobody can give one any more.
  for (const handle of handles) closeSync(handle);
  const left = [...readFileSync('/proc/self/mounts', 'utf8').matchAll(/ (\S+) fuse /g)].map(([, mount]) => mount).filter((mount) => mount.startsWith(`${folder}/`));
  for (const mount of new Set([...mounts, ...left])) spawnSync('umount', ['-l', mount], { stdio: 'ignore' });
  mounted.delete(folder);
  spawnSync('chmod', ['-R', 'u+rwX', folder], { stdio: 'ignore' });
  for (const thing of [folder, outside(folder)]) rmSync(thing, { recursive: true, force: true, maxRetries: 2 });
}

/** @typedef {(name: string, text: string | Buffer, mode?: number) => void} Put */
/** @typedef {(name: string, target: string) => void} Link */

/** Devices, FIFOs and sockets where files should be. @param {Put} put @param {Link} link @param {(name: string) => string} at @param {string[]} left */
function specials(put, link, at, left) {
  for (const target of ['/dev/zero', '/dev/random', '/dev/full', '/proc/self/mem', '/proc/kmsg', '/dev/tty', '/dev/ptmx']) {
    const name = target.slice(1).replaceAll('/', '-');
    link(`links/${name}/mkosi.conf`, target);
    link(`links/${name}.nspawn`, target);
    put(`values/${name}/mkosi.conf`, '[Output]\nImageId=x\n');
    link(`values/${name}/mkosi.version`, target);
    link(`values/${name}/mkosi.conf.d/10-x.conf`, target);
  }
  for (const name of ['fifo/mkosi.conf', 'fifos/web.nspawn', 'fifos/project/mkosi.version', 'fifos/project/mkosi.conf.d/10-x.conf']) {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    spawnSync('mkfifo', [at(name)]);
  }
  put('fifos/project/mkosi.conf', '[Output]\nImageId=x\n');
  // Above a project that is well: servers look there for a project that includes it.
  put('fifo/below/mkosi.conf', '[Output]\nImageId=x\n');
  // A path of a socket has 107 bytes at most.
  const bind = 'const s = require("net").createServer().listen("x.nspawn", () => process.kill(process.pid, "SIGKILL"))';
  mkdirSync(at('socket'));
  spawnSync(process.execPath, ['-e', bind], { cwd: at('socket') });
  if (process.getuid?.() === 0) {
    mkdirSync(at('devices'));
    for (const [name, major, minor] of [['mkosi.conf', 1, 5], ['memory.nspawn', 1, 1], ['random.nspawn', 1, 8]]) {
      if (spawnSync('mknod', [at(`devices/${name}`), 'c', String(major), String(minor)]).status !== 0) left.push('devices: mknod is not allowed');
    }
  } else {
    left.push('devices: that takes root');
  }
}

/** Links in circles, and folders that nobody gets to the end of. @param {Put} put @param {Link} link @param {(name: string) => string} at */
function loops(put, link, at) {
  put('loops/mkosi.conf', '[Output]\nImageId=x\n');
  for (const [name, target] of [['a', '..'], ['b', '..'], ['x', '/'], ['self.conf', 'self.conf'], ['me', '.']]) link(`loops/mkosi.conf.d/${name}`, target);
  for (const [name, target] of [['a', '..'], ['b', '..']]) link(`loops/mkosi.images/${name}`, target);
  link('loops/mkosi.version', 'mkosi.version');
  const deep = Array.from({ length: 300 }, (_, i) => `d${i}`).join('/');
  put(`deep/mkosi.conf.d/${deep}/10-x.conf`, '[Output]\n');
  put('deep/mkosi.conf', '[Output]\nImageId=x\n');
  put('closed/mkosi.conf.d/10-x.conf', '[Output]\n');
  put('closed/mkosi.conf', '[Output]\nImageId=x\n');
  chmodSync(at('closed/mkosi.conf.d'), 0);
}

/** Files that name others which are none of their business. @param {Put} put @param {string} shadow */
function hungry(put, shadow) {
  const includes = ['/dev/zero', '/etc/shadow', shadow, '/proc/self/environ', '/proc/self/mem', '../fifo/mkosi.conf', '/', '.', '/proc/self/fd/0'];
  put('hungry/mkosi.conf', `[Include]\n${includes.map((file) => `Include=${file}\n`).join('')}[Validation]\nSshCertificate=/dev/zero\nSshKey=../fifo/mkosi.conf\n`);
  put('circle/mkosi.conf', '[Include]\nInclude=other.conf\n');
  put('circle/other.conf', '[Include]\nInclude=mkosi.conf\nInclude=other.conf\n');
}

/** What takes long for whoever goes back over a text. @param {Put} put */
function words(put) {
  put('patterns/mkosi.conf', `[Match]\nImageId=${'*a'.repeat(200)}b\nHostname=${'?*'.repeat(200)}\n[Output]\nImageId=${'a'.repeat(5000)}\n`);
  put('patterns/brackets/mkosi.conf', `[Match]\nImageId=${'['.repeat(20_000)}\nArchitecture=${'!'.repeat(20_000)}\n`);
  put('values/blanks.nspawn', `[Exec]\nParameters=x${' '.repeat(100_000)}x\n`);
  put('values/list.nspawn', `[Exec]\nCapability=${'CAP_CHOWN '.repeat(20_000)}\n`);
  put('values/quotes.nspawn', `[Exec]\nParameters=${'"\\'.repeat(50_000)}\nEnvironment=${'A=%'.repeat(30_000)}\n`);
  put('values/list/mkosi.conf', `[Content]\nPackages=${'vim,'.repeat(60_000)}\n`);
  put('values/controls.nspawn', '[Exec]\n\x1b[2J\x1b]8;;http://x\x07=\x9b31m\nBo\u202eot=\x1b[31m\n::error file=x::forged=1\n\r::error::forged\n');
  put('values/bytes.nspawn', Buffer.from([0x5b, 0x45, 0x5d, 0x0a, 0xff, 0xfe, 0x00, 0x3d, 0xc3, 0x28, 0x0a]));
  // 5,000 of them, and every request on them, bring the server to within a few MiB of its bound.
  put('values/lines/mkosi.conf', `[Content]\n${'NoSuch=1\n'.repeat(2_000)}`);
}

/** What mkosi executes, each with a word for having been executed. @param {Put} put @param {string} marks */
function scripts(put, marks) {
  put('scripts/mkosi.conf', '[Output]\nImageId=x\n');
  for (const name of ['mkosi.version', 'mkosi.configure', 'mkosi.rootpw', 'mkosi.prepare', 'mkosi.build', 'mkosi.bump', 'mkosi', 'git']) {
    put(`scripts/${name}`, `#!/bin/sh\ntouch '${marks}/${name}${mark}'\necho 1\n`, 0o755);
  }
}

/** Settings and tasks of a workspace that would execute or hide something. @param {Put} put @param {string} marks */
function editor(put, marks) {
  put('.vscode/settings.json', JSON.stringify({
    'nspawn.rules': { 'unknown-setting': 'off', untrusted: 'off' },
    'nspawn.hosts': [`-oProxyCommand=touch ${marks}/host${mark}`, `x;touch ${marks}/host${mark}`], 'nspawn.elevation': 'sudo',
    'nspawn.systemdVersion': 240, 'nspawn.mkosiVersion': 20, 'nspawn.mkosi.checkOnSave': false,
  }));
  put('.vscode/tasks.json', JSON.stringify({ version: '2.0.0', tasks: [
    { type: 'mkosi', verb: 'build', folder: 'scripts', label: 'sneak', runOptions: { runOn: 'folderOpen' } },
    { type: 'shell', command: `touch '${marks}/task${mark}'`, label: 'sneak too', runOptions: { runOn: 'folderOpen' } },
  ] }));
}

/** Files, each with a finding, whose names do something to whoever prints them. @param {string} folder @param {Put} put */
function names(folder, put) {
  for (const name of [...oddNames, 'n'.repeat(248)]) put(`names/${name}.nspawn`, '[Exec]\nBoots=1\n');
  for (const name of oddNames) put(`names/${name}/mkosi.conf`, '[Output]\nNoSuch=1\n');
  // Not UTF-8.
  writeFileSync(Buffer.concat([Buffer.from(path.join(folder, 'names/x')), Buffer.from([0xff, 0xfe]), Buffer.from('.nspawn')]), '[Exec]\nBoots=1\n');
}

/** More than anybody wants to read. @param {Put} put @param {(name: string) => string} at */
function giants(put, at) {
  put('giant/sparse/mkosi.conf', '');
  truncateSync(at('giant/sparse/mkosi.conf'), 1 << 30);
  put('giant/real/mkosi.conf', `[Content]\n${'Packages=vim bash less strace\n'.repeat(20 * MiB / 30)}`);
  put('giant/line.nspawn', `[Exec]\nParameters=${'x '.repeat(5 * MiB)}\n`);
  put('giant/value/mkosi.conf', '[Output]\nImageId=x\n');
  put('giant/value/mkosi.version', '1'.repeat(20 * MiB));
  put('giant/list/mkosi.conf', `[Content]\nPackages=${'a,'.repeat(MiB / 2)}\n`);
}

/** Mounts whose server is gone, and whose server never answers. @param {(name: string) => string} at @param {string[]} left @returns {Mounted} */
function deadMounts(at, left) {
  const mounts = [], handles = [];
  if (process.getuid?.() !== 0 || !existsSync('/dev/fuse')) {
    left.push('dead mounts: that takes root and /dev/fuse');
    return { mounts, handles };
  }
  for (const [name, answers] of /** @type {const} */ ([['mounts/gone', false], ['mounts/silent', true]])) {
    mkdirSync(at(name), { recursive: true });
    const handle = openSync('/dev/fuse', 'r+');
    const { status } = spawnSync('mount', ['-i', '-t', 'fuse', '-o', 'fd=3,rootmode=40000,user_id=0,group_id=0', 'none', at(name)], { stdio: ['ignore', 'ignore', 'ignore', handle] });
    if (status !== 0) left.push(`${name}: FUSE cannot be mounted here`);
    else mounts.push(at(name));
    if (answers && status === 0) handles.push(handle);
    else closeSync(handle);
  }
  return { mounts, handles };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, how] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('Usage: node test/hostile/workspace.mjs FOLDER [--small | --remove]');
    process.exit(2);
  }
  if (how === '--remove') {
    remove(path.resolve(folder));
  } else {
    mkdirSync(folder);
    for (const reason of make(path.resolve(folder), { small: how === '--small' }).left) console.log(`not made: ${reason}`);
  }
}
