import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Disposable } from '../event';
import { findProgram } from '../programs';

/** What to run in a terminal, and what becomes of it. */
export interface TerminalRun {
  /** The process of the terminal. */
  readonly argv: readonly [program: string, ...args: string[]];
  /** What it needs in its environment. */
  readonly env: Readonly<Record<string, string | null>>;
  /** The exit status as a shell counts it; undefined when the program did not get so far. */
  readonly ended: Promise<number | undefined>;
  /** The terminal is gone. */
  readonly forget: () => void;
}

/** A program that has been started, or is about to be. */
interface Run {
  readonly settle: (status: number | undefined) => void;
  /** That of its attendant, once it has told who it is. */
  connection?: Socket;
}

/** Bytes of the path of a socket (unix(7), sun_path, with a zero at its end). */
const longestPath = 107;

/** Connections that have not told yet whose they are; an attendant does that at once. */
const mostStrangers = 64;

/** Characters that an attendant sends: who it is, and an exit status. */
const mostText = 40;

/**
 * Hears from the attendants in our terminals ({@link ./attendant}) how their programs ended, on a socket that only this
 * user can reach. As long as it is there, so may they be. Other programs of this user may connect too: they do not know
 * what an attendant has been told to say, and are sent away.
 */
export class TerminalRunner implements Disposable {
  private readonly running = new Map<string, Run>();
  private readonly strangers = new Set<Socket>();
  private readonly connections = new Set<Socket>();
  private server: Server | undefined;
  private folder: Promise<string> | undefined;

  /** @param attendant the program: a script for Node @param places where the folder of the socket may be, the best first */
  constructor(
    private readonly attendant: string,
    private readonly places = usualPlaces,
  ) {}

  /**
   * @param argv the program by name, and its arguments @param keep whether the terminal stays when all went well
   * @throws MissingProgram, or Error when no folder can hold the socket; the next call tries again
   */
  async attend([name = '', ...args]: readonly string[], keep: boolean): Promise<TerminalRun> {
    const program = findProgram(name),
      run = randomBytes(8).toString('hex');
    const socket = path.join(await this.place(), socketName);
    let settle: (status: number | undefined) => void = () => undefined;
    const ended = new Promise<number | undefined>((resolve) => {
      settle = resolve;
    });
    this.running.set(run, { settle });
    const forget = (): void => {
      this.running.delete(run);
      settle(undefined);
    };
    return {
      argv: [process.execPath, this.attendant, socket, run, keep ? 'keep' : 'close', program, ...args],
      // The program that VS Code runs extensions with may be Electron; and options for Node are not meant for this script.
      env: { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: null },
      ended,
      forget,
    };
  }

  /** Ends every attendant, and so the programs in their terminals; nothing is left of the socket. */
  dispose(): void {
    for (const connection of this.connections) connection.destroy();
    this.server?.close();
    this.folder?.then((folder) => rmSync(folder, { recursive: true, force: true })).catch(() => undefined);
    for (const { settle } of this.running.values()) settle(undefined);
    this.running.clear();
  }

  /** The folder of the socket, which no other user may read. */
  private place(): Promise<string> {
    this.folder ??= this.listen().catch((error: unknown) => {
      this.folder = undefined;
      throw error;
    });
    return this.folder;
  }

  private async listen(): Promise<string> {
    const failures: string[] = [];
    for (const parent of this.places()) {
      try {
        return await this.listenIn(parent);
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    throw new Error(
      `No command can run in a terminal, because the socket that reports how it ends cannot be created: ${failures.join('; ')}. ` +
        'Free some space there, or set TMPDIR to a writable folder, and restart VS Code.',
    );
  }

  private async listenIn(parent: string): Promise<string> {
    const folder = await mkdtemp(path.join(parent, folderName)),
      server = createServer((connection) => this.hear(connection));
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(path.join(folder, socketName), resolve);
      });
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    // If one connection could not be accepted, for example for lack of file descriptors, others still are.
    server.on('error', () => undefined);
    this.server = server;
    return folder;
  }

  private hear(connection: Socket): void {
    this.connections.add(connection);
    this.strangers.add(connection);
    const [first] = this.strangers;
    if (this.strangers.size > mostStrangers) first?.destroy();
    let text = '',
      run: Run | undefined;
    connection
      .setEncoding('utf8')
      .on('error', () => undefined)
      .once('close', () => {
        this.connections.delete(connection);
        this.strangers.delete(connection);
        if (run === undefined) return;
        delete run.connection; // its terminal may be started again
        run.settle(undefined);
      })
      .on('data', (piece: string) => {
        text = (text + piece).slice(0, mostText + 1);
        const [, name, status] = /^([0-9a-f]{16})\n(?:(\d{1,3})\n)?/.exec(text) ?? [];
        run ??= name === undefined ? undefined : this.claim(name, connection);
        if (run === undefined ? text.includes('\n') || text.length > mostText : status === undefined && text.length > mostText)
          connection.destroy();
        if (run === undefined || status === undefined) return;
        connection.removeAllListeners('data').resume();
        run.settle(Number(status));
        connection.write('\n');
      });
  }

  /** The run that a wrapper identifies itself with; undefined if it is not expected, or has connected already. */
  private claim(name: string, connection: Socket): Run | undefined {
    const run = this.running.get(name);
    if (run === undefined || run.connection !== undefined) return undefined;
    run.connection = connection;
    this.strangers.delete(connection);
    return run;
  }
}

const folderName = 'nspawn-terminals-',
  socketName = 'socket';

/** The path of a socket may not be long. */
function usualPlaces(): readonly string[] {
  const all = [os.tmpdir(), process.env['XDG_RUNTIME_DIR'] ?? '', '/tmp'];
  const fits = (parent: string): boolean => Buffer.byteLength(path.join(parent, `${folderName}XXXXXX`, socketName)) <= longestPath;
  return [...new Set(all)].filter((parent) => path.isAbsolute(parent) && fits(parent));
}
