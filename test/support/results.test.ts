import assert from 'node:assert/strict';
import { add, type Counts, nothing, tryTwice } from './results.mjs';

/** Attempts with given outcomes, one after the other. */
function attempts(...outcomes: (Partial<Counts> | Error)[]): { attempt: () => Promise<Counts>; left: () => number } {
  const rest = [...outcomes];
  return {
    left: () => rest.length,
    attempt: () => {
      const next = rest.shift();
      return next instanceof Error ? Promise.reject(next) : Promise.resolve({ ...nothing(), ...next });
    },
  };
}

/** Without the progress messages. */
async function tried(...outcomes: (Partial<Counts> | Error)[]): Promise<{ seen: Counts; left: number; told: string }> {
  const { attempt, left } = attempts(...outcomes),
    { log } = console,
    told: string[] = [];
  console.log = (text: string) => {
    told.push(text);
  };
  try {
    return { seen: await tryTwice('scenario', attempt), left: left(), told: told.join('\n') };
  } finally {
    console.log = log;
  }
}

describe('counts of tests', () => {
  it('are of the first attempt when all of it passes', async () => {
    assert.deepEqual(await tried({ passed: 3, skipped: 1 }, { failed: 9 }), {
      seen: { passed: 3, failed: 0, skipped: 1 },
      left: 1,
      told: '',
    });
  });
  it('name what passed only the second time', async () => {
    const { seen, told } = await tried({ passed: 2, failed: 1 }, { passed: 3 });
    assert.deepEqual(seen, { passed: 3, failed: 0, skipped: 0, unsteady: ['scenario'] });
    assert.match(told, /scenario failed, and is tried once more/);
  });
  it('have failed when both attempts fail, in whatever way', async () => {
    assert.deepEqual((await tried({ failed: 2 }, { passed: 1, failed: 1 })).seen, { passed: 1, failed: 1, skipped: 0 });
    const { seen, told } = await tried(new Error('no host'), new Error('no host again'));
    assert.deepEqual(seen, { passed: 0, failed: 1, skipped: 0 });
    assert.match(told, /no host\n[^]*no host again/);
  });
  it('add up, with all reasons and names', () => {
    const total = nothing();
    add(total, { passed: 1, failed: 0, skipped: 1, reason: 'not root' });
    add(total, { passed: 1, failed: 2, skipped: 1, reason: 'not Linux', unsteady: ['scenario'] });
    assert.deepEqual(total, { passed: 2, failed: 2, skipped: 2, reason: 'not root; not Linux', unsteady: ['scenario'] });
  });
});
