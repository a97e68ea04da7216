import { type Connection, DidChangeConfigurationNotification } from 'vscode-languageserver/node';
import type { Client } from './client';
import { targetChanged } from './target-requests';
import type { TargetSelection } from './target-selection';

/** Asks the client to notify the server of changed settings. */
export const watchSettings = (connection: Connection): Promise<unknown> =>
  connection.client.register(DidChangeConfigurationNotification.type, { section: 'nspawn' });

/** Asks the client for its settings, if it can be asked. */
export async function pullSettings(connection: Connection, client: Client, selection: TargetSelection): Promise<void> {
  if (!client.configuration) return;
  selection.configure(await connection.workspace.getConfiguration('nspawn'));
  await targetChanged(connection);
}

/** Follows the settings: asks for them again, or takes what a client sends that cannot be asked. */
export function registerConfigurationEvents(
  connection: Connection,
  client: () => Client,
  selection: TargetSelection,
  report: (work: Promise<unknown>) => void,
): void {
  connection.onDidChangeConfiguration((params) => {
    const pushed: unknown = params.settings;
    if (client().configuration) report(pullSettings(connection, client(), selection));
    else if (typeof pushed === 'object' && pushed !== null && 'nspawn' in pushed) selection.configure(pushed.nspawn);
  });
}
