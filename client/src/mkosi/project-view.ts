import * as vscode from 'vscode';
import { makeExecutable } from '../../../server/src/node/shared/replace-file';
import type { FolderReading, ProjectPart } from '../../../server/src/protocol';
import { log, messageOf } from '../ui/notifications';
import { setViewMessage, treeItem } from '../ui/rows';
import { showMkosiError } from './complain';
import { mkosiContributions } from './contributions';
import type { LanguageServer } from './language-server';
import { nameOf, type Project, type Projects } from './projects';

/** A row: a project, or a part of one. `uri` is what commands of the row are for. */
interface Row {
  readonly uri: vscode.Uri;
  /** How its entries are read; undefined: as a project. */
  readonly reading?: FolderReading;
  readonly project?: Project;
  readonly part?: ProjectPart;
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

  constructor(
    private readonly projects: Projects,
    private readonly server: LanguageServer,
  ) {
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
      server.onDidStart(soon),
      vscode.workspace.onDidChangeWorkspaceFolders(soon),
      vscode.commands.registerCommand(mkosiContributions.refreshProjects.id, () => {
        this.changed.fire(undefined);
      }),
      vscode.commands.registerCommand(mkosiContributions.makeExecutable.id, async (row?: Partial<Record<keyof Row, unknown>> | null) => {
        try {
          await this.makeExecutable(row?.uri instanceof vscode.Uri ? row.uri : vscode.window.activeTextEditor?.document.uri);
        } catch (error) {
          showMkosiError(error);
        }
      }),
    );
  }

  async getChildren(above?: Row): Promise<Row[]> {
    if (above === undefined) {
      const projects = await this.projects.all();
      this.only = projects.length === 1;
      return projects.map((project) => ({ uri: project.uri, project }));
    }
    try {
      const { folder, parts, more } = await this.server.ask('nspawn/mkosi/outline', {
        uri: above.uri.toString(),
        ...(above.reading === undefined ? {} : { reading: above.reading }),
      });
      setViewMessage(this.view, '');
      if (more) log(`${above.uri.fsPath} has more entries. The others are not shown in the view "mkosi".`);
      const at = vscode.Uri.parse(folder);
      return parts.map((part) => ({ uri: vscode.Uri.joinPath(at, part.name), reading: part.reading, part, above }));
    } catch (error) {
      // VS Code would show it as it is.
      setViewMessage(this.view, messageOf(error));
      return [];
    }
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
  private async makeExecutable(uri: vscode.Uri | undefined): Promise<void> {
    const project = uri?.scheme === 'file' ? (await this.projects.at(uri)).uri : undefined;
    if (uri === undefined || project === undefined || project.path === uri.path) {
      throw new Error('Choose a script of a mkosi project on this computer: open it or select it in the view "mkosi".');
    }
    try {
      makeExecutable(uri.fsPath, project.fsPath);
    } catch (error) {
      throw new Error(`${uri.fsPath} was not made executable. ${messageOf(error)}`, { cause: error });
    }
    this.changed.fire(undefined);
  }
}
