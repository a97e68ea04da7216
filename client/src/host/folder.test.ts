import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { entriesIn } from './folder';
import { findSettings } from './model/settings-files';
import { watchFolder } from './model/watch';

describe('A folder that somebody else has filled', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-folder-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read up to a number of entries', async () => {
    for (let i = 0; i < 1000; i++) closeSync(openSync(path.join(folder, `x${i}`), 'w'));
    assert.equal((await entriesIn(folder, 1000)).more, false);
    const { entries, more } = await entriesIn(folder, 10);
    assert.deepEqual([entries.length, more], [10, true]);
  });

  it('does not keep the settings of others from being found', async () => {
    const good = path.join(folder, 'good'),
      loop = path.join(folder, 'loop'),
      fifo = path.join(folder, 'fifo');
    mkdirSync(good);
    writeFileSync(path.join(good, 'web.nspawn'), '');
    symlinkSync('loop', loop);
    spawnSync('mkfifo', [fifo]);
    const folders = [loop, fifo, '/dev/zero', path.join(folder, 'x'.repeat(300)), path.join(good, 'web.nspawn'), good].map((at) => ({
      path: at,
      trusted: false,
    }));
    assert.deepEqual([...(await findSettings(folders)).keys()], ['web']);
  });

  it('is done without when the system has no watches left, and that is said', () => {
    const said: string[] = [];
    const none = (): never => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    };
    assert.equal(
      watchFolder(
        folder,
        () => undefined,
        (text) => said.push(text),
        none as never,
      ),
      undefined,
    );
    assert.match(said.join(), /cannot be watched \(ENOSPC\).*max_user_watches/);
    for (const other of ['/dev/zero', path.join(folder, 'nowhere')])
      watchFolder(
        other,
        () => undefined,
        (text) => said.push(text),
      )?.dispose();
    assert.equal(said.length, 1);
  });
});
