import * as path from 'node:path';
import * as vscode from 'vscode';
import { CloseAction, ErrorAction, type ErrorHandler, LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { messageOf, notify } from '../ui/notifications';
import { sayForServer } from './messages';
import { type Target, TargetItem } from './target';

/** The mkosi that is installed here, and whether it is a clone of its repository; undefined: none, or it may not be asked in this workspace. */
export type AskMkosi = () => Promise<{ readonly mkosi: number; readonly mkosiClone: boolean } | undefined>;

/** A server that ends more often than this within `lately` is not started again by itself. */
const mostEnds = 4;
const lately = 3 * 60_000;

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
  private readonly target = new TargetItem((request, about) => this.ask(request, about));

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
    await client.start().finally(() => {
      this.starting = false;
    });
    await this.answers(client);
  }

  /** What a server says first, however it was started; it knows nothing of this computer yet. */
  private async answers(client: QuietClient): Promise<void> {
    const target = await client.sendRequest<Target>('nspawn/target');
    client.outputChannel.info(
      `The server is running and checks against systemd ${target.systemd.version} and mkosi ${target.mkosi.version}.`,
    );
    this.target.show('running');
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

  private async ask<T>(request: string, about?: object): Promise<T> {
    if (this.client?.isRunning() !== true)
      throw new Error('The language server is not running. Start it with "nspawn: Restart Language Server".');
    return this.client.sendRequest<T>(request, about);
  }

  private fail(what: string): void {
    if (this.disposed) return;
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
