import type { Connection } from 'vscode-languageserver/node';
import { releases } from '../schema';
import type { TargetInForce } from './configuration';
import type { DiagnosticsService } from './diagnostics/service';
import type { TargetSelection } from './target-selection';

/** Notifies the client that files are checked by other releases than before. */
export const targetChanged = (connection: Connection): Promise<void> => connection.sendNotification('nspawn/targetChanged');

/** The requests and notifications about releases that are not part of LSP. */
export function registerTargetRequests(connection: Connection, selection: TargetSelection, diagnostics: DiagnosticsService): void {
  connection.onRequest('nspawn/releases', () => releases);
  connection.onRequest('nspawn/target', (about: unknown): TargetInForce => {
    const { inForce } = selection,
      { uri } = (typeof about === 'object' && about !== null ? about : {}) as { uri?: unknown };
    return typeof uri === 'string' ? diagnostics.targetOf(uri, inForce) : inForce;
  });
  connection.onNotification('nspawn/host', async (host: unknown) => {
    if (selection.hostChanged(host)) await targetChanged(connection);
  });
}
