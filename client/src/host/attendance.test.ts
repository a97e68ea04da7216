import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import { Attendance, type Attended } from './attendance';

describe('attendance', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'attendance-test-')), script = path.join(folder, 'attendant.js');
  let attendance: Attendance;
  const children: ChildProcess[] = [];
  before(() => {
    buildSync({ entryPoints: ['client/src/host/attendant.ts'], outfile: script, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
  });
  beforeEach(() => { attendance = new Attendance(script); });
  afterEach(() => {
    attendance.dispose();
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  after(() => rmSync(folder, { recursive: true }));

  /** As a terminal would, but for the terminal. */
  const begin = ({ argv: [program, ...args] }: Attended): { readonly child: ChildProcess; readonly exit: Promise<number | null> } => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    children.push(child);
    return { child, exit: new Promise((resolve) => { child.once('exit', resolve); }) };
  };
  const socketOf = ({ argv }: Attended): string => argv[2] ?? '';

  it('tells how a program ended, whatever its arguments are, and ends when it went well', async () => {
    const attended = await attendance.attend(['test', '$(x) "y" \'z\'', '=', '$(x) "y" \'z\''], false);
    const { exit } = begin(attended);
    assert.equal(await attended.ended, 0);
    assert.equal(await exit, 0);
  });

  it('tells exit statuses and signals as a shell does, of several at the same time', async () => {
    const all = await Promise.all([['false'], ['sh', '-c', 'exit 7'], ['sh', '-c', 'kill -KILL $$']].map((argv) => attendance.attend(argv, false)));
    for (const one of all) begin(one);
    assert.deepEqual(await Promise.all(all.map(({ ended }) => ended)), [1, 7, 137]);
  });

  it('knows no status of what was ended first', async () => {
    const attended = await attendance.attend(['cat'], false);
    const { child } = begin(attended);
    await new Promise((resolve) => { setTimeout(resolve, 0); });
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

  it('prints no escape, and nothing unseen, when a program has gone that is called like one', async () => {
    const { argv: [program, ...args], forget } = await attendance.attend(['cat'], false);
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
