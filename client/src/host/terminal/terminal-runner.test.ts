import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import { type TerminalRun, TerminalRunner } from './terminal-runner';

describe('attendance', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'attendance-test-')),
    script = path.join(folder, 'terminal-wrapper.js');
  let attendance: TerminalRunner;
  const children: ChildProcess[] = [];
  before(() => {
    buildSync({
      entryPoints: ['client/src/host/terminal/terminal-wrapper.ts'],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'warning',
    });
  });
  beforeEach(() => {
    attendance = new TerminalRunner(script);
  });
  afterEach(() => {
    attendance.dispose();
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  after(() => rmSync(folder, { recursive: true }));

  /** As a terminal would, but for the terminal. */
  const begin = ({ argv: [program, ...args] }: TerminalRun): { readonly child: ChildProcess; readonly exit: Promise<number | null> } => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    children.push(child);
    return {
      child,
      exit: new Promise((resolve) => {
        child.once('exit', resolve);
      }),
    };
  };
  const socketOf = ({ argv }: TerminalRun): string => argv[2] ?? '';

  it('tells how a program ended, whatever its arguments are, and ends when it went well', async () => {
    const attended = await attendance.attend(['test', '$(x) "y" \'z\'', '=', '$(x) "y" \'z\''], false);
    const { exit } = begin(attended);
    assert.equal(await attended.ended, 0);
    assert.equal(await exit, 0);
  });

  it('tells exit statuses and signals as a shell does, of several at the same time', async () => {
    const all = await Promise.all(
      [['false'], ['sh', '-c', 'exit 7'], ['sh', '-c', 'kill -KILL $$']].map((argv) => attendance.attend(argv, false)),
    );
    for (const one of all) begin(one);
    assert.deepEqual(await Promise.all(all.map(({ ended }) => ended)), [1, 7, 137]);
  });

  it('knows no status of what was ended first', async () => {
    const attended = await attendance.attend(['cat'], false);
    const { child } = begin(attended);
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
    child.kill('SIGKILL');
    attended.forget();
    assert.equal(await attended.ended, undefined);
  });

  it('ends what it attends when it ends, and leaves no socket behind', async () => {
    const attended = await attendance.attend(['cat'], false);
    const { exit } = begin(attended);
    assert.ok(existsSync(socketOf(attended)));
    attendance.dispose();
    assert.equal(await attended.ended, undefined);
    assert.equal(await exit, 0);
    assert.equal(existsSync(path.dirname(socketOf(attended))), false);
  });

  describe('has a place for its socket', () => {
    const kept = { TMPDIR: process.env['TMPDIR'], XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] };
    const set = (places: Record<string, string | undefined>): void => {
      for (const [name, value] of Object.entries(places)) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    };
    afterEach(() => {
      set(kept);
    });

    it('also where the folder for temporary files has a long name', async () => {
      const long = path.join(folder, 'x'.repeat(100)),
        runtime = mkdtempSync(path.join(tmpdir(), 'r-'));
      mkdirSync(long);
      for (const [XDG_RUNTIME_DIR, parent] of [
        [runtime, runtime],
        [undefined, '/tmp'],
        ['not/absolute', '/tmp'],
      ] as const) {
        set({ TMPDIR: long, XDG_RUNTIME_DIR });
        const own = new TerminalRunner(script),
          attended = await own.attend(['true'], false);
        assert.equal(path.dirname(path.dirname(socketOf(attended))), parent);
        assert.equal(statSync(path.dirname(socketOf(attended))).mode & 0o777, 0o700);
        begin(attended);
        assert.equal(await attended.ended, 0);
        own.dispose();
      }
      rmSync(runtime, { recursive: true });
    });

    it('or says why not, and looks again the next time', async () => {
      const later = path.join(folder, 'later');
      set({ TMPDIR: later, XDG_RUNTIME_DIR: later });
      // Nothing can be made in /proc, and no other place is left.
      await assert.rejects(
        new TerminalRunner(script, () => ['/proc', later]).attend(['true'], false),
        /socket.*cannot be created.*\/proc.*later.*set TMPDIR/,
      );
      const again = new TerminalRunner(script, () => [later]);
      await assert.rejects(again.attend(['true'], false), /ENOENT/);
      mkdirSync(later);
      const attended = await again.attend(['true'], false);
      begin(attended);
      assert.equal(await attended.ended, 0);
      again.dispose();
    });
  });

  it('sends away whoever else connects, however many they are and whatever they say', async () => {
    const attended = await attendance.attend(['cat'], false),
      [, , socket = '', run = ''] = attended.argv;
    const closed = async (say: string | Buffer): Promise<void> => {
      const stranger = connect(socket);
      stranger.on('error', () => undefined).write(say);
      await new Promise((resolve) => stranger.resume().once('close', resolve));
    };
    for (const said of ['1\n0\n', '0000000000000000\n0\n', 'x'.repeat(1 << 20), '\0\xff\n', `${run.slice(1)}\n0\n`]) await closed(said);
    const crowd: Socket[] = [];
    for (let i = 0; i < 2000; i++)
      crowd.push(
        connect(socket)
          .on('error', () => undefined)
          .resume(),
      );
    const open = (): number => crowd.filter((one) => !one.closed).length;
    while (crowd.some((one) => one.connecting) || open() > 64) await new Promise(setImmediate);
    const { child, exit } = begin(attended);
    // Once it is there, nobody can speak for it.
    while (
      !existsSync(`/proc/${String(child.pid)}/task/${String(child.pid)}/children`) ||
      readFileSync(`/proc/${String(child.pid)}/task/${String(child.pid)}/children`, 'utf8') === ''
    ) {
      await new Promise(setImmediate);
    }
    await closed(`${run}\n0\n`);
    child.stdin?.end();
    assert.equal(await attended.ended, 0);
    assert.equal(await exit, 0);
    for (const one of crowd) one.destroy();
  });

  it('prints no escape, and nothing unseen, when a program has gone that is called like one', async () => {
    const {
      argv: [program, ...args],
      forget,
    } = await attendance.attend(['cat'], false);
    args[args.length - 1] = path.join(folder, 'gone\x1b]0;title\x07\u202e');
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    children.push(child);
    let said = '';
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('Press any key')) resolve();
      });
    });
    forget();
    assert.match(said, /gone\\x1B\]0;title\\x07\\u\{202E\} ENOENT/);
    assert.equal(said.replace(/\x1b\[[01]m/g, '').replace(/[^\p{Cc}\p{Cf}]|[\r\n]/gu, ''), '');
  });

  it('refuses a program that is not installed before anything is opened', async () => {
    await assert.rejects(attendance.attend(['no-such-program-at-all'], false), /is not installed/);
  });
});
