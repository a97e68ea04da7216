// Programs that run side by side while this one goes on: nothing of them is left when it ends. Long tasks report their progress.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { root } from './setup.mjs';

/** @typedef {(argv: readonly string[], options?: { cwd?: string, env?: Record<string, string> }) => Promise<void>} RunProgram */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
const signals = /** @type {const} */ ({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 });

/** Each program has a process group, with all that it starts. @param {NodeJS.Signals} signal */
function kill(signal) {
  for (const { pid } of running)
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // It has just ended.
    }
}
const onExit = () => kill('SIGTERM');

/** Ends all programs, and waits until they have ended: apt may finish what it would leave broken. */
export async function stopPrograms() {
  const ended = [...running].map((child) => once(child, 'close').catch(() => undefined));
  kill('SIGTERM');
  const timer = setTimeout(kill, 30_000, 'SIGKILL');
  await Promise.all(ended);
  clearTimeout(timer);
}

/** A signal reaches only this process, and ends it through `exit`, unless something else handles the signal. @param {NodeJS.Signals} signal */
const endOn = (signal) => {
  if (process.listenerCount(signal) === 1) process.exit(128 + signals[signal]);
};

/**
 * Runs a program to its end. Its output is in the error when it fails, and shown nowhere else.
 * @param {readonly string[]} argv
 * @param {{ cwd?: string, env?: Record<string, string>, onStart?: (pid: number) => void, onEnd?: () => void }} [options] env: on top of this process's
 * @returns {Promise<void>}
 */
export function runProgram(argv, { cwd = root, env = {}, onStart, onEnd } = {}) {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    if (running.size === 0) {
      process.on('exit', onExit);
      for (const signal of Object.keys(signals)) process.on(signal, endOn);
    }
    running.add(child);
    if (child.pid !== undefined) onStart?.(child.pid);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-100_000);
      });
    const end = (/** @type {string | undefined} */ why) => {
      if (!running.delete(child)) return;
      onEnd?.();
      if (running.size === 0) {
        process.off('exit', onExit);
        for (const signal of Object.keys(signals)) process.off(signal, endOn);
      }
      if (why === undefined) resolve();
      else reject(new Error(`${argv.join(' ')}\nin ${cwd}: ${why}\n${output}`));
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) => end(code === 0 ? undefined : `exit status ${code ?? signal}`));
  });
}

/** Seconds between two lines about what still runs. */
const interval = 10;

/** Prints what is being done, how long it takes, and how much the running program has written. */
export class Progress {
  #begun = Date.now();
  /** @type {Set<Step>} */
  #steps = new Set();
  #timer;

  /** @param {(line: string) => void} [print] */
  constructor(print = console.log) {
    this.print = print;
  }

  /** @param {string} text */
  say(text) {
    this.print(`${((Date.now() - this.#begun) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  }

  /**
   * One task, in parallel with others.
   * @template T
   * @param {string} name
   * @param {(step: Step) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async step(name, work) {
    const step = new Step(name);
    this.#steps.add(step);
    this.#timer ??= setInterval(() => this.say(`… ${[...this.#steps].map(String).join('; ')}`), interval * 1000).unref();
    this.say(`${name} …`);
    try {
      const result = await work(step);
      this.say(`${name}: done in ${step.seconds} s`);
      return result;
    } finally {
      this.#steps.delete(step);
      if (this.#steps.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }
}

/** One running task. */
class Step {
  #begun = Date.now();
  /** @type {Set<number>} */
  #pids = new Set();

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    /** What it is doing, in a few words. */
    this.detail = '';
  }

  get seconds() {
    return ((Date.now() - this.#begun) / 1000).toFixed(1);
  }

  /** {@link runProgram} as a part of this. @type {RunProgram} */
  run = (argv, options = {}) => {
    let own = 0;
    return runProgram(argv, {
      ...options,
      onStart: (pid) => {
        own = pid;
        this.#pids.add(pid);
      },
      onEnd: () => {
        this.#pids.delete(own);
      },
    });
  };

  toString() {
    const bytes = [...this.#pids].reduce((sum, pid) => sum + written(pid), 0);
    const parts = [
      `${this.seconds} s`,
      ...(bytes < 1e6 ? [] : [`${Math.round(bytes / 1e6)} MB written`]),
      ...(this.detail ? [this.detail] : []),
    ];
    return `${this.name} (${parts.join(', ')})`;
  }
}

/** How many bytes a process has written; 0 where that is not available. @param {number} pid */
function written(pid) {
  try {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
