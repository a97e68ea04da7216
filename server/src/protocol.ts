/**
 * The requests and notifications that are ours, beside those of the Language Server Protocol: their names, and what goes
 * with them. Types only, for the server and for its clients. Files and folders are `file:` URIs, lines and characters count
 * from 0 in UTF-16 units, as in LSP. A request that cannot be answered fails with a sentence that can be shown to people.
 */

/** What a request takes and what it is answered with. */
interface Call<P, R> {
  readonly params: P;
  readonly result: R;
}

export interface Requests {
  /** The releases that files can be checked against, oldest first. */
  'nspawn/releases': Call<undefined, Readonly<Record<Tool, readonly number[]>>>;
  /** The releases that are in force, for the file that is named or for all. */
  'nspawn/target': Call<{ readonly uri?: string } | undefined, TargetInForce>;
  /** The folder of the mkosi project that each file or folder belongs to, in the order in which they are named. */
  'nspawn/mkosi/roots': Call<{ readonly uris: readonly string[] }, readonly string[]>;
  /** What a project, or a folder of one, holds. */
  'nspawn/mkosi/outline': Call<OutlineParams, Outline>;
  /** The lines that messages of mkosi are about. */
  'nspawn/mkosi/locate': Call<LocateParams, Located>;
  /** What `mkosi summary` has printed, with the lines that each value comes from. */
  'nspawn/mkosi/effective': Call<EffectiveParams, EffectiveText>;
  /** What rewriting a project for another release of mkosi changes. Writes nothing. */
  'nspawn/mkosi/migrate': Call<MigrateParams, Migration>;
}

export interface Notifications {
  /** To the server: what is installed where the files are used. What is not named is not installed. */
  'nspawn/host': Installed;
  /** To the client: files may be checked against other releases than before. */
  'nspawn/targetChanged': undefined;
}

export type Params<M extends keyof Requests> = Requests[M]['params'];
export type Result<M extends keyof Requests> = Requests[M]['result'];

/** Sends a request to the server. Rejects with a sentence that says what to do. */
export type AskServer = <M extends keyof Requests>(method: M, params: Params<M>) => Promise<Result<M>>;

export type Tool = 'systemd' | 'mkosi';

/** Releases that are installed; the client may know them better than the server. */
export type Installed = { readonly [Name in Tool]?: number | undefined } & {
  /** mkosi runs from a clone of its repository. */
  readonly mkosiClone?: boolean;
};

/**
 * A release in force, and who chose it: the user, the host, or no one. For a single file also its project, by
 * `MinimumVersion=`, or the file itself, which newer releases do not read.
 */
export interface Chosen {
  readonly version: number;
  readonly from: 'setting' | 'host' | 'newest' | 'project' | 'file';
}

export type TargetInForce = Readonly<Record<Tool, Chosen>>;

/** A place in a file. */
export interface FilePosition {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

/** Characters of one line of a file. */
export interface FileRange extends FilePosition {
  /** The character after the last one. */
  readonly end: number;
}

/**
 * How the entries of a folder of a project are read. `configuration`: as those of a project, an image or a profile;
 * `dropins`: `*.conf` and folders; `files`: any file; `folders`: one configuration each; `scripts`: one script each;
 * `contents`: not by mkosi.
 */
export type FolderReading = 'configuration' | 'dropins' | 'files' | 'folders' | 'scripts' | 'contents';

export interface OutlineParams {
  /** A folder: of a project, or one of its parts. */
  readonly uri: string;
  /** How it is read, as the part says; default: as a project. */
  readonly reading?: FolderReading;
}

/** A file or folder of a project, with what it is for. */
export interface ProjectPart {
  readonly name: string;
  readonly isFolder: boolean;
  /** A codicon. */
  readonly icon: string;
  /** What it is for, in a few words; may be empty. */
  readonly about: string;
  /** How its entries are read, where it is a folder. */
  readonly reading: FolderReading;
  /** A script that mkosi does not run because it is not executable. */
  readonly broken: boolean;
}

export interface Outline {
  /** The folder that the parts are in: the project's own, or its folder mkosi/. */
  readonly folder: string;
  /** In the order in which mkosi reads and runs them. */
  readonly parts: readonly ProjectPart[];
  /** There are more entries than are listed. */
  readonly more: boolean;
  /** Names of profiles and of images beside the main one; of a project only. */
  readonly profiles: readonly string[];
  readonly images: readonly string[];
}

export interface LocateParams {
  /** The folder of a project. */
  readonly uri: string;
  /** What mkosi wrote to standard error, and its exit status. */
  readonly stderr: string;
  readonly status: number;
  /** Of the mkosi that has written it; default: the release that is in force. */
  readonly release?: number;
}

/** Something that mkosi has said. */
export interface LocatedMessage {
  readonly text: string;
  readonly severity: 'error' | 'warning';
  /** mkosi itself has named the file. */
  readonly namesFile: boolean;
  /** Where its cause is; undefined: mkosi did not say enough. */
  readonly at?: FileRange;
}

export interface Located {
  readonly messages: readonly LocatedMessage[];
  /** The configuration of the project, the main file first. */
  readonly files: readonly string[];
}

export interface EffectiveParams {
  /** The folder of a project. */
  readonly uri: string;
  /** What `mkosi summary` printed: JSON, or text where the release knows no `--json` (18 and older). */
  readonly stdout: string;
  readonly json: boolean;
  /** Of the mkosi that has printed it; default: the release that is in force. */
  readonly release?: number;
}

/** A text with links in it. */
export interface EffectiveText {
  readonly text: string;
  readonly links: readonly {
    readonly line: number;
    readonly start: number;
    readonly end: number;
    readonly to: FilePosition;
  }[];
}

export interface MigrateParams {
  /** The folder of a project. */
  readonly uri: string;
  /** The release to write for; default: the newest known. */
  readonly release?: number;
}

/** Paths have slashes and are below the folder. */
export interface Migration {
  /** Files to write, by their new paths. `mode`: permissions, where they matter. */
  readonly files: readonly { readonly path: string; readonly text: string; readonly mode?: number }[];
  /** What happens to files before those are written. */
  readonly actions: readonly {
    readonly kind: 'rename' | 'by-hand';
    readonly path: string;
    readonly to?: string;
    readonly message: string;
  }[];
  /** Lines that did not come over as they were; lines from 0, in the file as it was. */
  readonly losses: readonly {
    readonly path: string;
    readonly line: number;
    readonly kind: 'lost' | 'check' | 'moved';
    readonly message: string;
  }[];
}
