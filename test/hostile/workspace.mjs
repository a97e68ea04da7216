// A workspace of everything that may harm its reader, with two good files beside it in good/.
//   node test/hostile/workspace.mjs FOLDER     makes it, and keeps its mounts and sockets until Ctrl-C
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What no output may say: it is in a file beside the workspace, and in the environment of its readers. */
export const secret = 'WORD-OF-A-SECRET';

/**
 * @typedef {object} Hostile
 * @property {string} folder
 * @property {string} mark  a file that is there when a script of the workspace was executed
 * @property {string[]} absent  what could not be made here, with the reason
 * @property {() => void} remove  takes all of it down
 */

/**
 * Makes it. As root, there are devices and dead file systems in it as well.
 * @param {string} folder  is made @param {{ editor?: boolean }} [how] `editor`: without what VS Code itself cannot bear, whose
 *   search and watchers look at every file: 100,000 in one folder, and a file system that never answers
 * @returns {Promise<Hostile>}
 */
export async function hostileWorkspace(folder, { editor = false } = {}) {
  const at = (name) => path.join(folder, name),
    mark = `${folder}-executed`,
    outside = `${folder}-secret`,
    absent = [];
  const put = (name, text, mode = 0o644) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text, { mode });
  };
  const link = (name, to) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    symlinkSync(to, at(name));
  };
  const run = (program, ...args) => {
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) absent.push(`${program} ${args.at(-1) ?? ''}: ${error?.message ?? stderr.trim()}`);
    return status === 0;
  };
  const fifo = (name) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    run('mkfifo', at(name));
  };
  const project = (name, text = '[Distribution]\nDistribution=debian\n') => put(`bad/${name}/mkosi.conf`, text);
  const including = (name, ...what) => project(name, `[Include]\n${what.map((w) => `Include=${w}\n`).join('')}`);
  const mounts = [],
    handles = [],
    servers = [];

  put('good/web.nspawn', '[Exec]\nBoot=perhaps\n');
  put('good/mkosi.conf', '[Distribution]\nDistribution=nonsense\n');
  // By its place, nspawn does not trust this one.
  put('good/.local/state/machines/stranger.nspawn', '[Files]\nBind=/srv/data\n');

  // Files that have no end, or wait for a writer.
  for (const [name, to] of [
    ['zero', '/dev/zero'],
    ['random', '/dev/urandom'],
    ['memory', '/proc/self/mem'],
    ['kernel', '/dev/kmsg'],
    ['log', '/proc/kmsg'],
    ['full', '/dev/full'],
    ['terminal', '/dev/tty'],
    ['input', '/dev/stdin'],
  ]) {
    link(`bad/${name}/mkosi.conf`, to);
    link(`bad/${name}.nspawn`, to);
    including(`include-${name}`, to);
    project(`dropin-${name}`);
    link(`bad/dropin-${name}/mkosi.conf.d/a.conf`, to);
    for (const value of ['version', 'seed', 'rootpw', 'crt']) link(`bad/dropin-${name}/mkosi.${value}`, to);
  }
  fifo('bad/fifo/mkosi.conf');
  fifo('bad/fifo.nspawn');
  fifo('bad/parent');
  project('fifos');
  for (const name of ['mkosi.conf.d/a.conf', 'mkosi.version', 'mkosi.seed', 'mkosi.profiles/x.conf', 'mkosi.images/y.conf'])
    fifo(`bad/fifos/${name}`);
  including('include-fifo', '../fifo/mkosi.conf');
  project('certificate', '[Host]\nSsh=yes\nSshCertificate=/dev/zero\n[Validation]\nSecureBootKey=/dev/zero\n');
  // A FIFO is the configuration of the project above.
  fifo('bad/below/mkosi.conf');
  put('bad/below/mkosi.images/web/mkosi.conf', '[Content]\nPackages=x\n');
  project('closed');
  put('bad/closed/mkosi.conf.d/a.conf', '');
  chmodSync(at('bad/closed/mkosi.conf.d'), 0);
  if (process.getuid?.() === 0)
    for (const name of ['bad/device.nspawn', 'bad/include-zero/mkosi.local.conf']) run('mknod', at(name), 'c', '1', '5');
  mkdirSync(at('bad/socket'));
  const server = createServer();
  await new Promise((resolve) => server.listen(at('bad/socket/mkosi.conf'), () => resolve(undefined)));
  servers.push(server);

  // Folders that link to themselves, and paths without an end.
  project('loops');
  for (const name of ['a', 'b']) link(`bad/loops/mkosi.conf.d/${name}`, '..');
  link('bad/loops/mkosi.conf.d/me', '.');
  link('bad/loops/mkosi.profiles/self', 'self');
  link('bad/loops/mkosi.images/up', '../..');
  project('everything');
  link('bad/everything/mkosi.conf.d/x', '/');
  including('circle', '../circle', 'one.conf');
  for (const [one, other] of [
    ['one', 'two'],
    ['two', 'one'],
  ])
    put(`bad/circle/${one}.conf`, `[Include]\nInclude=${other}.conf\n`);
  put(`bad/deep/${'mkosi.conf.d/'.repeat(editor ? 60 : 250)}a.conf`, '');
  // Deeper than a path can be long.
  if (!editor) {
    const back = process.cwd();
    project('far');
    mkdirSync(at('bad/far/mkosi.conf.d'));
    process.chdir(at('bad/far/mkosi.conf.d'));
    for (let i = 0; i < 20; i++) {
      mkdirSync('d'.repeat(250));
      process.chdir('d'.repeat(250));
    }
    writeFileSync('x.nspawn', '');
    process.chdir(back);
  }
  for (let i = 0; i < (editor ? 1_000 : 100_000); i++) {
    if (i === 0) project('many');
    if (i === 0) mkdirSync(at('bad/many/mkosi.conf.d'));
    writeFileSync(at(`bad/many/mkosi.conf.d/${i}.conf`), '');
  }

  // Too much of a text.
  project('sparse');
  put('bad/sparse/mkosi.conf.d/a.conf', '');
  truncateSync(at('bad/sparse/mkosi.conf.d/a.conf'), 1 << 30);
  put('bad/sparse.nspawn', '');
  truncateSync(at('bad/sparse.nspawn'), 1 << 30);
  project('value');
  put('bad/value/mkosi.version', 'x'.repeat(20 << 20));
  put('bad/real/mkosi.conf', `[Content]\n${'Packages=vim bash less strace\n'.repeat(700_000)}`);
  put('bad/line.nspawn', `[Exec]\nParameters=${'a '.repeat(5 << 20)}\n`);
  put('bad/lines.nspawn', `[Exec]\n${'Boot=yes\n'.repeat(60_000)}`);
  put('bad/list.nspawn', `[Exec]\nSystemCallFilter=${'@mount ~kexec '.repeat(70_000)}\n`);
  put('bad/blanks.nspawn', `[Exec]\nBoot=yes x${' '.repeat(1 << 20)}x\n`);
  project('list', `[Content]\nPackages=${'vim, '.repeat(200_000)}\n`);
  project('pattern', `[Output]\nImageId=${'a'.repeat(60)}\n`);
  put('bad/pattern/mkosi.conf.d/a.conf', `[Match]\nImageId=${'*a'.repeat(30)}b\n[Content]\nPackages=x\n`);
  put(
    'bad/brackets/mkosi.conf',
    `[Match]\nImageId=${'['.repeat(20_000)}\nHostname=${'?*'.repeat(10_000)}b\nArchitecture=${'!'.repeat(20_000)}\n`,
  );
  put('bad/bytes.nspawn', Buffer.from('5b455d0afffe003dc3280a', 'hex'));
  including('globs', '*/*/*/*/*/*', '../*/../*/../*/../*');

  // Names, and keys that a terminal would obey.
  for (const name of ['a\n::error file=x::forged', 'b\x1b[31mred', 'c\u202egnp', 'd\u200b', '-rf', '$(touch x)', 'n'.repeat(248)]) {
    put(`bad/names/${name}.nspawn`, '[Exec]\n\x1b]0;title\x07Boot=yes\n\u202eBoot=no\n::error file=x::forged=1\n');
    project(`names/${name.slice(0, 200)}`, '[Output]\n\x1b[2J=1\nFormat=\x1b[31m\n');
  }
  writeFileSync(
    Buffer.concat([Buffer.from(at('bad/names/bytes-')), Buffer.from([0xff, 0xfe]), Buffer.from('.nspawn')]),
    '[Exec]\nBoot=perhaps\n',
  );

  // Private files.
  writeFileSync(outside, `root:${secret}:19000:::::\n`, { mode: 0o600 });
  including('secrets', outside, '/proc/self/environ', '/etc/shadow');
  link('bad/secrets/mkosi.conf.d/a.conf', outside);
  link('bad/secrets/mkosi.seed', outside);

  // What would be executed.
  project('scripts');
  for (const name of ['version', 'configure', 'rootpw', 'seed', 'prepare', 'build', 'finalize']) {
    put(`bad/scripts/mkosi.${name}`, `#!/bin/sh\ntouch '${mark}'\necho 1\n`, 0o755);
  }
  put('mkosi', `#!/bin/sh\ntouch '${mark}'\n`, 0o755);
  put(
    '.vscode/settings.json',
    JSON.stringify({
      'nspawn.rules': { untrusted: 'off', 'bad-value': 'off' },
      'nspawn.hosts': [`-oProxyCommand=touch ${mark}`],
      'nspawn.elevation': 'sudo',
      'nspawn.mkosi.checkOnSave': true,
      'nspawn.mkosi.checkAfterFailedTask': true,
      'nspawn.systemdVersion': 226,
      'nspawn.mkosiVersion': 1,
    }),
  );
  put(
    '.vscode/tasks.json',
    JSON.stringify({
      version: '2.0.0',
      tasks: [{ type: 'mkosi', verb: 'build', folder: 'bad/scripts', label: 'sneak', runOptions: { runOn: 'folderOpen' } }],
    }),
  );

  // File systems whose server has gone, or never answers.
  for (const name of editor ? ['gone'] : ['gone', 'silent']) {
    including(name, 'mount/x.conf', 'mount');
    mkdirSync(at(`bad/${name}/mount`));
    link(`bad/${name}/mkosi.conf.d/a.conf`, '../mount/y');
    if (process.getuid?.() !== 0 || !existsSync('/dev/fuse')) {
      absent.push(`the file system ${name}: it takes root and /dev/fuse`);
      continue;
    }
    const handle = openSync('/dev/fuse', 'r+');
    const { status, stderr } = spawnSync(
      'mount',
      ['-i', '-t', 'fuse', '-o', 'fd=3,rootmode=40000,user_id=0,group_id=0', 'none', at(`bad/${name}/mount`)],
      { stdio: ['ignore', 'ignore', 'pipe', handle], encoding: 'utf8' },
    );
    if (status === 0) mounts.push(at(`bad/${name}/mount`));
    else absent.push(`the file system ${name}: ${stderr.trim()}`);
    if (name === 'gone') closeSync(handle);
    else handles.push(handle);
  }

  return {
    folder,
    mark,
    absent,
    remove() {
      for (const mount of mounts.splice(0)) spawnSync('umount', ['--force', '--lazy', mount]);
      for (const handle of handles.splice(0)) closeSync(handle);
      for (const each of servers.splice(0)) each.close();
      // Users other than root need access first.
      if (existsSync(at('bad/closed/mkosi.conf.d'))) chmodSync(at('bad/closed/mkosi.conf.d'), 0o700);
      // Not by Node, which knows folders by their path only.
      spawnSync('rm', ['-rf', '--', folder, outside, mark]);
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, absent, remove } = await hostileWorkspace(path.resolve(process.argv[2] ?? 'hostile-workspace'));
  for (const reason of absent) console.log(`Not made: ${reason}`);
  console.log(`${folder} is there until Ctrl-C.`);
  process.once('SIGINT', () => {
    remove();
    process.exit(0);
  });
}
