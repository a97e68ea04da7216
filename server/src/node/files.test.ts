import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ExitReport } from './exit-report';
import { filesAt, type SearchLimits, searchAt } from './files';
import { UnreadableFile } from './shared/small-file';

/** What would be printed. */
class Heard extends ExitReport {
  said(): readonly string[] {
    const before = process.exitCode;
    let said = '';
    this.print((text) => {
      said += text;
    });
    const exit = `exit ${String(process.exitCode ?? 0)}`;
    process.exitCode = before;
    return [...said.split('\n').filter((line) => line !== ''), exit];
  }
}

describe('the search for files', () => {
  let folder: string, troubles: Heard;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-files-'));
    troubles = new Heard();
  });
  // Node reaches neither names that are no text nor paths that are too long.
  afterEach(() => {
    execFileSync('rm', ['-rf', folder]);
  });

  const put = (name: string | Buffer): void => {
    const file = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
    if (typeof name === 'string') mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(file, '');
  };
  const found = (limits?: SearchLimits): string[] => searchAt(folder, troubles, limits).files.map((f) => path.relative(folder, f.path));
  const said = (): string[] => troubles.said().map((line) => line.replaceAll(`${folder}/`, '').replaceAll(folder, '.'));

  it('names what cannot be looked at, and finds the rest', () => {
    put('a.nspawn');
    put('z/mkosi.conf');
    put(Buffer.concat([Buffer.from('é'), Buffer.from([0xff]), Buffer.from('.nspawn')]));
    put(Buffer.from([0xfe]));
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/d`), Buffer.from([0xe9])]));
    assert.deepEqual(found(), ['a.nspawn', 'z/mkosi.conf']);
    assert.deepEqual(said(), [
      'd\\xe9: The name is not valid UTF-8, so this is not looked at',
      'é\\xff.nspawn: The name is not valid UTF-8, so this is not looked at',
      'exit 2',
    ]);
  });

  it('goes on where a path is too long for the system', () => {
    put('z.nspawn');
    const name = 'n'.repeat(250),
      here = process.cwd();
    process.chdir(folder);
    for (let i = 0; i < 20; i++) {
      mkdirSync(name);
      process.chdir(name);
    }
    process.chdir(here);
    assert.deepEqual(found(), ['z.nspawn']);
    assert.match(said().join('\n'), /This cannot be read: its path is too long \(ENAMETOOLONG\)\nexit 2$/);
  });

  it('takes a name with the sign for what is no text as it is', () => {
    put('a\ufffd.nspawn');
    assert.deepEqual(found(), ['a\ufffd.nspawn']);
    assert.deepEqual(said(), ['exit 0']);
  });

  it('follows no link to a folder, and knows devices and FIFOs by their names without opening them', () => {
    put('a/x.nspawn');
    symlinkSync('..', path.join(folder, 'a/up'));
    symlinkSync('/', path.join(folder, 'root'));
    symlinkSync('/dev/zero', path.join(folder, 'zero.nspawn'));
    symlinkSync('/dev/null', path.join(folder, 'null.nspawn'));
    symlinkSync('loop.nspawn', path.join(folder, 'loop.nspawn'));
    execFileSync('mkfifo', [path.join(folder, 'fifo.nspawn')]);
    assert.deepEqual(found(), ['a/x.nspawn', 'fifo.nspawn', 'zero.nspawn']);
  });

  it('ends, and says so', () => {
    for (let i = 0; i < 50; i++) put(`${i}/x.nspawn`);
    put(`${'d/'.repeat(10)}x.nspawn`);
    assert.equal(found({ entries: 21, depth: 64 }).length, 10);
    assert.equal(found({ entries: 1000, depth: 5 }).length, 50);
    assert.deepEqual(said(), [
      '.: More than 21 files and folders lie here; the rest is not looked at',
      'd/d/d/d/d/d: More than 5 folders lie in one another here; what is below is not looked at',
      'exit 0',
    ]);
  });

  it('goes on where a file that was named is not there', () => {
    put('a.nspawn');
    assert.deepEqual(['absent', 'a.nspawn', 'a.nspawn/b'].flatMap((name) => filesAt(path.join(folder, name), troubles)).length, 1);
    assert.deepEqual(said(), ['absent: There is nothing of this name', 'a.nspawn/b: This cannot be read: ENOTDIR', 'exit 2']);
  });

  it('says the first of many troubles, each in one line, and how many there are', () => {
    for (let i = 0; i < 50; i++) troubles.fail(`a\n::error::${i}`, new UnreadableFile('', 'failed', 'No\x1b[31m.'));
    troubles.fail('a\n::error::49', 'No\x1b[31m.');
    const lines = said();
    assert.deepEqual([lines.length, lines[0], lines[20], lines[21]], [22, 'a\\x0A::error::0: No\\x1B[31m.', 'and 30 more', 'exit 2']);
  });

  it('fails for what only is no file to read when it was named', () => {
    troubles.unread('a', new UnreadableFile('a', 'special', 'This is a FIFO.'), false);
    troubles.unread('b', new UnreadableFile('b', 'large', 'This is large.'), false);
    assert.deepEqual(said().at(-1), 'exit 0');
    troubles.unread('a', new UnreadableFile('a', 'special', 'This is a FIFO.'), true);
    assert.deepEqual(said().at(-1), 'exit 2');
  });
});
