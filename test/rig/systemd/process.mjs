// Running programs outside the rig: argv arrays, never a shell string.

import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Result
 * @property {number} code exit status; 128 + n after signal n is not used here: a killed program counts as 1
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * @typedef {object} RunOptions
 * @property {string} [input] written to standard input; without it, standard input is empty
 * @property {boolean} [hold] keeps standard input open to the end, as a terminal does; its end would hang up
 * @property {number} [timeout] milliseconds after which the program gets SIGTERM; the promise is then rejected
 * @property {(line: string) => void} [log] called with every line of output as it comes
 */

/** A rig cannot be had, or something in it failed. `reason` says why in one sentence, fit for "skipped: ...". */
export class RigError extends Error {
  /**
   * @param {string} reason
   * @param {string} [details] output of the program that failed
   */
  constructor(reason, details = '') {
    super(details.trim() === '' ? reason : `${reason}\n${details.trim()}`);
    this.name = 'RigError';
    this.reason = reason;
  }
}

const folder = dirname(fileURLToPath(import.meta.url));

/**
 * The argv for one of the scripts beside this file.
 * @param {string} name
 * @param {...string} args
 * @returns {string[]}
 */
export const script = (name, ...args) => ['bash', join(folder, name), ...args];

/**
 * Calls `each` for every whole line of a stream of text, and for what is left at its end.
 * @param {import('node:stream').Readable} stream
 * @param {(line: string) => void} each
 */
export function readLines(stream, each) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (/** @type {string} */ text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) each(line);
  });
  stream.on('end', () => {
    if (rest !== '') each(rest);
  });
}

/**
 * Runs a program to its end.
 * @param {readonly string[]} argv
 * @param {RunOptions} [options]
 * @returns {Promise<Result>} rejected when the program cannot be started or when the time is up
 */
export function run(argv, { input = '', hold = false, timeout, log } = {}) {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let late = false;
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    if (log) {
      readLines(child.stdout, log);
      readLines(child.stderr, log);
    }
    child.stdin.on('error', () => {}); // a program need not read its input
    child.stdin.write(input);
    if (!hold) child.stdin.end();
    const timer = timeout && setTimeout(() => ((late = true), child.kill()), timeout);
    child.on('error', reject);
    child.on('close', (code) => {
      if (timer) clearTimeout(timer);
      if (late) reject(new RigError(`timed out after ${timeout} ms: ${argv.join(' ')}`, stdout + stderr));
      else resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}

/**
 * Runs a program that has to succeed.
 * @param {string} what for the message: "cannot {what}"
 * @param {readonly string[]} argv
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its standard output
 */
export async function must(what, argv, options) {
  const { code, stdout, stderr } = await run(argv, options);
  if (code === 0) return stdout;
  const last = (stderr.trim() || stdout.trim()).split('\n').slice(-20).join('\n');
  throw new RigError(`cannot ${what} (exit status ${code})`, last);
}
