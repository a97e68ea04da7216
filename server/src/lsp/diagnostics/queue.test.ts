import assert from 'node:assert/strict';
import { CheckQueue, type QueueOptions } from './queue';

const turn = (): Promise<void> => new Promise(setImmediate);
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await turn();
};

describe('queue of checks', () => {
  let done: string[], failed: string[];
  beforeEach(() => {
    done = [];
    failed = [];
  });

  function queueOf(more: Partial<QueueOptions> = {}): CheckQueue {
    const note = (what: string): Promise<void> => {
      done.push(what);
      return Promise.resolve();
    };
    return new CheckQueue({
      ready: Promise.resolve(),
      checkDocument: note,
      checkProject: note,
      cleanUp: () => {
        done.push('clean');
      },
      report: (work) => {
        work.catch((error: unknown) => {
          failed.push(String(error));
        });
      },
      failed: (what, error) => {
        failed.push(`${what}: ${String(error)}`);
      },
      ...more,
    });
  }

  it('checks documents, then projects, each once, and cleans up at the end', async () => {
    const queue = queueOf();
    queue.requestCleanUp();
    for (const root of ['p', 'q', 'p']) queue.addProject(root);
    for (const uri of ['a', 'b', 'a']) queue.addDocument(uri);
    assert.equal(queue.size, 4);
    assert.ok(queue.hasProject('q'));
    await until(() => done.length === 5);
    assert.deepEqual(done, ['a', 'b', 'p', 'q', 'clean']);
    assert.equal(queue.isWaiting, false);
  });

  it('waits until the text rests', async () => {
    let edited = 0;
    const rests: number[] = [],
      queue = queueOf({
        checkDocument: () => {
          rests.push(performance.now() - edited);
          return Promise.resolve();
        },
      });
    const began = performance.now();
    while (performance.now() - began < 150) {
      edited = performance.now();
      queue.addDocument('a');
      await turn();
    }
    await until(() => !queue.isWaiting && rests.length > 0);
    assert.ok(
      rests.every((rest) => rest >= 50),
      String(rests),
    );
  });

  it('runs at once when it has to, and not again after the rest time', async () => {
    const queue = queueOf();
    queue.addDocument('a');
    queue.runNow();
    await until(() => done.length > 0);
    queue.addDocument('b');
    await until(() => done.length > 1);
    assert.deepEqual(done, ['a', 'b']);
  });

  it('checks nothing before it is ready', async () => {
    let ready = (): void => undefined;
    const queue = queueOf({
      ready: new Promise((resolve) => {
        ready = resolve;
      }),
    });
    queue.addDocument('a');
    queue.runNow();
    for (let i = 0; i < 10; i++) await turn();
    assert.deepEqual(done, []);
    ready();
    await until(() => done.length > 0);
  });

  it('has one run at a time, and what is added during a run waits for the next', async () => {
    let running = 0,
      most = 0;
    const queue = queueOf({
      checkProject: async (root) => {
        most = Math.max(most, ++running);
        if (root === 'p' && !done.includes('p')) queue.addProject('p');
        queue.runNow();
        await turn();
        done.push(root);
        running--;
      },
    });
    queue.addProject('p');
    queue.addProject('q');
    queue.runNow();
    await until(() => done.length === 3 && !queue.isWaiting);
    assert.deepEqual(done, ['p', 'q', 'p']);
    assert.equal(most, 1);
  });

  it('lets requests in before every check', async () => {
    const queue = queueOf();
    for (const uri of ['a', 'b', 'c']) queue.addDocument(uri);
    const seen = new Set<number>();
    queue.runNow();
    await until(() => seen.add(done.length).has(3));
    assert.deepEqual([...seen], [0, 1, 2, 3]);
  });

  it('goes on after a check that fails', async () => {
    const queue = queueOf({
      checkDocument: (uri) => {
        done.push(uri);
        return uri === 'a' ? Promise.reject(new Error('broken')) : Promise.resolve();
      },
    });
    for (const uri of ['a', 'b']) queue.addDocument(uri);
    queue.addProject('p');
    await until(() => done.length === 3);
    assert.deepEqual(done, ['a', 'b', 'p']);
    assert.deepEqual(failed, ['Checking a: Error: broken']);
  });

  it('reports a clean-up that fails, and runs again', async () => {
    const queue = queueOf({
      cleanUp: () => {
        throw new Error('broken');
      },
    });
    queue.requestCleanUp();
    await until(() => failed.length > 0);
    assert.deepEqual(failed, ['Error: broken']);
    queue.addDocument('a');
    await until(() => done.length > 0);
  });

  it('does not check what was removed', async () => {
    const queue = queueOf();
    for (const uri of ['a', 'b']) queue.addDocument(uri);
    queue.removeDocument('a');
    await until(() => done.length > 0 && !queue.isWaiting);
    assert.deepEqual(done, ['b']);
  });
});
