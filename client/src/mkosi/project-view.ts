import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { makeExecutable } from '../../../server/src/node/shared/replace-file';
import { log, messageOf } from '../ui/notifications';
import { treeItem } from '../ui/rows';
import { showMkosiError } from './complain';
import { entriesOf } from './disk';
import { type Entry, type Part, partsOf, type Reading } from './outline';
import { findProjects, nameOf, type Project, projectAt } from './projects';

/** A row: a project, or a part of one. `uri` is what commands of the row are for. */
interface Row {
  readonly uri: vscode.Uri;
  readonly reading: Reading;
  readonly project?: Project;
  readonly part?: Part;
  readonly above?: Row;
}

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** The view "mkosi" of the explorer: the files of every project, what each is for, and which script will not run. */
export class ProjectView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Row>;
  private readonly subscriptions: vscode.Disposable;
  /** The only project of the workspace is expanded. */
  private only = false;
  private waiting: NodeJS.Timeout | undefined;

  constructor() {
    this.view = vscode.window.createTreeView<Row>('nspawn.mkosi.project', { treeDataProvider: this, showCollapseAll: true });
    // Also below folders of a project: a drop-in, an image, the mode of a script.
    const watcher = vscode.workspace.createFileSystemWatcher('**/mkosi.*{,/**}');
    const soon = (): void => {
      this.refreshSoon();
    };
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      this.view,
      watcher,
      watcher.onDidCreate(soon),
      watcher.onDidDelete(soon),
      watcher.onDidChange(soon),
      vscode.workspace.onDidChangeWorkspaceFolders(soon),
      vscode.commands.registerCommand('nspawn.mkosi.refreshProjects', () => {
        this.changed.fire(undefined);
      }),
      vscode.commands.registerCommand('nspawn.mkosi.makeExecutable', (row?: Partial<Record<keyof Row, unknown>> | null) => {
        try {
          this.makeExecutable(row?.uri instanceof vscode.Uri ? row.uri : vscode.window.activeTextEditor?.document.uri);
        } catch (error) {
          showMkosiError(error);
        }
      }),
    );
  }

  async getChildren(above?: Row): Promise<Row[]> {
    if (above === undefined) {
      const projects = await findProjects();
      this.only = projects.length === 1;
      return projects.map((project) => ({ uri: project.uri, reading: 'configuration', project }));
    }
    // What goes wrong is said here: VS Code would show it as it is.
    const parts = partsOf(
      await rowsIn(above.uri, above.reading).catch((error: unknown) => {
        showMkosiError(error);
        return [];
      }),
      above.reading,
    );
    return parts.map((part) => ({ uri: vscode.Uri.joinPath(above.uri, part.name), reading: part.reading, part, above }));
  }

  getParent({ above }: Row): Row | undefined {
    return above;
  }

  getTreeItem({ uri, project, part }: Row): vscode.TreeItem {
    if (project !== undefined) return this.projectItem(project);
    const { name = '', about = '', isFolder = false, icon = 'file', broken = false } = part ?? {};
    const item = treeItem({
      label: name,
      description: about,
      spoken: about === '' ? [name] : [name, about],
      collapsible: isFolder ? Collapsed : None,
      uri,
    });
    item.id = uri.toString();
    item.iconPath = broken
      ? new vscode.ThemeIcon(icon, new vscode.ThemeColor('problemsWarningIcon.foreground'))
      : new vscode.ThemeIcon(icon);
    item.contextValue = `part;${isFolder ? 'folder' : 'file'}${broken ? ';broken' : ''}`;
    if (!isFolder) item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.waiting);
    this.subscriptions.dispose();
  }

  private projectItem(project: Project): vscode.TreeItem {
    const name = nameOf(project),
      among = (vscode.workspace.workspaceFolders?.length ?? 0) > 1 && project.below !== '';
    const item = treeItem({
      label: name,
      spoken: [`mkosi project ${name}`],
      collapsible: this.only ? Expanded : Collapsed,
      uri: project.uri,
      ...(among ? { description: project.folder?.name ?? '' } : {}),
    });
    item.id = project.uri.toString();
    item.iconPath = new vscode.ThemeIcon('package');
    item.contextValue = 'project';
    return item;
  }

  /** A build or a branch that is checked out changes many files at once. */
  private refreshSoon(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.changed.fire(undefined);
    }, 150);
  }

  /** Lets those execute a script who may read it, but nothing that a link in the project leads out to. */
  private makeExecutable(uri: vscode.Uri | undefined): void {
    const project = uri && projectAt(uri).uri;
    if (uri?.scheme !== 'file' || project?.path === uri.path) {
      throw new Error('Choose a script of a mkosi project on this computer: open it or select it in the view "mkosi".');
    }
    try {
      makeExecutable(uri.fsPath, project?.fsPath);
    } catch (error) {
      throw new Error(`${uri.fsPath} was not made executable. ${messageOf(error)}`);
    }
    this.changed.fire(undefined);
  }
}

/** Rows below one: the explorer shows what a folder holds besides. */
const mostRows = 2000;

/** The entries of a folder with their permissions, which only files on this computer have. */
async function rowsIn(folder: vscode.Uri, reading: Reading): Promise<Entry[]> {
  const { entries } = await entriesOf(folder),
    wanted = reading === 'configuration' ? entries.filter(({ name }) => name.startsWith('mkosi.')) : entries;
  if (wanted.length > mostRows) log(`${folder.fsPath} has more than ${mostRows} entries. The others are not shown in the view "mkosi".`);
  return Promise.all(
    wanted.slice(0, mostRows).map(async ({ name, isFolder }): Promise<Entry> => {
      if (isFolder || folder.scheme !== 'file') return { name, isFolder };
      // It may have gone meanwhile, or be a link to nowhere.
      const mode = await stat(vscode.Uri.joinPath(folder, name).fsPath).then((s) => s.mode, log);
      return { name, isFolder, ...(mode === undefined ? {} : { mode }) };
    }),
  );
}
