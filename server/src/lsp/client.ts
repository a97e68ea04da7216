import type { InitializeParams } from 'vscode-languageserver/node';
import { pathOf } from '../schema';

/** What the client can do, as far as the server cares, and what it sent when it started the server. */
export interface Client {
  /** It can be asked for settings. */
  readonly configuration: boolean;
  /** It lets the server ask to be notified of changed settings. */
  readonly configurationChanges: boolean;
  readonly watchedFiles: boolean;
  readonly relativePatterns: boolean;
  /** It notifies the server of added folders. */
  readonly folderChanges: boolean;
  /** It can rename files as part of an edit. */
  readonly renamesFiles: boolean;
  /** Its own command that moves a file, also where only root may write. */
  readonly moveCommand: string | undefined;
  /** Absolute paths of the folders that are open. */
  readonly folders: readonly string[];
  /** Settings, for clients that send them once. Unchecked, as everything below. */
  readonly settings: unknown;
  /** The releases that are installed where the files will be used. */
  readonly host: unknown;
}

/** A client before it has announced its capabilities. */
export const unknownClient: Client = {
  configuration: false,
  configurationChanges: false,
  watchedFiles: false,
  relativePatterns: false,
  folderChanges: false,
  renamesFiles: false,
  moveCommand: undefined,
  folders: [],
  settings: undefined,
  host: undefined,
};

export function clientOf({ capabilities: { workspace }, workspaceFolders, initializationOptions }: InitializeParams): Client {
  const options: unknown = initializationOptions,
    { moveCommand, host } = (typeof options === 'object' && options !== null ? options : {}) as { moveCommand?: unknown; host?: unknown };
  return {
    configuration: workspace?.configuration === true,
    configurationChanges: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    relativePatterns: workspace?.didChangeWatchedFiles?.relativePatternSupport === true,
    folderChanges: workspace?.workspaceFolders === true,
    renamesFiles:
      workspace?.workspaceEdit?.documentChanges === true && workspace.workspaceEdit.resourceOperations?.includes('rename') === true,
    moveCommand: typeof moveCommand === 'string' ? moveCommand : undefined,
    folders: (workspaceFolders ?? []).flatMap(({ uri }) => pathOf(uri) ?? []),
    settings: options,
    host,
  };
}
