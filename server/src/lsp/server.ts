import { isDeepStrictEqual } from 'node:util';
import {
  type Connection,
  createConnection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type FileSystemWatcher,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  Message,
  ProposedFeatures,
  type ResponseMessage,
  TextDocumentSyncKind,
  WatchKind,
} from 'vscode-languageserver/node';
import { allFamilies, type Family } from '../families';
import { installedSystemd } from '../node/host';
import { pathOf, releases } from '../schema';
import { type Installed, ServerConfiguration, type TargetInForce, versionOf } from './configuration';
import { DiagnosticsService } from './diagnostics/service';
import { capabilities, type HandlerContext, registerHandlers } from './handlers';
import { registerProjectHandlers } from './project-handlers';
import { systemFolders, Workspace } from './workspace';

/** What is cancelled while it waits is not worked on any more. */
const cancelled = (message: Message): ResponseMessage | undefined =>
  Message.isRequest(message)
    ? { jsonrpc: '2.0', id: message.id, error: { code: LSPErrorCodes.RequestCancelled, message: 'Cancelled' } }
    : undefined;

/** What the client may do, as far as the server cares. */
interface Client {
  configuration: boolean;
  configurationChanges: boolean;
  watchedFiles: boolean;
  relativePatterns: boolean;
  folders: boolean;
  moves: boolean;
  moveCommand: string | undefined;
}

/**
 * Starts a language server. Wiring only.
 * @param connection default: the streams that the command line names (`--stdio`, `--node-ipc`)
 */
export function serve(connection: Connection = createConnection(ProposedFeatures.all, { cancelUndispatched: cancelled })): void {
  const workspace = new Workspace();
  const client: Client = {
    configuration: false,
    configurationChanges: false,
    watchedFiles: false,
    relativePatterns: false,
    folders: false,
    moves: false,
    moveCommand: undefined,
  };
  let settings = new ServerConfiguration(),
    folders: string[] = [];
  let installed: Installed = { systemd: installedSystemd() };

  let configured: () => void = () => undefined;
  const diagnostics = new DiagnosticsService({
    workspace,
    configured: new Promise((resolve) => {
      configured = resolve;
    }),
    rules: () => settings.rules,
    send: (found) => connection.sendDiagnostics(found),
    targetChanged: () => connection.sendNotification('nspawn/targetChanged'),
    report: (work) => {
      report(connection, work);
    },
    failed: (what, error) => {
      connection.console.error(`${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  });
  workspace.project = (document) => diagnostics.inputOf(document).project;
  const here: HandlerContext = {
    workspace,
    get settings() {
      return settings;
    },
    get canMove() {
      return client.moves;
    },
    get moveCommand() {
      return client.moveCommand;
    },
    inputOf: (document) => diagnostics.inputOf(document),
    changed: (file) => {
      diagnostics.changed(file, false);
    },
  };

  connection.onInitialize((params: InitializeParams): InitializeResult => {
    const { workspace: able } = params.capabilities;
    client.configuration = able?.configuration === true;
    client.configurationChanges = able?.didChangeConfiguration?.dynamicRegistration === true;
    client.watchedFiles = able?.didChangeWatchedFiles?.dynamicRegistration === true;
    client.relativePatterns = able?.didChangeWatchedFiles?.relativePatternSupport === true;
    client.folders = able?.workspaceFolders === true;
    client.moves = able?.workspaceEdit?.documentChanges === true && able.workspaceEdit.resourceOperations?.includes('rename') === true;
    folders = (params.workspaceFolders ?? []).flatMap(({ uri }) => pathOf(uri) ?? []);
    const options: unknown = params.initializationOptions;
    settings = new ServerConfiguration(options);
    if (typeof options === 'object' && options !== null && 'moveCommand' in options && typeof options.moveCommand === 'string')
      client.moveCommand = options.moveCommand;
    if (typeof options === 'object' && options !== null && 'host' in options) installed = { ...installed, ...installedOf(options.host) };
    judgeBy(settings);
    return {
      serverInfo: { name: 'nspawn' },
      capabilities: {
        ...capabilities,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  /** Takes settings, and judges files by the releases that follow from them. */
  function judgeBy(next: ServerConfiguration): void {
    settings = next;
    const { systemd, mkosi } = settings.inForce(installed);
    const byMinimum = mkosi.from === 'newest';
    workspace.target = { systemd: systemd.version, mkosi: mkosi.version };
    diagnostics.retarget(byMinimum, byMinimum || installed.mkosiClone === true);
  }

  const over = new AbortController();
  connection.onShutdown(() => {
    over.abort();
  });

  /** Looks for files, as long as the server runs, and says when there were too many. */
  function search(folders: readonly string[]): void {
    report(
      connection,
      workspace.search(folders, over.signal).then((all) => {
        if (!all && !over.signal.aborted)
          connection.console.info(
            `There are too many files in ${folders.join(', ')}: some .nspawn files are not known until they are opened`,
          );
      }),
    );
  }

  async function configure(): Promise<void> {
    if (!client.configuration) return;
    judgeBy(new ServerConfiguration(await connection.workspace.getConfiguration('nspawn')));
    await connection.sendNotification('nspawn/targetChanged');
  }

  connection.onInitialized(() => {
    if (client.configurationChanges) {
      report(
        connection,
        connection.client.register(DidChangeConfigurationNotification.type, { section: 'nspawn' }).then(() => undefined),
      );
    }
    if (client.watchedFiles) report(connection, watch(connection, client.relativePatterns));
    report(connection, configure().finally(configured));
    search([...folders, ...systemFolders]);
    if (client.folders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added }) => {
        search(added.flatMap(({ uri }) => pathOf(uri) ?? []));
      });
    }
  });
  connection.onDidChangeConfiguration(({ settings: said }) => {
    const pushed: unknown = said;
    if (client.configuration) report(connection, configure());
    // Clients that cannot be asked push their settings instead.
    else if (typeof pushed === 'object' && pushed !== null && 'nspawn' in pushed) judgeBy(new ServerConfiguration(pushed.nspawn));
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri, type } of changes) {
      if (type === FileChangeType.Deleted) workspace.didDelete(uri);
      else workspace.didWrite(uri);
      const file = pathOf(uri);
      if (file !== undefined) diagnostics.changed(file, type !== FileChangeType.Changed);
    }
  });
  connection.onRequest('nspawn/releases', () => releases);
  connection.onRequest('nspawn/target', (about: unknown): TargetInForce => {
    const inForce = settings.inForce(installed);
    return typeof about === 'object' && about !== null && 'uri' in about && typeof about.uri === 'string'
      ? diagnostics.targetOf(about.uri, inForce)
      : inForce;
  });
  // All that is installed now: what is not told is not there any more.
  connection.onNotification('nspawn/host', async (found: unknown) => {
    const now: Installed = { systemd: installedSystemd(), ...installedOf(found) };
    if (isDeepStrictEqual(now, installed)) return;
    installed = now;
    judgeBy(settings);
    await connection.sendNotification('nspawn/targetChanged');
  });

  connection.onDidOpenTextDocument(({ textDocument }) => {
    workspace.didOpen(textDocument);
    diagnostics.opened(textDocument.uri);
  });
  connection.onDidChangeTextDocument((params) => {
    workspace.didChange(params);
    diagnostics.edited(params.textDocument.uri);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    workspace.didClose(uri);
    diagnostics.closed(uri);
  });

  registerHandlers(connection, here);
  registerProjectHandlers(connection, () => {
    const byMinimum = settings.inForce(installed).mkosi.from === 'newest';
    return { target: workspace.target, byMinimum, clone: byMinimum || installed.mkosiClone === true };
  });
  connection.listen();
}

/**
 * Asks the client to tell of files that come, change and go. What mkosi makes of a project depends on whether any file
 * is there at all, but only configuration is read.
 */
async function watch(connection: Connection, relative: boolean): Promise<void> {
  const read = allFamilies.flatMap(({ watched }) => watched.map((globPattern) => ({ globPattern })));
  const inSystem = ({ watched, systemFolders: folders }: Family): FileSystemWatcher[] =>
    folders.flatMap((f) => watched.map((glob) => ({ globPattern: { baseUri: `file://${f}`, pattern: glob.replace('**/', '') } })));
  const system = relative ? allFamilies.flatMap(inSystem) : [];
  const there = { globPattern: '**', kind: WatchKind.Create | WatchKind.Delete };
  await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [...read, there, ...system] });
}

/** Releases as a client tells them, as far as it does. */
function installedOf(found: unknown): Installed {
  const { systemd, mkosi, mkosiClone } = (typeof found === 'object' && found !== null ? found : {}) as {
    systemd?: unknown;
    mkosi?: unknown;
    mkosiClone?: unknown;
  };
  const told = {
    systemd: versionOf(systemd),
    mkosi: versionOf(mkosi),
    mkosiClone: mkosiClone === undefined ? undefined : mkosiClone === true,
  };
  return Object.fromEntries(Object.entries(told).filter(([, fact]) => fact !== undefined));
}

/** Nothing that fails on the way to the editor may end the server; it goes to the editor's log instead. */
function report(connection: Connection, work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    connection.console.error(String(error));
  });
}
