// A dialogue with a program that runs on a terminal inside a rig: what a test types, and what it reads.

import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { RigError } from './process.mjs';

// Control sequences: CSI (colours, cursor), OSC (window title), and single-character escapes.
const controls = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_=>])/g;

export class Terminal {
  /** Everything that came so far, without control sequences, lines ended by \n. */
  output = '';
  #read = 0;
  #raw = '';
  #ended = false;
  /** @type {Set<() => void>} */
  #waiting = new Set();

  /**
   * @param {readonly string[]} argv a command that makes a terminal of its own: `rig.command(..., { tty: true })`
   * @param {() => Promise<boolean>} echoIsOff whether the terminal hides what is typed
   */
  constructor(argv, echoIsOff) {
    this.#echoIsOff = echoIsOff;
    const [program = '', ...args] = argv;
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => this.#add(text));
    }
    this.#child.stdin.on('error', () => {}); // it may have ended already: `closed` reports it
    /** @type {Promise<number>} the exit status, once the program has ended */
    this.closed = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code) => {
        this.#ended = true;
        this.#wake();
        resolve(code ?? 1);
      });
    });
    this.closed.catch(() => {}); // reported where it is awaited
  }

  /** @type {import('node:child_process').ChildProcessWithoutNullStreams} */
  #child;
  #echoIsOff;

  /** @param {string} text */
  #add(text) {
    this.#raw += text;
    this.output = this.#raw.replace(controls, '').replaceAll('\r\n', '\n').replaceAll('\r', '');
    this.#wake();
  }

  #wake() {
    for (const wake of [...this.#waiting]) wake();
  }

  /**
   * Types text; "\r" is the Enter key.
   * @param {string} text
   */
  write(text) {
    this.#child.stdin.write(text);
  }

  /**
   * Waits until the output after the previous match contains `pattern`.
   * @param {string | RegExp} pattern without the flag "g"
   * @param {{ timeout?: number }} [options] timeout in milliseconds, 30 s by default
   * @returns {Promise<string>} the text that matched; rejected with what was there instead
   */
  waitFor(pattern, { timeout = 30_000 } = {}) {
    const find = () => {
      const unread = this.output.slice(this.#read);
      const at = typeof pattern === 'string' ? unread.indexOf(pattern) : unread.search(pattern);
      if (at < 0) return undefined;
      const text = typeof pattern === 'string' ? pattern : (unread.match(pattern)?.[0] ?? '');
      this.#read += at + text.length;
      return text;
    };
    return new Promise((resolve, reject) => {
      const look = () => {
        const text = find();
        if (text === undefined && !this.#ended) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        if (text === undefined) reject(new RigError(`the program ended without ${pattern}`, this.output));
        else resolve(text);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new RigError(`no ${pattern} after ${timeout} ms`, this.output));
      }, timeout);
      this.#waiting.add(look);
      look();
    });
  }

  /**
   * Waits for a question that ends in "Password: ", and answers it. What is typed before the echo is off is lost:
   * polkit's agent asks first, and then sets up the terminal and empties its input.
   * @param {string} password
   */
  async answerPassword(password) {
    await this.waitFor('Password: ');
    while (!this.#ended && !(await this.#echoIsOff())) await delay(20);
    this.write(`${password}\r`);
  }

  /** Hangs up: the program and its children are stopped. */
  close() {
    this.#child.kill();
    return this.closed;
  }
}
