import assert from 'node:assert/strict';
import { capture } from './programs';

describe('What a program prints', () => {
  it('is kept with its exit status', async () => {
    assert.deepEqual(await capture(['sh', '-c', 'echo out; echo err >&2; exit 3']), { status: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('is bounded, and that is said', async () => {
    const { status, stdout, stderr } = await capture(['yes'], { output: 100_000 });
    assert.equal(status, undefined);
    assert.ok(stdout.length <= 100_000);
    assert.match(stderr, /yes printed more than 100000 bytes and was stopped/);
    assert.match((await capture(['sh', '-c', 'yes >&2'], { output: 1000 })).stderr, /printed more than 1000 bytes/);
  });

  it('has its time, also when the program does not want to end', async () => {
    const { status, stderr } = await capture(['sh', '-c', 'trap "" TERM; while :; do :; done'], { time: 100 });
    assert.equal(status, undefined);
    assert.match(stderr, /did not finish within 0\.1 s/);
  });
});
