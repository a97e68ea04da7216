import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

/** The checker on untrusted files. */
describe('checker and hostile files', () => {
  let folder: string, cli: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-hostile-'));
    cli = path.join(folder, 'cli.js');
    copyFileSync('server/dist/cli.js', cli);
  });
  afterEach(() => {
    execFileSync('rm', ['-rf', folder]);
  });

  const at = (name: string): string => path.join(folder, name);
  const put = (name: string, text: string): void => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  };
  /** A checker that never ends is killed, which is not an exit status. */
  const run = (args: readonly string[], more: object = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 1 << 28,
      ...more,
    });
    return { status, stdout, stderr, lines: stderr.split('\n').filter((line) => line !== '') };
  };
  const wrong = '[Exec]\nBoot=maybe\n',
    found = /Boot=: "maybe"/;

  it('comes to an end, whatever stands where a file should', () => {
    put('mkosi.conf', '[Distribution]\nDistribution=debian\n[Include]\nInclude=/dev/zero\nInclude=fifo\n');
    mkdirSync(at('mkosi.conf.d'));
    for (const name of ['fifo', 'mkosi.conf.d/10-x.conf', 'x.nspawn']) execFileSync('mkfifo', [at(name)]);
    for (const name of ['mkosi.version', 'web.nspawn', 'mkosi.conf.d/zero.conf']) symlinkSync('/dev/zero', at(name));
    for (const [name, target] of [
      ['a', '..'],
      ['b', '..'],
      ['x', '/'],
    ] as const)
      symlinkSync(target, at(`mkosi.conf.d/${name}`));
    put('giant.nspawn', '');
    truncateSync(at('giant.nspawn'), 2 ** 33);
    put('z/good.nspawn', wrong);
    const { status, stdout } = run(['check', '.']);
    assert.equal(status, 1);
    assert.match(stdout, found);
    assert.match(stdout, /^mkosi\.conf:4:9: error: \/dev\/zero: This is a device/m);
    assert.match(stdout, /^mkosi\.conf:5:9: error: fifo: This is a FIFO/m);
    for (const name of ['x.nspawn', 'web.nspawn', 'giant.nspawn', 'fifo', '/dev/zero']) {
      const named = run(['check', name]);
      assert.deepEqual([named.status, named.stdout, named.lines.length], [2, '', 1], name);
    }
  });

  it('judges everything but what cannot be read, names that, and exits 2', () => {
    for (let i = 0; i < 40; i++) put(`${i}.nspawn`, wrong);
    writeFileSync(Buffer.concat([Buffer.from(at('a')), Buffer.from([0xff]), Buffer.from('.nspawn')]), '');
    for (const format of ['text', 'json', 'sarif']) {
      const { status, stdout, lines } = run(['check', '--format', format, '.', 'absent.nspawn']);
      assert.deepEqual([status, stdout.match(/Boot=: (\\)?"maybe/g)?.length], [2, 40], format);
      assert.deepEqual(lines, [
        'a\\xff.nspawn: The name is not valid UTF-8, so this is not looked at',
        'absent.nspawn: There is nothing of this name',
      ]);
      if (format !== 'text') JSON.parse(stdout);
    }
  });

  it('goes on beside folders and files of somebody else', () => {
    put('good.nspawn', wrong);
    for (let i = 0; i < 30; i++) {
      mkdirSync(at(`d${i}`));
      chmodSync(at(`d${i}`), 0);
    }
    put('secret.nspawn', wrong);
    chmodSync(at('secret.nspawn'), 0);
    // Root can read everything.
    const nobody = 65534,
      isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(folder, nobody, nobody);
    const { status, stdout, lines } = run(['check', '.'], isRoot ? { uid: nobody, gid: nobody } : {});
    assert.equal(status, 2);
    assert.match(stdout, found);
    assert.deepEqual([lines.length, lines[0], lines.at(-1)], [21, 'd0: This cannot be read: permission denied (EACCES)', 'and 11 more']);
  });

  it('prints nothing that steers a terminal or forges a line', () => {
    put('a\n::error file=x::forged\x1b[31m.nspawn', '[Exec]\n\x1b]0;pwned\x07Boot=yes\nBoot=\u202eon\u2066\x9b31m\n');
    const { stdout, stderr } = run(['check', '.', 'no\nsuch\x1b[1m']);
    assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|^::error/m);
    assert.match(stdout, /^a\\x0A::error file=x::forged\\x1B\[31m\.nspawn:2:/m);
    const { files } = JSON.parse(run(['check', '--format', 'json', '.']).stdout) as {
      files: { path: string; diagnostics: { message: string }[] }[];
    };
    assert.equal(files[0]?.path, 'a\n::error file=x::forged\x1b[31m.nspawn');
    assert.ok(files[0].diagnostics.some((d) => /\x1b/.test(d.message)));
  });

  it('says in one line that its output cannot be written', () => {
    for (let i = 0; i < 300; i++) put(`${i}.nspawn`, wrong);
    const full = openSync('/dev/full', 'w');
    for (const args of [['check', '.'], ['check', '--format', 'json', '.'], ['check', '--format', 'sarif', '.'], ['--help']]) {
      const { status, lines } = run(args, { stdio: ['ignore', full, 'pipe'] });
      assert.deepEqual([status, lines], [2, ['The output cannot be written: its file system is full (ENOSPC)']], args.join(' '));
    }
    closeSync(full);
  });

  it('is silent when nobody reads its output any more', () => {
    for (let i = 0; i < 3000; i++) put(`${i}.nspawn`, wrong);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', '"$0" "$1" check . | head -n 1', process.execPath, cli], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout.split('\n').length, stderr], [0, 2, '']);
  });

  it('takes no more of standard input than a file may have', () => {
    const { status, stdout, lines } = run(['check', '-'], { input: '#'.repeat(5 << 20) });
    assert.deepEqual([status, stdout, lines], [2, '', ['standard input: Standard input has more than 4 MiB and is not read.']]);
  });

  it('forges no line and steers no terminal, whatever files and folders are called', () => {
    const odd = '[Exec]\nBoot=##[error]forged\nNo\x1b[2JSuch=\u202e\n',
      project = '[Output]\n\x1b[2J=1\nFormat=\x1b[31m\n[Content]\nPackages=a\n  ::error::forged\n';
    for (const name of ['::error file=x::forged', '##[error]forged', 'a\n::error::forged']) {
      put(`${name}.nspawn`, odd);
      put(`project/${name}/mkosi.conf`, project);
      put(`${name}/mkosi.conf`, project);
      execFileSync('mkfifo', [at(`${name}-fifo.nspawn`)]);
    }
    for (const args of [
      ['check', '.'],
      ['format', '--check', '.'],
      ['migrate', 'project'],
      ['migrate', '::error file=x::forged'],
      ['migrate', '--write', 'project'],
      ['convert', '::error file=x::forged.nspawn'],
      ['check', '::none::'],
    ]) {
      const { status, stdout, stderr } = run(args),
        said = args[0] === 'convert' ? stderr : stdout + stderr;
      assert.notEqual(status, null);
      assert.doesNotMatch(said, /^\s*::|##\w*\[/m, args.join(' '));
      assert.doesNotMatch(said, /[\x00-\x08\x0b-\x1f\x7f\u202e]/, args.join(' '));
      assert.match(said, /error|forged|none|\\x1B/, args.join(' '));
    }
  });
});
