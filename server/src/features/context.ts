import { imageFoldersOf, type Project } from '../model';
import { type Document, pathOf } from '../schema';

/** Something that lies in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly folder: boolean;
}

/** A network interface of the host. */
export interface Interface {
  readonly name: string;
  readonly bridge: boolean;
}

/**
 * The narrow view that features have of everything but the document: the host's files and names, and the other files.
 * Every answer may be empty, and none throws: what cannot be read is treated as missing.
 */
export interface FeatureContext {
  /** What lies in a folder, by its absolute path. */
  entries(folder: string): readonly FolderEntry[];
  exists(path: string): boolean;
  /** What a file says; undefined when it cannot be read. */
  text(path: string): string | undefined;
  interfaces(): readonly Interface[];
  /** Names of users who are people or services of the host. */
  users(): readonly string[];
  /** Every file of ours that the workspace and `/etc/systemd/nspawn` hold; open ones as they are in the editor. */
  documents(): Iterable<Document>;
  /** The project of mkosi that a document is read in. */
  project(document: Document): Project | undefined;
}

/** A context without any facts, for the command line and for editors without a file system. */
export const nowhere: FeatureContext = {
  entries: () => [],
  exists: () => false,
  text: () => undefined,
  interfaces: () => [],
  users: () => [],
  documents: () => [],
  project: () => undefined,
};

/** The URI of an absolute path. */
export const uriOf = (path: string): string => `file://${path.split('/').map(encodeURIComponent).join('/')}`;

/** The last part of a path or URI. */
export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The machine that a `.nspawn` file is for, by its name. */
export const machineName = (uri: string): string => fileName(pathOf(uri) ?? uri).replace(/\.nspawn$/, '');

/** The directory on the host that a `.nspawn` file's machine runs from; undefined when it has none that can be looked into. */
export function imageOf(uri: string, world: FeatureContext): string | undefined {
  const name = machineName(uri);
  return imageFoldersOf(pathOf(uri) ?? uri)
    .map((folder) => `${folder}/${name}`)
    .find((image) => world.entries(image).length > 0);
}
