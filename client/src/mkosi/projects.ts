import * as path from 'node:path';
import * as vscode from 'vscode';
import { log } from '../ui/notifications';
import { pickOne } from '../ui/prompts';
import type { File } from './places';

const main = 'mkosi.{conf,default}';
/** Folders that hold parts of a configuration, and files beside the main one. */
const folders = /^mkosi\.(conf\.d|default\.d|files|images|presets|profiles|uki-profiles|local|tools\.conf|initrd\.conf)$/;
const parts = /^mkosi\.(conf|default|(local|tools|initrd)\.conf)$/;

/** A folder that mkosi can be started in. */
export interface Project {
  readonly uri: vscode.Uri;
  readonly folder: vscode.WorkspaceFolder | undefined;
  /** Below the workspace folder; empty for that itself. */
  readonly below: string;
}

/** The project of a file or folder, which need not be in the workspace. */
export function projectAt(uri: vscode.Uri): Project {
  const names = uri.path.split('/'), own = names.findIndex((name) => name.startsWith('mkosi.'));
  const at = own < 0 ? uri : uri.with({ path: names.slice(0, own).join('/') || '/' });
  const folder = vscode.workspace.getWorkspaceFolder(at);
  return { uri: at, folder, below: folder === undefined ? at.path : path.posix.relative(folder.uri.path, at.path) };
}

/** What people call it. */
export const nameOf = ({ uri, below }: Project): string => below === '' ? path.posix.basename(uri.path) : below;

/** Whether a file is the main configuration of a project, not of an image or profile in one. */
export const isMain = (uri: vscode.Uri): boolean => /\/mkosi\.(conf|default)$/.test(uri.path) && !/\/mkosi\.[^/]*\//.test(uri.path);

/** Every folder of the workspace that holds mkosi.conf or mkosi.default, but not those that are parts of a project. */
export async function findProjects(): Promise<Project[]> {
  const files = await vscode.workspace.findFiles(`**/${main}`, '**/{node_modules,.git}/**');
  const folders = new Map(files.filter(isMain).map((f) => projectAt(f)).map((p) => [p.uri.toString(), p]));
  return [...folders.values()].sort((a, b) => a.uri.path.localeCompare(b.uri.path));
}

/**
 * The configuration of a project as mkosi finds it on the disk, the main file first and folders last.
 * @throws Error when a file cannot be read
 */
export async function configurationOf({ uri }: Project): Promise<File[]> {
  const found: vscode.Uri[] = [];
  const look = async (folder: vscode.Uri, isPart: boolean): Promise<void> => {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    const sorted = entries.map(([name, kind]) => ({ name, at: vscode.Uri.joinPath(folder, name), isFolder: (kind & vscode.FileType.Directory) !== 0 }))
      .sort((a, b) => Number(a.isFolder) - Number(b.isFolder) || (a.name < b.name ? -1 : 1));
    for (const { name, at, isFolder } of sorted) {
      // Below a folder of parts, only mkosi.extra and the like hold something else.
      if (isFolder ? folders.test(name) || isPart && !name.startsWith('mkosi.') : parts.test(name) || isPart && /\.conf$|\/mkosi\.(default\.d\/|files\/mkosi\.)/.test(at.path)) {
        if (isFolder) await look(at, true);
        else found.push(at);
      }
    }
  };
  await look(uri, false);
  return Promise.all(found.map(async (f) => ({ path: f.fsPath, text: new TextDecoder().decode(await vscode.workspace.fs.readFile(f)) })));
}

/** Tells the menus and views of the explorer which folders are projects, and keeps them told. */
export function watchProjects(): vscode.Disposable {
  let asked = 0;
  const tell = async (): Promise<void> => {
    const turn = ++asked, projects = await findProjects();
    if (turn !== asked) return;
    await vscode.commands.executeCommand('setContext', 'nspawn.mkosi.folders', projects.map((p) => p.uri.fsPath));
    await vscode.commands.executeCommand('setContext', 'nspawn.mkosi.hasProjects', projects.length > 0);
  };
  const changed = (): void => { tell().catch(log); };
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${main}`, false, true, false);
  changed();
  return vscode.Disposable.from(
    watcher, watcher.onDidCreate(changed), watcher.onDidDelete(changed), vscode.workspace.onDidChangeWorkspaceFolders(changed));
}

/** The project a command is for: that of the file, folder or row that was clicked, else of the active file, else one that is picked. */
export async function chooseProject(clicked: unknown, title: string): Promise<Project | undefined> {
  const at: unknown = typeof clicked === 'object' && clicked !== null && 'uri' in clicked ? clicked.uri : clicked;
  if (at instanceof vscode.Uri) return projectAt(at);
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === 'mkosi' && active.uri.scheme === 'file') return projectAt(active.uri);
  const projects = await findProjects();
  if (projects.length === 0) throw new Error('There is no mkosi.conf or mkosi.default in this workspace. Open a folder that has one, or create the file.');
  if (projects.length === 1) return projects[0];
  const items = projects.map((project) => ({
    label: nameOf(project), value: project,
    ...project.folder !== undefined && (vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? { description: project.folder.name } : {},
  }));
  return pickOne(items, { title, placeHolder: 'The folder of the mkosi project' });
}

/** The names in mkosi.profiles/. */
export async function profilesOf({ uri }: Project): Promise<string[]> {
  const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(uri, 'mkosi.profiles')).then((e) => e, () => []);
  const names = entries.filter(([name, kind]) => name.endsWith('.conf') || (kind & vscode.FileType.Directory) !== 0);
  return [...new Set(names.map(([name]) => name.replace(/\.conf$/, '')))].sort();
}
