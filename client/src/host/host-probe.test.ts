import assert from 'node:assert/strict';
import { localProbe, remoteProbe } from './host-probe';
import type { Output } from './programs';

describe('What is examined after a failure', () => {
  /** A computer on which these programs say these things. */
  const computer = (answers: Readonly<Record<string, Partial<Output>>>) =>
    remoteProbe((argv) => {
      const found = answers[argv.join(' ')];
      return found ? Promise.resolve({ status: 0, stdout: '', stderr: '', ...found }) : Promise.reject(new Error('ssh is not installed'));
    });

  it('is the same here and on another computer', async () => {
    const far = computer({
      [`cat /proc/${process.pid}/uid_map`]: { stdout: '         0          0 4294967295\n' },
      'cat /proc/7/uid_map': { stdout: '0 524288 65536\n' },
      'test -e /etc': {},
      'test -e /none': { status: 1 },
      'stat --file-system --format=%T -- /proc': { stdout: 'proc\n' },
      'stat --file-system --format=%T -- /var/lib/machines': { stdout: 'btrfs\n' },
    });
    for (const look of [localProbe, far]) {
      assert.equal(await look.exists('/etc'), true);
      assert.equal(await look.exists('/none'), false);
      assert.equal(await look.isOnBtrfs('/proc'), false);
    }
    assert.equal(await far.hasOwnUsers(process.pid), false);
    assert.equal(await far.hasOwnUsers(7), true);
    assert.equal(await far.isOnBtrfs('/var/lib/machines'), true);
  });

  it('is not known where nothing can be seen', async () => {
    const lost = { status: 255, stderr: 'Connection refused' };
    for (const look of [
      computer({}),
      computer({ 'cat /proc/1/uid_map': lost, 'test -e /x': lost, 'stat --file-system --format=%T -- /x': lost }),
    ]) {
      assert.deepEqual(
        [await look.hasOwnUsers(1), await look.exists('/x'), await look.isOnBtrfs('/x'), await look.mayDo(['x'])],
        [undefined, undefined, undefined, undefined],
      );
    }
    assert.equal(typeof (await localProbe.hasOwnUsers(process.pid)), 'boolean');
    assert.equal(await localProbe.hasOwnUsers(0), undefined);
    assert.equal(await localProbe.isOnBtrfs('/nowhere/at/all'), undefined);
  });
});
