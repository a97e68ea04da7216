import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

describe('the verb format', () => {
  const cli = path.resolve('server/dist/cli.js');
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'nspawn-format-')); });
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
    assert.match(stderr, /a\.nspawn is not valid UTF-8/);
    assert.deepEqual(readFileSync(path.join(folder, 'a.nspawn')), bytes);
  });

  it('reads standard input and writes the form to standard output', () => {
    assert.deepEqual(fed('[Exec]\n  Boot = yes', 'format', '-'), [0, '[Exec]\nBoot=yes\n', '']);
    assert.deepEqual(fed('[Exec]\nBoot=yes\n', 'format', '-'), [0, '[Exec]\nBoot=yes\n', '']);
    // The name says what it is: in a mkosi.conf an indented line goes on with the value.
    assert.deepEqual(fed('[Content]\nPackages = a\n   b   \n', 'format', '--stdin-filename', 'sub/mkosi.conf', '-'), [0, '[Content]\nPackages=a\n   b\n', '']);
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
      for (const verb of ['check', 'format', 'convert', 'migrate', '--stdio']) assert.ok(stdout.includes(`cli.js ${verb}`), `${args.join(' ')}: ${verb}`);
    }
  });
});
