import {
  type Connection,
  createConnection,
  type InitializeResult,
  LSPErrorCodes,
  Message,
  ProposedFeatures,
  type ResponseMessage,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { pathOf } from '../schema';
import { clientOf, unknownClient } from './client';
import { pullSettings, registerConfigurationEvents, watchSettings } from './configuration-events';
import { DiagnosticsService } from './diagnostics/service';
import { registerDocumentEvents } from './document-events';
import { registerFileEvents, watchFiles } from './file-watching';
import { folderSearch } from './folder-search';
import { capabilities, registerHandlers } from './handlers';
import { registerProjectHandlers } from './project-handlers';
import { registerTargetRequests, targetChanged } from './target-requests';
import { TargetSelection } from './target-selection';
import { systemFolders, Workspace } from './workspace';

/** A request that is cancelled before its turn is answered at once. */
const cancelUndispatched = (message: Message): ResponseMessage | undefined =>
  Message.isRequest(message)
    ? { jsonrpc: '2.0', id: message.id, error: { code: LSPErrorCodes.RequestCancelled, message: 'Cancelled' } }
    : undefined;

const initializeResult: InitializeResult = {
  serverInfo: { name: 'nspawn' },
  capabilities: {
    ...capabilities,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
};

/**
 * Starts a language server. Wiring only.
 * @param connection default: the streams that the command line names (`--stdio`, `--node-ipc`)
 */
export function serve(connection: Connection = createConnection(ProposedFeatures.all, { cancelUndispatched })): void {
  let client = unknownClient,
    configured: () => void = () => undefined;
  /** Work that fails does not end the server; the reason goes to the editor's log. */
  const report = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => {
      connection.console.error(String(error));
    });
  };
  const workspace = new Workspace();
  const selection = new TargetSelection(({ target, byMinimum, clone }) => {
    workspace.target = target;
    diagnostics.retarget(byMinimum, clone);
  });
  const diagnostics = new DiagnosticsService({
    workspace,
    configured: new Promise((resolve) => {
      configured = resolve;
    }),
    rules: () => selection.settings.rules,
    send: (params) => connection.sendDiagnostics(params),
    targetChanged: () => targetChanged(connection),
    report,
    failed: (what, error) => {
      connection.console.error(`${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  });
  workspace.project = (document) => diagnostics.inputOf(document).project;
  const search = folderSearch(connection, workspace, report);

  connection.onInitialize((params) => {
    client = clientOf(params);
    selection.initialize(client.settings, client.host);
    return initializeResult;
  });
  connection.onInitialized(() => {
    if (client.configurationChanges) report(watchSettings(connection));
    if (client.watchedFiles) report(watchFiles(connection, client.relativePatterns));
    report(pullSettings(connection, client, selection).finally(configured));
    search([...client.folders, ...systemFolders]);
    if (!client.folderChanges) return;
    connection.workspace.onDidChangeWorkspaceFolders(({ added }) => {
      search(added.flatMap(({ uri }) => pathOf(uri) ?? []));
    });
  });
  registerConfigurationEvents(connection, () => client, selection, report);
  registerDocumentEvents(connection, workspace, diagnostics);
  registerFileEvents(connection, workspace, diagnostics);
  registerTargetRequests(connection, selection, diagnostics);
  registerProjectHandlers(connection, () => selection.selection);
  registerHandlers(connection, {
    workspace,
    get settings() {
      return selection.settings;
    },
    get client() {
      return client;
    },
    inputOf: (document) => diagnostics.inputOf(document),
    changed: (file) => {
      diagnostics.changed(file, false);
    },
  });
  connection.listen();
}
