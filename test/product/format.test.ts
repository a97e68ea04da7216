import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

describe('the verb format', () => {
  const cli = path.resolve('server/dist/cli.js');
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-format-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' });
  const fed = (input: string | Buffer, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8', input });
    return [status, stdout, stderr];
  };
  const put = (name: string, text: string | Buffer): string => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
    return name;
  };
  const text = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

  it('brings files and what lies in folders into form, names what it changed, and has nothing to do a second time', () => {
    put('a.nspawn', '[Exec]\n  Boot = yes');
    put('sub/mkosi.conf', '[Content]\nPackages = a\n   b   \n\n\n[Output]\n');
    put('sub/good.nspawn', '[Exec]\nBoot=yes\n');
    put('notes.txt', 'a = b');
    const { status, stdout, stderr } = run('format', 'a.nspawn', 'sub');
    assert.deepEqual([status, stdout, stderr], [0, 'a.nspawn\nsub/mkosi.conf\n', '']);
    assert.equal(text('a.nspawn'), '[Exec]\nBoot=yes\n');
    assert.equal(text('sub/mkosi.conf'), '[Content]\nPackages=a\n   b\n\n[Output]\n');
    assert.equal(text('notes.txt'), 'a = b');
    assert.deepEqual([run('format', '.').status, run('format', '.').stdout], [0, '']);
  });

  it('only names with --check what is not in form, and then exits 1', () => {
    put('a.nspawn', '[Exec]\nBoot = yes\n');
    put('b.nspawn', '[Exec]\nBoot=yes\n');
    const { status, stdout } = run('format', '--check', '.');
    assert.deepEqual([status, stdout], [1, 'a.nspawn\n']);
    assert.equal(text('a.nspawn'), '[Exec]\nBoot = yes\n');
    assert.deepEqual([run('format', '--check', 'b.nspawn').status, run('format', '--check', 'b.nspawn').stdout], [0, '']);
  });

  it('keeps line ends and a byte order mark', () => {
    put('a.nspawn', '\ufeff[Exec]\r\nBoot = yes\r\n');
    assert.equal(run('format', 'a.nspawn').status, 0);
    assert.equal(text('a.nspawn'), '\ufeff[Exec]\r\nBoot=yes\r\n');
  });

  it('leaves alone what is no UTF-8, because it could not be written back', () => {
    const bytes = Buffer.from('[Exec]\nBoot = \xff\n', 'latin1');
    put('a.nspawn', bytes);
    const { status, stderr } = run('format', 'a.nspawn');
    assert.equal(status, 2);
    assert.match(stderr, /^a\.nspawn: This file is not valid UTF-8/);
    assert.deepEqual(readFileSync(path.join(folder, 'a.nspawn')), bytes);
  });

  it('names what it cannot format, goes on with the others, and exits 2', () => {
    const wild = '[Exec]\nBoot = yes\n';
    for (const name of ['a.nspawn', 'd/z.nspawn']) put(name, wild);
    put('d/bad.nspawn', Buffer.from('[Exec]\nBoot = \xff\n', 'latin1'));
    put('d/large.nspawn', '');
    truncateSync(path.join(folder, 'd/large.nspawn'), 1 << 30);
    for (const flags of [['--check'], []]) {
      const { status, stdout, stderr } = run('format', ...flags, 'absent.nspawn', 'd', 'a.nspawn');
      assert.deepEqual([status, stdout], [2, 'd/z.nspawn\na.nspawn\n']);
      assert.deepEqual(
        stderr
          .trim()
          .split('\n')
          .map((line) => /absent\.nspawn|d\/bad\.nspawn|d\/large\.nspawn/.exec(line)?.[0]),
        ['absent.nspawn', 'd/bad.nspawn', 'd/large.nspawn'],
      );
      assert.deepEqual(
        [text('a.nspawn'), text('d/z.nspawn')],
        flags.length > 0 ? [wild, wild] : ['[Exec]\nBoot=yes\n', '[Exec]\nBoot=yes\n'],
      );
    }
  });

  it('keeps permissions, says what other names of a file keep, and follows no link to elsewhere', () => {
    const wild = '[Exec]\nBoot = yes\n';
    for (const name of ['d/a.nspawn', 'd/b.nspawn', 'out.nspawn']) put(name, wild);
    chmodSync(path.join(folder, 'd/a.nspawn'), 0o640);
    linkSync(path.join(folder, 'd/b.nspawn'), path.join(folder, 'b.other'));
    symlinkSync('../out.nspawn', path.join(folder, 'd/link.nspawn'));
    const { status, stdout, stderr } = run('format', 'd', 'd/link.nspawn');
    assert.deepEqual([status, stdout], [2, 'd/a.nspawn\nd/b.nspawn\n']);
    assert.match(stderr, /^d\/b\.nspawn: It has other names .*\nd\/link\.nspawn: It is a link that leads out of .*\/d, to .*\/out\.nspawn/);
    assert.equal(statSync(path.join(folder, 'd/a.nspawn')).mode & 0o777, 0o640);
    assert.deepEqual(
      [text('b.other'), text('out.nspawn'), lstatSync(path.join(folder, 'd/link.nspawn')).isSymbolicLink()],
      [wild, wild, true],
    );
  });

  it('loses nothing where there is no room, and formats what there is room for', () => {
    const large = `[Exec]\n${Array.from({ length: 1000 }, (_, i) => `Environment = V${i}=1\n`).join('')}`;
    put('a.nspawn', large);
    put('b.nspawn', '[Exec]\nBoot = yes\n');
    const { status, stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath, cli, 'format', '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout, text('a.nspawn'), text('b.nspawn')], [2, 'b.nspawn\n', large, '[Exec]\nBoot=yes\n']);
    assert.match(stderr, /^a\.nspawn: It was not changed: .*EFBIG/);
    assert.deepEqual(readdirSync(folder).sort(), ['a.nspawn', 'b.nspawn']);
  });

  it('reads standard input and writes the form to standard output', () => {
    assert.deepEqual(fed('[Exec]\n  Boot = yes', 'format', '-'), [0, '[Exec]\nBoot=yes\n', '']);
    assert.deepEqual(fed('[Exec]\nBoot=yes\n', 'format', '-'), [0, '[Exec]\nBoot=yes\n', '']);
    // The name says what it is: in a mkosi.conf an indented line goes on with the value.
    assert.deepEqual(fed('[Content]\nPackages = a\n   b   \n', 'format', '--stdin-filename', 'sub/mkosi.conf', '-'), [
      0,
      '[Content]\nPackages=a\n   b\n',
      '',
    ]);
    assert.deepEqual(fed('[Exec]\nBoot = yes\n', 'format', '--check', '--stdin-filename', 'a.nspawn', '-'), [1, 'a.nspawn\n', '']);
    assert.deepEqual(fed('[Exec]\nBoot=yes\n', 'format', '--check', '-'), [0, '', '']);
    assert.deepEqual(fed('', 'format', '-'), [0, '', '']);
    assert.deepEqual(fed(Buffer.from('[Exec]\nBoot = \xff\n', 'latin1'), 'format', '-').slice(0, 2), [2, '']);
    put('a.nspawn', '[Exec]\nBoot = yes\n');
    assert.deepEqual(fed('', 'format', '-', 'a.nspawn').slice(0, 2), [2, '']);
    assert.equal(text('a.nspawn'), '[Exec]\nBoot = yes\n');
  });

  it('exits 2 on wrong use, with one line on standard error', () => {
    for (const args of [['format'], ['format', 'absent.nspawn'], ['format', '--chek', '.']]) {
      const { status, stdout, stderr } = run(...args);
      assert.deepEqual([status, stdout, stderr.trim().split('\n').length], [2, '', 1], args.join(' '));
    }
  });

  it('is explained by --help, as the other verbs are', () => {
    for (const args of [[], ['--help'], ['format', '--help'], ['check', '--help']]) {
      const { status, stdout } = run(...args);
      assert.equal(status, 0);
      for (const verb of ['check', 'format', 'convert', 'migrate', '--stdio'])
        assert.ok(stdout.includes(`cli.js ${verb}`), `${args.join(' ')}: ${verb}`);
    }
  });
});
