import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSmallFile, readSmallFileLater, UnreadableFile } from './small-file';

describe('the reader of small files', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-small-file-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const at = (name: string): string => path.join(folder, name);
  async function bothSay(file: string, reason: string, most = 100): Promise<void> {
    const is = (error: unknown): boolean =>
      error instanceof UnreadableFile && error.reason === reason && error.file === file && !error.message.includes(file);
    assert.throws(() => readSmallFile(file, most), is, reason);
    await assert.rejects(readSmallFileLater(file, most), is, reason);
  }

  it('reads a file, also through a link and of the kernel', async () => {
    writeFileSync(at('a'), 'x'.repeat(100));
    symlinkSync('a', at('link'));
    assert.equal(readSmallFile(at('link'), 100).toString(), 'x'.repeat(100));
    assert.equal((await readSmallFileLater(at('link'), 100)).toString(), 'x'.repeat(100));
    assert.ok(readSmallFile('/proc/self/status', 1 << 20).length > 100);
    writeFileSync(at('large'), Buffer.alloc(300_000, 'y'));
    assert.equal(readSmallFile(at('large'), 300_000).length, 300_000);
    assert.equal((await readSmallFileLater(at('large'), 300_000)).length, 300_000);
    writeFileSync(at('empty'), '');
    assert.equal(readSmallFile(at('empty'), 0).length, 0);
  });

  it('refuses what is larger, however large it says to be', async () => {
    writeFileSync(at('101'), 'x'.repeat(101));
    await bothSay(at('101'), 'large');
    writeFileSync(at('sparse'), '');
    truncateSync(at('sparse'), 1 << 30);
    await bothSay(at('sparse'), 'large');
    await bothSay('/proc/self/status', 'large', 10);
  });

  it('waits for nothing that is no file', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    mkdirSync(at('folder'));
    symlinkSync('/dev/zero', at('zero'));
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    for (const name of ['fifo', 'folder', 'zero', 'socket']) await bothSay(at(name), 'special');
    server.close();
  });

  it('takes a link to the null device for an empty file', async () => {
    symlinkSync('/dev/null', at('masked'));
    assert.equal(readSmallFile(at('masked'), 100).length, 0);
    assert.equal((await readSmallFileLater(at('masked'), 100)).length, 0);
  });

  it('says why a path leads nowhere', async () => {
    await bothSay(at('nothing'), 'absent');
    await bothSay(at('a/below'), 'absent');
    symlinkSync('loop', at('loop'));
    await bothSay(at('loop'), 'failed');
    await bothSay(at('n'.repeat(300)), 'failed');
    await bothSay(at('a\0b'), 'failed');
  });

  it('does not follow a link where it is told not to', async () => {
    writeFileSync(at('own'), 'text');
    symlinkSync('own', at('other'));
    assert.equal((await readSmallFileLater(at('own'), 100, { nofollow: true })).toString(), 'text');
    await assert.rejects(readSmallFileLater(at('other'), 100, { nofollow: true }), UnreadableFile);
  });
});
