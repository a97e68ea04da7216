import * as path from 'node:path';
import * as vscode from 'vscode';
import { CloseAction, ErrorAction, type ErrorHandler, LanguageClient, TransportKind } from 'vscode-languageclient/node';
import type { AskServer, TargetInForce } from '../../../server/src/protocol';
import { messageOf, notify } from '../ui/notifications';
import { sayForServer } from './messages';
import { TargetItem } from './target';

/** The mkosi that is installed here, and whether it is a clone of its repository; undefined: none, or it may not be asked in this workspace. */
export type AskMkosi = () => Promise<{ readonly mkosi: number; readonly mkosiClone: boolean } | undefined>;

/** A server that ends more often than this within `lately` is not started again by itself. */
const mostEnds = 4;
const lately = 3 * 60_000;
/** How long a request waits for a server that is being started again, in milliseconds. */
const patience = 5000;

/** Says nothing to people by itself: what they should know, `Language` says, with what they can do. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override warn(message: string, data?: unknown): void {
    super.warn(message, data, false);
  }

  override info(message: string, data?: unknown): void {
    super.info(message, data, false);
  }
}

/** The language server beside the extension host: starts it, keeps it running, and says so when that does not work. */
export class Language implements vscode.Disposable {
  private client: QuietClient | undefined;
  /** One start or stop at a time. */
  private turn: Promise<void> = Promise.resolve();
  private ends: number[] = [];
  private wanted = false;
  /** Until its first answer: one that ends before would end again, and `run` says so. */
  private starting = false;
  private disposed = false;
  /** It does not run, and is not started again by itself. */
  private gaveUp = false;
  private readonly started = new vscode.EventEmitter<void>();
  /** It runs, for the first time or again. */
  readonly onDidStart = this.started.event;
  private readonly target = new TargetItem((method, params) => this.ask(method, params));

  /** @param folder where the extension lies */
  constructor(
    private readonly folder: string,
    private readonly mkosi: AskMkosi,
  ) {}

  /** Starts it, once. */
  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.next(() => this.run());
  }

  /** Starts it anew, whatever state it is in. */
  restart(): Promise<void> {
    this.wanted = true;
    this.ends = [];
    this.next(async () => {
      await this.stop();
      await this.run();
    });
    return this.turn;
  }

  /** What is installed may be another release now, or may be asked only now: workspaces become trusted, and systems are upgraded meanwhile. */
  look(): void {
    if (this.client !== undefined) this.next(() => this.tellHost());
  }

  /** Ends the server as well; errors on the way are ignored. */
  dispose(): void {
    this.target.dispose();
    this.started.dispose();
    this.disposed = true;
    this.turn = this.turn.then(() => this.stop()).catch(() => undefined);
  }

  /** What is installed here; a server that is not told goes by the newest release. */
  private async tellHost(): Promise<void> {
    const { client } = this;
    try {
      const mkosi = await this.mkosi();
      if (client?.isRunning() === true) await client.sendNotification('nspawn/host', mkosi ?? {});
    } catch (error) {
      client?.outputChannel.warn(messageOf(error));
    }
  }

  private next(work: () => Promise<void>): void {
    this.turn = this.turn
      .then(() => (this.disposed ? undefined : work()))
      .catch((error: unknown) => {
        this.fail(`did not start: ${messageOf(error)}`);
      });
  }

  private async run(): Promise<void> {
    const module = path.join(this.folder, 'server', 'dist', 'cli.js');
    const client = new QuietClient(
      'nspawn',
      'nspawn language server',
      // "Extension and Language Server" in .vscode/launch.json attaches to this port.
      {
        run: { module, transport: TransportKind.ipc },
        debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--inspect=6009'] } },
      },
      {
        documentSelector: [{ language: 'nspawn' }, { language: 'mkosi' }],
        errorHandler: this.handler(),
        initializationFailedHandler: () => false,
        markdown: { isTrusted: false, supportHtml: false },
        initializationOptions: { moveCommand: 'nspawn.moveSettings' },
      },
    );
    this.client = client;
    sayForServer(client);
    client.onNotification('nspawn/targetChanged', () => {
      this.target.show('running');
    });
    this.target.show('starting');
    this.starting = true;
    this.gaveUp = false;
    await client.start().finally(() => {
      this.starting = false;
    });
    await this.answers(client);
  }

  /** What a server says first, however it was started; it knows nothing of this computer yet. */
  private async answers(client: QuietClient): Promise<void> {
    const target = await client.sendRequest<TargetInForce>('nspawn/target');
    client.outputChannel.info(
      `The server is running and checks against systemd ${target.systemd.version} and mkosi ${target.mkosi.version}.`,
    );
    this.target.show('running');
    this.started.fire();
    await this.tellHost();
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // One that never ran has nothing to stop, and says so by an error.
    await client?.dispose().catch(() => undefined);
  }

  private handler(): ErrorHandler {
    return {
      error: (_error, _message, count) => ({
        action: count !== undefined && count <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown,
        handled: true,
      }),
      closed: () => {
        if (this.starting) return { action: CloseAction.DoNotRestart, handled: true };
        const now = Date.now();
        this.ends = [...this.ends.filter((then) => now - then < lately), now];
        if (this.ends.length <= mostEnds) {
          this.target.show('starting');
          this.settle();
          return { action: CloseAction.Restart, handled: true };
        }
        this.fail(`stopped ${this.ends.length} times within three minutes`);
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }

  /** Waits for a server that the client starts again by itself. */
  private settle(): void {
    const client = this.client;
    const listener = client?.onDidChangeState(() => {
      if (!client.isRunning()) return;
      listener?.dispose();
      // When it has ended once more, `closed` deals with it.
      this.answers(client).then(undefined, (error: unknown) => {
        client.outputChannel.warn(messageOf(error));
      });
    });
  }

  /** Sends a request, and starts the server for it. Rejects with the next step where it does not run. */
  readonly ask: AskServer = async (method, params) => {
    const client = await this.running();
    try {
      return await client.sendRequest(method, params);
    } catch (error) {
      // It has ended meanwhile.
      if (!client.isRunning()) throw new Error(notRunning, { cause: error });
      throw error;
    }
  };

  /** Starts it where that has not happened yet. Rejects with the next step where it does not run. */
  readonly ready = async (): Promise<void> => {
    await this.running();
  };

  readonly isRunning = (): boolean => this.client?.isRunning() === true;

  private async running(): Promise<QuietClient> {
    this.start();
    await this.turn;
    const { client } = this;
    if (client === undefined || this.gaveUp || !(client.isRunning() || (await comesBack(client)))) throw new Error(notRunning);
    return client;
  }

  private fail(what: string): void {
    if (this.disposed) return;
    this.gaveUp = true;
    this.target.show('failed');
    const { client } = this,
      again = 'Start Again',
      show = 'Show Log';
    notify(
      'error',
      `The nspawn language server ${what}. Until it runs, there are no diagnostics, completion or hover in .nspawn and mkosi files.`,
      again,
      show,
    )
      .then((choice) => {
        if (choice === again) return this.restart();
        if (choice === show) client?.outputChannel.show();
        return undefined;
      })
      .then(undefined, (error: unknown) => {
        client?.outputChannel.error(messageOf(error));
      });
  }
}

const notRunning = 'The language server is not running. Start it with "nspawn: Restart Language Server".';

/** Waits for a client that is starting its server again. @returns whether it runs then */
function comesBack(client: QuietClient): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (runs: boolean): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve(runs);
    };
    const timer = setTimeout(() => settle(false), patience),
      listener = client.onDidChangeState(() => {
        if (client.isRunning()) settle(true);
      });
  });
}
