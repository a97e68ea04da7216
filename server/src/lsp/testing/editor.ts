import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import {
  type ClientCapabilities,
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  ProposedFeatures,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { serve } from '../server';

/** An editor at the other end of two streams. */
export class Editor {
  readonly connection: ProtocolConnection;
  settings: Record<string, unknown> = {};
  /** The settings are not sent before. */
  ready: Promise<void> = Promise.resolve();
  /** By URI, what the server has said last. */
  readonly shown = new Map<string, readonly Diagnostic[]>();
  /** By URI, the version that it has said that of. */
  readonly versions = new Map<string, number | undefined>();
  /** The URIs that the server has said something of, in order. */
  readonly told: string[] = [];
  private readonly waiting: (() => void)[] = [];

  /** @param streams of a server that is a process of its own; without them it runs in this one */
  constructor(streams: { readonly from: Readable; readonly to: Writable } = inProcess()) {
    this.connection = createProtocolConnection(new StreamMessageReader(streams.from), new StreamMessageWriter(streams.to));
    this.connection.onNotification('textDocument/publishDiagnostics', ({ uri, version, diagnostics }: PublishDiagnosticsParams) => {
      this.shown.set(uri, diagnostics);
      this.versions.set(uri, version);
      this.told.push(uri);
      for (const wake of this.waiting.splice(0)) wake();
    });
    this.connection.onRequest('workspace/configuration', async () => {
      await this.ready;
      return [this.settings];
    });
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.listen();
  }

  async start(folder: string, initializationOptions?: unknown): Promise<Record<string, unknown>> {
    const capabilities: ClientCapabilities = {
      workspace: {
        configuration: true,
        workspaceFolders: true,
        didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
        workspaceEdit: { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'] },
      },
    };
    const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: 'work' }];
    const result = await this.ask('initialize', { processId: null, rootUri: null, capabilities, workspaceFolders, initializationOptions });
    await this.connection.sendNotification('initialized', {});
    return result as Record<string, unknown>;
  }

  ask(method: string, params?: unknown): Promise<unknown> {
    return this.connection.sendRequest(method, params);
  }

  tell(method: string, params?: unknown): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  open(uri: string, text: string, languageId = 'nspawn'): Promise<void> {
    return this.tell('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  }

  /** Puts a text in place of the whole document. */
  change(uri: string, version: number, text: string): Promise<void> {
    return this.tell('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] });
  }

  /** Waits until the diagnostics of a document are as wanted. */
  async diagnostics(
    uri: string,
    wanted: (codes: readonly unknown[], shown: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]> {
    for (;;) {
      const shown = this.shown.get(uri);
      if (
        shown !== undefined &&
        wanted(
          shown.map((d) => d.code),
          shown,
        )
      )
        return shown;
      await this.news();
    }
  }

  /** Waits until the server shows something, whatever it is. */
  news(): Promise<void> {
    return new Promise((wake) => {
      this.waiting.push(wake);
    });
  }
}

/** A server in this process. */
function inProcess(): { readonly from: Readable; readonly to: Writable } {
  const there = new PassThrough(),
    back = new PassThrough();
  serve(createConnection(ProposedFeatures.all, new StreamMessageReader(there), new StreamMessageWriter(back)));
  return { from: back, to: there };
}
