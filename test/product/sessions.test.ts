import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Attacked, Session, stepsOf } from './sessions';

/** One session for a hundred of the documents that properties are tried on. */
const count = Math.ceil(Number(process.env.PROPERTY_RUNS ?? 20_000) / 100);
/** A server has several sessions, one after the other. */
const perServer = 25;

describe('server in sessions with any editor', function () {
  this.timeout(120_000 + count * 5_000);

  it('never ends, answers everything, and shows in the end what a new server shows', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'nspawn-sessions-')),
      first = Number(process.env.PROPERTY_SEED ?? 1);
    let server: Attacked | undefined;
    try {
      for (let i = 0; i < count; i++) {
        const steps = stepsOf(first + i),
          own = path.join(folder, String(i));
        mkdirSync(own);
        if (i % perServer === 0) {
          server?.end();
          server = new Attacked('server/dist/cli.js');
          await server.editor.start(folder);
        }
        await new Session(server!, own).act(steps).catch((error: unknown) => {
          const seed = first + i,
            before = i % perServer;
          throw new Error(
            `Session of seed ${seed}, ${before} sessions after the start: ${String(error)}\n${JSON.stringify(steps)}\n` +
              `Again: npm run fuzz -- 1 --seed ${seed}; with those before: npm run fuzz -- ${(before + 1) * 100} --seed ${seed - before}`,
          );
        });
      }
    } finally {
      server?.end();
      rmSync(folder, { recursive: true });
    }
  });
});
