import {
  type Connection,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type FileSystemWatcher,
  WatchKind,
} from 'vscode-languageserver/node';
import { allFamilies, type Family } from '../families';
import { pathOf } from '../schema';
import type { DiagnosticsService } from './diagnostics/service';
import type { Workspace } from './workspace';

/**
 * What the client is asked to watch. What mkosi makes of a project depends on whether any file exists, but only the
 * content of configuration is read.
 * @param relative the client can watch folders that are not open
 */
function watchers(relative: boolean): FileSystemWatcher[] {
  const content = allFamilies.flatMap(({ watched }) => watched.map((globPattern) => ({ globPattern })));
  const inSystem = ({ watched, systemFolders }: Family): FileSystemWatcher[] =>
    systemFolders.flatMap((f) => watched.map((glob) => ({ globPattern: { baseUri: `file://${f}`, pattern: glob.replace('**/', '') } })));
  const existence = { globPattern: '**', kind: WatchKind.Create | WatchKind.Delete };
  return [...content, existence, ...(relative ? allFamilies.flatMap(inSystem) : [])];
}

/** Asks the client to notify the server of files that are created, changed and deleted. */
export const watchFiles = (connection: Connection, relative: boolean): Promise<unknown> =>
  connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: watchers(relative) });

/** Follows the files on disk. */
export function registerFileEvents(connection: Connection, workspace: Workspace, diagnostics: DiagnosticsService): void {
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri, type } of changes) {
      if (type === FileChangeType.Deleted) workspace.didDelete(uri);
      else workspace.didWrite(uri);
      const file = pathOf(uri);
      if (file !== undefined) diagnostics.changed(file, type !== FileChangeType.Changed);
    }
  });
}
