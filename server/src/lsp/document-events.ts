import type { Connection } from 'vscode-languageserver/node';
import type { DiagnosticsService } from './diagnostics/service';
import type { Workspace } from './workspace';

/** Follows the documents that are open in the editor. */
export function registerDocumentEvents(connection: Connection, workspace: Workspace, diagnostics: DiagnosticsService): void {
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
}
