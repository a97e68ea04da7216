import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const module = JSON.stringify(pathToFileURL(path.resolve('tools/programs.mjs')).href);

/** Node in a process of its own, on code that has all of tools/programs.mjs as `programs`. */
const start = (code: string) =>
  spawn('node', ['--input-type=module', '-e', `const programs = await import(${module});\n${code}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

async function output(code: string): Promise<string> {
  const child = start(code);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(child, 'close');
  return text;
}

describe('programs that run side by side', () => {
  it('say nothing when all is well, and everything when they fail', async () => {
    const fails = `
      await programs.runProgram(['sh', '-c', 'echo fine']);
      await programs.runProgram(['sh', '-c', 'echo one; echo two >&2; exit 3'], { cwd: '/' }).catch((error) => console.log(error.message));
      await programs.runProgram(['/no/such/program']).catch((error) => console.log(error.message));`;
    assert.match(await output(fails), /^sh -c .*\nin \/: exit status 3\none\ntwo\n\n\/no\/such\/program\nin .*ENOENT/);
  });

  it('are told as steps, with how it ended', async () => {
    const steps = `
      const progress = new programs.Progress((line) => console.log(line.replaceAll(/[\\d.]+ s/g, 'N s').trim()));
      const work = progress.step('A', () => new Promise((resolve) => setTimeout(resolve, 10, 1)));
      console.log(await work, await progress.step('B', () => Promise.reject(new Error('no'))).catch((error) => error.message));`;
    assert.equal(await output(steps), 'N s  A …\nN s  A: done in N s\nN s  B …\n1 no\n');
  });

  describe('end with the process that started them', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'nspawn-programs-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    /** Two generations of processes, each of which writes its pid to a file. */
    const program = () => {
      writeFileSync(path.join(folder, 'run.sh'), 'echo $$ >"$1/child"\nsh -c \'echo $$ >"$0/grandchild"; sleep 600\' "$1" &\nwait\n');
      return JSON.stringify(['sh', path.join(folder, 'run.sh'), folder]);
    };
    const pids = async (): Promise<number[]> => {
      for (;;) {
        const files = readdirSync(folder).filter((name) => name !== 'run.sh');
        const found = files.map((name) => Number(readFileSync(path.join(folder, name), 'utf8')));
        if (found.length === 2 && found.every((pid) => pid > 0)) return found;
        await pause(10);
      }
    };
    const ended = async (pid: number): Promise<void> => {
      for (;;) {
        try {
          if (/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return;
        } catch {
          return;
        }
        await pause(10);
      }
    };

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      it(`by ${signal}`, async () => {
        const child = start(`await programs.runProgram(${program()});`);
        const left = await pids();
        child.kill(signal);
        const [code] = (await once(child, 'exit')) as [number];
        assert.ok(code > 128);
        await Promise.all(left.map(ended));
      });

    it('when all are stopped, which waits for them', async () => {
      const child = start(`
        programs.runProgram(${program()}).catch((error) => console.log(error.message.split('\\n').at(-2)));
        process.on('SIGUSR2', async () => { await programs.stopPrograms(); console.log('stopped'); process.exit(); });`);
      const left = await pids();
      child.kill('SIGUSR2');
      await once(child, 'exit');
      await Promise.all(left.map(ended));
    });
  });
});
