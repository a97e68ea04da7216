import assert from 'node:assert/strict';
import { runInSlices, TimeSlice } from './time-slice';

/** Steps that take longer together than requests may wait. */
function* slow(steps: number, result: string): Generator<undefined, string> {
  for (let i = 0; i < steps; i++) {
    const slice = new TimeSlice();
    while (!slice.used);
    yield;
  }
  return result;
}

describe('work in slices', () => {
  it('lets requests in between and returns the result', async () => {
    let requests = 0;
    const request = (): void => {
      requests++;
      setImmediate(request).unref();
    };
    setImmediate(request);
    assert.equal(await runInSlices(slow(3, 'done'), () => false), 'done');
    assert.ok(requests >= 3, String(requests));
  });

  it('ends when it is outdated', async () => {
    let asked = 0;
    const steps = slow(10, 'done');
    assert.equal(await runInSlices(steps, () => ++asked === 2), undefined);
    assert.equal(asked, 2);
  });

  it('does not ask whether it is outdated when it ends within a slice', async () => {
    assert.equal(await runInSlices(slow(0, 'done'), () => true), 'done');
  });

  it('begins anew after letting requests in', async () => {
    const slice = new TimeSlice();
    while (!slice.used);
    let cameIn = false;
    setImmediate(() => {
      cameIn = true;
    });
    await slice.renew();
    assert.ok(cameIn);
  });
});
