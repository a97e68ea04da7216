import { spawnSync } from 'node:child_process';
import type { Terminal } from 'vscode';

/** Waits until a terminal of ours belongs to a program: the only child of its process, which at first is a fork of that. */
export async function runsIn(terminal: Terminal, commandLine: RegExp): Promise<void> {
  const pid = await until('a process of the terminal', () => terminal.processId);
  await until(`it to be ${commandLine}`, () =>
    commandLine.test(spawnSync('ps', ['-ww', '-o', 'args=', '--ppid', String(pid)], { encoding: 'utf8' }).stdout),
  );
}

/** Asks until the answer is neither undefined, false nor empty. On timeout, the error contains the last answer. */
export async function until<T>(what: string, probe: () => T | PromiseLike<T>, ms = 50_000): Promise<Exclude<NonNullable<T>, false>> {
  for (const end = Date.now() + ms; ; ) {
    const seen = await probe();
    if (seen !== undefined && seen !== null && seen !== false && !(Array.isArray(seen) && seen.length === 0))
      return seen as Exclude<NonNullable<T>, false>;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
