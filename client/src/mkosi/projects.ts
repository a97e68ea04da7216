import * as path from 'node:path';
import * as vscode from 'vscode';
import { log } from '../ui/notifications';
import { pickOne } from '../ui/prompts';
import { entriesOf, identityOf, readText } from './disk';
import type { File } from './places';

const main = 'mkosi.{conf,default}';
/** Folders that hold parts of a configuration, and files beside the main one. */
const folders = /^mkosi\.(conf\.d|default\.d|files|images|presets|profiles|uki-profiles|local|tools\.conf|initrd\.conf)$/;
const parts = /^mkosi\.(conf|default|(local|tools|initrd)\.conf)$/;

/** Main files that are looked for in a workspace; a large one has a hundred. */
const mostProjects = 5000;
let toldOfProjects = false;

/** A folder that mkosi can be started in. */
export interface Project {
  readonly uri: vscode.Uri;
  readonly folder: vscode.WorkspaceFolder | undefined;
  /** Below the workspace folder; empty for that itself. */
  readonly below: string;
}

/** The project of a file or folder, which need not be in the workspace. */
export function projectAt(uri: vscode.Uri): Project {
  const names = uri.path.split('/'),
    own = names.findIndex((name) => name.startsWith('mkosi.'));
  const at = own < 0 ? uri : uri.with({ path: names.slice(0, own).join('/') || '/' });
  const folder = vscode.workspace.getWorkspaceFolder(at);
  return { uri: at, folder, below: folder === undefined ? at.path : path.posix.relative(folder.uri.path, at.path) };
}

/** What people call it. */
export const nameOf = ({ uri, below }: Project): string => (below === '' ? path.posix.basename(uri.path) : below);

/** Whether a file is the main configuration of a project, not of an image or profile in one. */
export const isMain = (uri: vscode.Uri): boolean => /\/mkosi\.(conf|default)$/.test(uri.path) && !/\/mkosi\.[^/]*\//.test(uri.path);

/** Every folder of the workspace that holds mkosi.conf or mkosi.default, but not those that are parts of a project. */
export async function findProjects(): Promise<Project[]> {
  const files = await vscode.workspace.findFiles(`**/${main}`, '**/{node_modules,.git}/**', mostProjects);
  if (files.length >= mostProjects && !toldOfProjects) {
    toldOfProjects = true;
    log(`This workspace has more than ${mostProjects} mkosi.conf files. The projects of the others are left out.`);
  }
  const folders = new Map(
    files
      .filter(isMain)
      .map((f) => projectAt(f))
      .map((p) => [p.uri.toString(), p]),
  );
  return [...folders.values()].sort((a, b) => a.uri.path.localeCompare(b.uri.path));
}

/** Files of a project that are read, folders in one another, and characters of all files. */
const most = { files: 2000, depth: 16, text: 16 << 20 } as const;

/**
 * The configuration of a project as mkosi finds it on the disk, the main file first and folders last. What cannot be read
 * is written down and left out, and so is what is too much.
 */
export async function configurationOf({ uri }: Project): Promise<File[]> {
  const found: vscode.Uri[] = [],
    seen = new Set<string | undefined>([undefined]);
  const look = async (folder: vscode.Uri, isPart: boolean, depth: number): Promise<void> => {
    const identity = await identityOf(folder);
    if (seen.has(identity) || found.length >= most.files || depth > most.depth) return;
    seen.add(identity);
    const { entries, more } = await entriesOf(folder);
    if (more) log(`${folder.fsPath} has too many entries, some are left out.`);
    const sorted = entries
      .map((entry) => ({ ...entry, at: vscode.Uri.joinPath(folder, entry.name) }))
      .sort((a, b) => Number(a.isFolder) - Number(b.isFolder) || (a.name < b.name ? -1 : 1));
    for (const { name, at, isFolder } of sorted) {
      // Below a folder of parts, only mkosi.extra and the like hold something else.
      if (
        isFolder
          ? folders.test(name) || (isPart && !name.startsWith('mkosi.'))
          : parts.test(name) || (isPart && /\.conf$|\/mkosi\.(default\.d\/|files\/mkosi\.)/.test(at.path))
      ) {
        if (isFolder) await look(at, true, depth + 1).catch(log);
        else found.push(at);
      }
    }
  };
  await look(uri, false, 0).catch(log);
  if (found.length > most.files) log(`${uri.fsPath} has more than ${most.files} files of configuration, the others are left out.`);
  const files: File[] = [];
  let length = 0;
  for (const f of found.slice(0, most.files)) {
    const text = await readText(f).catch(log);
    if (text === undefined) continue;
    length += text.length;
    if (length > most.text) {
      log(`The configuration of ${uri.fsPath} is larger than ${most.text >> 20} MiB. ${f.fsPath} and what follows is left out.`);
      break;
    }
    files.push({ path: f.fsPath, text });
  }
  return files;
}

/** Tells the menus and views of the explorer which folders are projects, and keeps them told. */
export function watchProjects(): vscode.Disposable {
  let asked = 0;
  const tell = async (): Promise<void> => {
    const turn = ++asked,
      projects = await findProjects();
    if (turn !== asked) return;
    await vscode.commands.executeCommand(
      'setContext',
      'nspawn.mkosi.folders',
      projects.map((p) => p.uri.fsPath),
    );
    await vscode.commands.executeCommand('setContext', 'nspawn.mkosi.hasProjects', projects.length > 0);
  };
  const changed = (): void => {
    tell().catch(log);
  };
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${main}`, false, true, false);
  changed();
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(changed),
    watcher.onDidDelete(changed),
    vscode.workspace.onDidChangeWorkspaceFolders(changed),
  );
}

/** The project a command is for: that of the file, folder or row that was clicked, else of the active file, else one that is picked. */
export async function chooseProject(clicked: unknown, title: string): Promise<Project | undefined> {
  const at: unknown = typeof clicked === 'object' && clicked !== null && 'uri' in clicked ? clicked.uri : clicked;
  if (at instanceof vscode.Uri) return projectAt(at);
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === 'mkosi' && active.uri.scheme === 'file') return projectAt(active.uri);
  const projects = await findProjects();
  if (projects.length === 0)
    throw new Error('There is no mkosi.conf or mkosi.default in this workspace. Open a folder that has one, or create the file.');
  if (projects.length === 1) return projects[0];
  const items = projects.map((project) => ({
    label: nameOf(project),
    value: project,
    ...(project.folder !== undefined && (vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? { description: project.folder.name } : {}),
  }));
  return pickOne(items, { title, placeHolder: 'The folder of the mkosi project' });
}

/** The names in mkosi.profiles/. */
export async function profilesOf({ uri }: Project): Promise<string[]> {
  const { entries } = await entriesOf(vscode.Uri.joinPath(uri, 'mkosi.profiles')).catch(() => ({ entries: [] }));
  const names = entries.filter(({ name, isFolder }) => isFolder || name.endsWith('.conf'));
  return [...new Set(names.map(({ name }) => name.replace(/\.conf$/, '')))].sort();
}
