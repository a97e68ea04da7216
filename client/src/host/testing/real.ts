/** What the tests on a real systemd share. */
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What a command printed, without the white space around it. It gets no terminal, so nothing can ask. @throws when it fails */
export async function run(argv: readonly string[]): Promise<string> {
  const [program = '', ...args] = argv;
  const { stdout } = await execute(program, args, { env: { ...process.env, SYSTEMD_PAGER: '', LC_ALL: 'C.UTF-8' }, maxBuffer: 1 << 24 });
  return stdout.trim();
}

/** Waits for something to become true; mocha's timeout ends a wait that is in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(5);
}
