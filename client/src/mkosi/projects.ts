import * as path from 'node:path';
import * as vscode from 'vscode';
import { log, messageOf, setContext } from '../ui/notifications';
import { pickOne } from '../ui/prompts';
import { inTime, type LanguageServer } from './language-server';

const main = 'mkosi.{conf,default}';

/** Main files that are looked for in a workspace; a large one has a hundred. */
const mostProjects = 5000;

/** A folder that mkosi can be started in. */
export interface Project {
  readonly uri: vscode.Uri;
  readonly folder: vscode.WorkspaceFolder | undefined;
  /** Below the workspace folder; empty for that itself. */
  readonly below: string;
}

/** The project in a folder, which need not be in the workspace. */
export function projectIn(uri: vscode.Uri): Project {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return { uri, folder, below: folder === undefined ? uri.path : path.posix.relative(folder.uri.path, uri.path) };
}

/** What people call it. */
export const nameOf = ({ uri, below }: Project): string => (below === '' ? path.posix.basename(uri.path) : below);

/** Whether a file is the main configuration of a project by its name, not of an image or profile in one. */
export const isMain = (uri: vscode.Uri): boolean => /\/mkosi\.(conf|default)$/.test(uri.path) && !/\/mkosi\.[^/]*\//.test(uri.path);

/** Whether a file is a folder or in it. */
export const isIn = (uri: vscode.Uri, folder: vscode.Uri): boolean =>
  uri.toString() === folder.toString() || uri.toString().startsWith(`${folder.toString().replace(/\/$/, '')}/`);

/**
 * The mkosi projects of the workspace. Which project a file belongs to is the language server's answer; where it does not
 * run, the names of files have to do, so that mkosi can be run all the same.
 */
export class Projects implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable;
  private turn = 0;
  private loggedMany = false;

  constructor(private readonly server: LanguageServer) {
    const changed = (): void => {
      this.updateMenus().catch(log);
    };
    const watcher = vscode.workspace.createFileSystemWatcher(`**/${main}`, false, true, false);
    this.subscriptions = vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      vscode.workspace.onDidChangeWorkspaceFolders(changed),
      server.onDidStart(changed),
    );
    changed();
  }

  /** The project of a file or folder. */
  async at(uri: vscode.Uri): Promise<Project> {
    if (uri.scheme === 'file') {
      try {
        const [root] = await inTime(this.server.ask('nspawn/mkosi/roots', { uris: [uri.toString()] }));
        if (root !== undefined) return projectIn(vscode.Uri.parse(root));
      } catch (error) {
        log(messageOf(error));
      }
    }
    return projectIn(await this.nearest(uri));
  }

  /** Every project of the workspace. */
  async all(): Promise<Project[]> {
    const files = await this.mainFiles();
    return inOrder(files.length === 0 ? [] : await this.rootsOf(files));
  }

  /** The project a command is for: that of the file, folder or row that was clicked, else of the active file, else one that is picked. */
  async choose(clicked: unknown, title: string): Promise<Project | undefined> {
    const at: unknown = typeof clicked === 'object' && clicked !== null && 'uri' in clicked ? clicked.uri : clicked;
    if (at instanceof vscode.Uri) return this.at(at);
    const active = vscode.window.activeTextEditor?.document;
    if (active?.languageId === 'mkosi' && active.uri.scheme === 'file') return this.at(active.uri);
    const projects = await this.all();
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

  /** The profiles that a build can be asked for. @throws Error with the next step where the server does not run */
  async profiles({ uri }: Project): Promise<readonly string[]> {
    return (await this.server.ask('nspawn/mkosi/outline', { uri: uri.toString() })).profiles;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Sets the context keys that say which folders are projects, for menus and views of the explorer. The server is not started for that. */
  private async updateMenus(): Promise<void> {
    const turn = ++this.turn,
      files = await this.mainFiles();
    if (turn !== this.turn) return;
    setContext('nspawn.mkosi.hasProjects', files.length > 0);
    const folders = this.server.isRunning() && files.length > 0 ? await this.rootsOf(files) : files.map(folderOf);
    if (turn === this.turn)
      setContext(
        'nspawn.mkosi.folders',
        inOrder(folders).map((project) => project.uri.fsPath),
      );
  }

  /** Main files of the workspace by their names; of its own folders only, not of parts of projects. */
  private async mainFiles(): Promise<vscode.Uri[]> {
    const files = await vscode.workspace.findFiles(`**/${main}`, '**/{node_modules,.git}/**', mostProjects);
    if (files.length >= mostProjects && !this.loggedMany) {
      this.loggedMany = true;
      log(`This workspace has more than ${mostProjects} mkosi.conf files. The projects of the others are left out.`);
    }
    return files.filter(isMain);
  }

  /** The folders of the projects of some files. */
  private async rootsOf(files: readonly vscode.Uri[]): Promise<vscode.Uri[]> {
    const here = files.filter(({ scheme }) => scheme === 'file'),
      elsewhere = files.filter(({ scheme }) => scheme !== 'file').map(folderOf);
    if (here.length === 0) return elsewhere;
    try {
      const roots = await inTime(this.server.ask('nspawn/mkosi/roots', { uris: here.map(String) }));
      return [...roots.map((root) => vscode.Uri.parse(root)), ...elsewhere];
    } catch (error) {
      log(messageOf(error));
      return files.map(folderOf);
    }
  }

  /** Without the server: the nearest folder with a main file, else the folder itself. */
  private async nearest(uri: vscode.Uri): Promise<vscode.Uri> {
    const above = (await this.mainFiles()).map(folderOf).filter((folder) => isIn(uri, folder));
    const [nearest] = above.sort((a, b) => b.path.length - a.path.length);
    if (nearest !== undefined) return nearest;
    const isFolder = await vscode.workspace.fs.stat(uri).then(
      ({ type }) => (type & vscode.FileType.Directory) !== 0,
      () => false,
    );
    return isFolder ? uri : folderOf(uri);
  }
}

const folderOf = (file: vscode.Uri): vscode.Uri => vscode.Uri.joinPath(file, '..');

/** Each folder once, as projects. */
function inOrder(folders: readonly vscode.Uri[]): Project[] {
  const projects = new Map(folders.map((folder) => [folder.toString(), projectIn(folder)]));
  return [...projects.values()].sort((a, b) => a.uri.path.localeCompare(b.uri.path));
}
