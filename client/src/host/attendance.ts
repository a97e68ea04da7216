import { mkdtemp } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Disposable } from './event';
import { findProgram } from './programs';

/** What to run in a terminal, and what becomes of it. */
export interface Attended {
  /** The process of the terminal. */
  readonly argv: readonly [program: string, ...args: string[]];
  /** What it needs in its environment. */
  readonly env: Readonly<Record<string, string | null>>;
  /** The exit status as a shell counts it; undefined when the program did not get so far. */
  readonly ended: Promise<number | undefined>;
  /** The terminal is gone. */
  readonly forget: () => void;
}

/**
 * Hears from the attendants in our terminals ({@link ./attendant}) how their programs ended, on a socket that only this
 * user can reach. As long as it is there, so may they be.
 */
export class Attendance implements Disposable {
  private readonly running = new Map<string, (status: number | undefined) => void>();
  private readonly connections = new Set<Socket>();
  private server: Server | undefined;
  private folder: Promise<string> | undefined;
  private runs = 0;

  /** @param attendant the program: a script for Node */
  constructor(private readonly attendant: string) {}

  /**
   * @param argv the program by name, and its arguments @param keep whether the terminal stays when all went well
   * @throws MissingProgram
   */
  async attend([name = '', ...args]: readonly string[], keep: boolean): Promise<Attended> {
    const program = findProgram(name), run = String(++this.runs);
    const socket = path.join(await (this.folder ??= this.listen()), 'socket');
    let settle: (status: number | undefined) => void = () => undefined;
    const ended = new Promise<number | undefined>((resolve) => { settle = resolve; });
    this.running.set(run, settle);
    const forget = (): void => {
      this.running.delete(run);
      settle(undefined);
    };
    return {
      argv: [process.execPath, this.attendant, socket, run, keep ? 'keep' : 'close', program, ...args],
      // The program that VS Code runs extensions with may be Electron; and options for Node are not meant for this script.
      env: { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: null }, ended, forget,
    };
  }

  /** Ends every attendant, and so the programs in their terminals; nothing is left of the socket. */
  dispose(): void {
    for (const connection of this.connections) connection.destroy();
    this.server?.close();
    this.folder?.then((folder) => rmSync(folder, { recursive: true, force: true })).catch(() => undefined);
    for (const settle of this.running.values()) settle(undefined);
    this.running.clear();
  }

  /** @returns the folder of the socket, which nobody else may look into */
  private async listen(): Promise<string> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'nspawn-terminals-'));
    const server = this.server = createServer((connection) => this.hear(connection));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path.join(folder, 'socket'), resolve);
    });
    return folder;
  }

  private hear(connection: Socket): void {
    this.connections.add(connection);
    let text = '';
    let settle: ((status: number | undefined) => void) | undefined;
    connection.setEncoding('utf8').on('error', () => undefined).once('close', () => {
      this.connections.delete(connection);
      settle?.(undefined);
    }).on('data', (piece: string) => {
      text = (text + piece).slice(-100);
      const [, run, status] = /^(\d+)\n(\d+\n)?/.exec(text) ?? [];
      if (run === undefined) return;
      settle ??= this.running.get(run);
      if (status === undefined) return;
      this.running.delete(run);
      settle?.(Number(status));
      connection.write('\n');
    });
  }
}
