import * as path from 'node:path';
import * as vscode from 'vscode';
import { inertLine } from '../ui/text';
import { type Mkosi, Refusal } from './program';
import { nameOf, type Project, type Projects } from './projects';
import { argumentsFor, interactiveVerbs, type Request, requestOf, type TaskTemplate, taskTemplates } from './task-templates';

/** The problem matchers of package.json. */
export const matchers: readonly string[] = ['$mkosi', '$mkosi-error'];
/** A summary in a pager would wait for a key, its task would never end, and nothing it says would become a problem before that. */
const noPager = { PAGER: 'cat', MANPAGER: 'cat' };
const groups = { build: vscode.TaskGroup.Build, clean: vscode.TaskGroup.Clean };

/** Definition of a task of ours; `folder` is below the workspace folder. */
type Definition = vscode.TaskDefinition & Request & { readonly folder?: string };

/** The tasks of every mkosi project in the workspace, and those in tasks.json. */
export class Tasks implements vscode.TaskProvider {
  constructor(
    private readonly mkosi: Mkosi,
    private readonly projects: Projects,
  ) {}

  /** Empty where mkosi may not run or is not installed: the commands say why, a list that VS Code asks for does not. */
  async provideTasks(): Promise<vscode.Task[]> {
    try {
      const program = this.mkosi.program(),
        release = await this.mkosi.release();
      const projects = (await this.projects.all()).filter((p) => p.uri.scheme === 'file');
      return projects.flatMap((project) => taskTemplates(release).map((offer) => this.task(program, project, offer)));
    } catch (error) {
      if (error instanceof Refusal) return [];
      throw error;
    }
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const request = requestOf(task.definition),
      { scope } = task;
    const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
    if (request === undefined || folder === undefined) return undefined;
    const below: unknown = task.definition.folder,
      inside = typeof below === 'string' ? below : '';
    const uri = path.posix.isAbsolute(inside) ? vscode.Uri.file(inside) : vscode.Uri.joinPath(folder.uri, inside);
    try {
      return this.task(this.mkosi.program(), { uri, folder, below: inside }, request, task.definition);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  /**
   * Runs mkosi in a terminal whose process is mkosi itself.
   * @throws Refusal
   */
  async run(project: Project, request: Request): Promise<void> {
    const program = this.mkosi.program();
    await vscode.tasks.executeTask(this.task(program, project, request));
  }

  private task(
    program: string,
    project: Project,
    request: Request & Partial<TaskTemplate>,
    resolving?: vscode.TaskDefinition,
  ): vscode.Task {
    const { verb, force = 0, profiles = [], args = [] } = request,
      argv = argumentsFor(request);
    const definition: Definition = {
      type: 'mkosi',
      verb,
      ...(project.below === '' ? {} : { folder: project.below }),
      ...(force === 0 ? {} : { force }),
      ...(profiles.length === 0 ? {} : { profiles: [...profiles] }),
      ...(args.length === 0 ? {} : { args: [...args] }),
    };
    const interactive = interactiveVerbs.has(verb);
    const title = inertLine(request.name ?? argv.join(' '));
    const task = new vscode.Task(
      resolving ?? definition,
      project.folder ?? vscode.TaskScope.Workspace,
      project.below === '' ? title : inertLine(`${title} (${nameOf(project)})`),
      'mkosi',
      new vscode.ProcessExecution(program, argv, { cwd: project.uri.fsPath, ...(interactive ? {} : { env: noPager }) }),
      [...matchers],
    );
    task.detail = request.detail ?? inertLine(`mkosi ${argv.join(' ')}`);
    if (request.group !== undefined) task.group = groups[request.group];
    task.presentationOptions = {
      reveal: vscode.TaskRevealKind.Always,
      focus: interactive,
      panel: interactive ? vscode.TaskPanelKind.Dedicated : vscode.TaskPanelKind.Shared,
    };
    return task;
  }
}

/** Whether a task of ours has the keyboard. */
export const isInteractive = ({ definition }: vscode.Task): boolean => interactiveVerbs.has(String(definition.verb));

/** The folder that a task of ours ran in, and what it ran; undefined: it is none. */
export function ranIn({ definition, execution }: vscode.Task): vscode.Uri | undefined {
  if (definition.type !== 'mkosi' || !(execution instanceof vscode.ProcessExecution)) return undefined;
  const cwd = execution.options?.cwd;
  return cwd === undefined ? undefined : vscode.Uri.file(cwd);
}
