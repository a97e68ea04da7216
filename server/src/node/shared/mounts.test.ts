import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { distantMounts, fileSystemAnswers, fileSystemAnswersLater, Mounts } from './mounts';

const line = (mount: string, type: string): string => `36 35 98:0 / ${mount} rw,noatime master:1 - ${type} source rw`;

describe('file systems that may not answer', () => {
  let folder: string;
  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'nspawn-mounts-')));
    for (const name of ['gone', 'well', 'own']) mkdirSync(path.join(folder, name));
    symlinkSync('../gone/deep', path.join(folder, 'own/link'));
    symlinkSync('own/link/../..', path.join(folder, 'round'));
    symlinkSync('loop', path.join(folder, 'loop'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function mounts(): { of: Mounts; asked: string[]; at: (name: string) => string } {
    const at = (name: string): string => path.join(folder, name),
      asked: string[] = [];
    const table = [line('/', 'ext4'), line(at('gone'), 'fuse.sshfs'), line(at('well'), 'nfs4')].join('\n');
    return {
      asked,
      at,
      of: new Mounts(
        () => table,
        (mount) => {
          asked.push(mount);
          return mount !== at('gone');
        },
      ),
    };
  }

  it('are network and FUSE file systems, by mountinfo', () => {
    const text = [
      line('/', 'ext4'),
      line('/a\\040b', 'fuse.sshfs'),
      line('/n', 'nfs4'),
      line('/t', 'tmpfs'),
      '',
      'garbage',
      line('/f', 'fuse'),
    ].join('\n');
    assert.deepEqual(distantMounts(text), ['/a b', '/n', '/f']);
  });

  it('are asked once, before anything below them is touched, also behind links', () => {
    const { of, asked, at } = mounts();
    for (const name of ['gone', 'gone/x', 'own/link', 'own/link/y/z', 'own/../gone/x']) assert.equal(of.answers(at(name)), false, name);
    assert.deepEqual(asked, [at('gone')]);
    for (const name of ['well/x', 'well', 'own', 'own/nothing/there', 'loop/x', 'goneby']) assert.equal(of.answers(at(name)), true, name);
    assert.deepEqual(asked, [at('gone'), at('well')]);
  });

  it('are asked without waiting by who can wait', async () => {
    const { of, asked, at } = mounts(),
      later: string[] = [];
    await of.prepare(at('own/link/x'), (mount) => {
      later.push(mount);
      return Promise.resolve(false);
    });
    assert.equal(of.answers(at('own/link/x')), false);
    await of.prepare(at('well/x'), (mount) => {
      later.push(mount);
      return Promise.resolve(true);
    });
    assert.equal(of.answers(at('well/x')), true);
    assert.deepEqual([later, asked], [[at('gone'), at('well')], []]);
  });

  it('are not in the way of ordinary files', async () => {
    assert.equal(fileSystemAnswers(folder), true);
    assert.equal(await fileSystemAnswersLater(path.join(folder, 'own')), true);
  });
});
