import { type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import {
  configurationOf,
  effectiveOfSummary,
  effectiveText,
  effectiveTextOfSummary,
  imageNames,
  messageLocator,
  messagesIn,
  partsIn,
  profileNames,
  uriOf,
} from '../features';
import type { Project } from '../model';
import { LocalDisk } from '../node/file-system';
import { readMigration } from '../node/migration-input';
import { Projects } from '../node/projects';
import type { FolderReading, Located, LocateParams, Migration, Outline, Requests, Result } from '../protocol';
import { mkosi, newest, pathOf } from '../schema';
import { versionOf } from './configuration';
import type { Selection } from './target-selection';

/** How many files are found their project without letting other requests in between. */
const turn = 50;

const readings: Readonly<Record<FolderReading, true>> = {
  configuration: true,
  dropins: true,
  files: true,
  folders: true,
  scripts: true,
  contents: true,
};

/** Parameters as a client sends them: anything. */
type Unchecked =
  | Readonly<Partial<Record<'uri' | 'uris' | 'reading' | 'stderr' | 'status' | 'stdout' | 'json' | 'release', unknown>>>
  | null
  | undefined;

/** Answers the requests about mkosi projects. Nothing here executes or writes anything. */
export function registerProjectHandlers(connection: Connection, context: () => Selection): void {
  /** Every failure is a sentence for people. */
  const on = <M extends keyof Requests>(method: M, answer: (params: Unchecked) => Result<M> | Promise<Result<M>>): void => {
    connection.onRequest(method, async (params: Unchecked) => {
      try {
        return await answer(params);
      } catch (error) {
        if (error instanceof ResponseError) throw error;
        throw new ResponseError(LSPErrorCodes.RequestFailed, error instanceof Error ? error.message : String(error));
      }
    });
  };
  /** Projects as the disk has them at this moment, for some release of mkosi. */
  const projects = (release?: unknown): Projects => {
    const { target, byMinimum, clone } = context(),
      chosen = versionOf(release);
    return new Projects({ ...target, mkosi: chosen ?? target.mkosi }, undefined, byMinimum && chosen === undefined, clone);
  };
  const projectIn = (uri: unknown, release?: unknown): Project => projects(release).at(fileOf(uri));

  on('nspawn/mkosi/roots', async (params) => {
    const uris = params?.uris;
    if (!Array.isArray(uris)) throw new Error('The request names no files.');
    const known = projects(),
      roots: string[] = [];
    for (const uri of uris as readonly unknown[]) {
      roots.push(uriOf(known.rootAt(fileOf(uri))));
      if (roots.length % turn === 0) await new Promise(setImmediate);
    }
    return roots;
  });
  on('nspawn/mkosi/outline', (params) => outline(params?.uri, params?.reading, projectIn));
  on('nspawn/mkosi/locate', (params) => locate(projectIn(params?.uri, params?.release), textOf(params?.stderr), Number(params?.status)));
  on('nspawn/mkosi/effective', (params) => {
    const project = projectIn(params?.uri, params?.release),
      stdout = textOf(params?.stdout);
    return params?.json === true
      ? effectiveText(effectiveOfSummary(stdout, project), project.root)
      : effectiveTextOfSummary(stdout, project, versionOf(params?.release) ?? project.edition.version);
  });
  on('nspawn/mkosi/migrate', (params): Migration => {
    const release = versionOf(params?.release) ?? newest.mkosi;
    if (release < mkosi.data.oldest)
      throw new Error(`A project can be rewritten for mkosi ${mkosi.data.oldest} and newer, not for ${release}.`);
    return readMigration(fileOf(params?.uri), release).result;
  });
}

function outline(uri: unknown, reading: unknown, projectIn: (uri: unknown) => Project): Outline {
  const path = fileOf(uri);
  if (reading === undefined) {
    const project = projectIn(uri);
    return project.disk.budget.apart(() => ({
      folder: uriOf(project.folder),
      ...partsIn(project.disk, project.folder, 'configuration'),
      profiles: profileNames(project),
      images: imageNames(project),
    }));
  }
  if (typeof reading !== 'string' || !Object.hasOwn(readings, reading))
    throw new Error('Folders of mkosi projects are not read like that.');
  return { folder: uriOf(path), ...partsIn(new LocalDisk(newest), path, reading as FolderReading), profiles: [], images: [] };
}

function locate(project: Project, stderr: LocateParams['stderr'], status: number): Located {
  const place = messageLocator(project);
  return {
    files: configurationOf(project).map(({ uri }) => uri),
    messages: messagesIn(stderr, status).map((message) => {
      const at = place(message);
      return {
        text: message.text,
        severity: message.severity,
        namesFile: message.file !== undefined,
        ...(at !== undefined
          ? { at }
          : message.file === undefined
            ? {}
            : { at: { uri: uriOf(message.file), line: 0, character: 0, end: 0 } }),
      };
    }),
  };
}

/** The path of a `file:` URI. @throws Error */
function fileOf(uri: unknown): string {
  const path = typeof uri === 'string' ? pathOf(uri) : undefined;
  if (path === undefined || path.includes('\0')) throw new Error('Only files on this computer can be asked about.');
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

/** What mkosi has said. @throws Error */
function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error('The request does not say what mkosi has printed.');
  return value;
}
