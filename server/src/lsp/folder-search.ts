import type { Connection } from 'vscode-languageserver/node';
import type { Workspace } from './workspace';

/** Searches folders for files of ours, until the server shuts down. @returns begins a search of more folders */
export function folderSearch(
  connection: Connection,
  workspace: Workspace,
  report: (work: Promise<unknown>) => void,
): (folders: readonly string[]) => void {
  const shutdown = new AbortController();
  connection.onShutdown(() => {
    shutdown.abort();
  });
  return (folders) => {
    const search = workspace.search(folders, shutdown.signal).then((complete) => {
      if (!complete && !shutdown.signal.aborted)
        connection.console.info(
          `There are too many files in ${folders.join(', ')}: some .nspawn files are not known until they are opened`,
        );
    });
    report(search);
  };
}
