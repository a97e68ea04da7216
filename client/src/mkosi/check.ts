import * as vscode from 'vscode';
import { log, notify, showInfo } from '../ui/notifications';
import { StatusItem } from '../ui/rows';
import { inert } from '../ui/text';
import { showMkosiError } from './complain';
import { internalCommands } from './contributions';
import type { LanguageServer } from './language-server';
import type { Mkosi, Outcome } from './program';
import { isIn, nameOf, type Project, type Projects, projectIn } from './projects';
import { isInteractive, matchers, ranIn } from './tasks';

/**
 * mkosi's own opinion about a project: runs it without building and shows what it says at the lines that caused it. On
 * request, on save and after a task that failed where that is turned on; never in an untrusted workspace.
 */
export class Check implements vscode.Disposable {
  private readonly problems = vscode.languages.createDiagnosticCollection('mkosi');
  private readonly status = new StatusItem('nspawn.mkosi.check', 'mkosi check');
  private readonly running = new Map<string, AbortController>();
  private readonly shown = new Map<string, readonly vscode.Uri[]>();
  /** Projects for which the matchers of package.json say what is true now: a task has ended, and nothing was changed since. */
  private readonly told = new Set<string>();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly mkosi: Mkosi,
    private readonly projects: Projects,
    private readonly server: LanguageServer,
  ) {
    // By other programs too, such as git.
    const watcher = vscode.workspace.createFileSystemWatcher('**/{*.conf,mkosi.default}');
    const changed = (uri: vscode.Uri): void => {
      this.forgetTold(uri);
    };
    this.subscriptions = vscode.Disposable.from(
      this.problems,
      this.status,
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      vscode.commands.registerCommand(internalCommands.cancelCheck, () => {
        for (const r of this.running.values()) r.abort();
      }),
      vscode.workspace.onDidSaveTextDocument((d) => this.saved(d)),
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        this.ended(execution.task, exitCode);
      }),
    );
  }

  /**
   * @returns the number of problems; undefined when it was cancelled
   * @throws Refusal, or Error when mkosi did not come to an end
   */
  async run(project: Project): Promise<number | undefined> {
    const key = project.uri.toString(),
      abort = new AbortController();
    this.running.get(key)?.abort();
    this.running.set(key, abort);
    this.tell(project);
    try {
      // Away with what may not be true any more.
      this.show(key, new Map(), []);
      // Nothing is executed for an answer that cannot be shown.
      await this.server.ready();
      const outcome = await this.mkosi.summary(project.uri.fsPath, abort.signal);
      return abort.signal.aborted ? undefined : (await this.report(project, outcome)).problems;
    } catch (error) {
      if (abort.signal.aborted) return undefined;
      throw error;
    } finally {
      if (this.running.get(key) === abort) this.running.delete(key);
      this.tell(project);
    }
  }

  /**
   * Shows what mkosi has said about a project, instead of what it said before. What a task has said about a file just now
   * is not said again.
   * @returns the number of problems, and what mkosi gave up at
   * @throws Error when mkosi failed without a message, or when the language server, which knows the lines, does not run
   */
  async report(project: Project, { status, stderr }: Outcome): Promise<{ problems: number; fatal?: string }> {
    const key = project.uri.toString(),
      release = await this.mkosi.release();
    const { messages, files } = await this.server.ask('nspawn/mkosi/locate', {
      uri: key,
      stderr: stderr.slice(-mostOfOutput),
      status,
      ...(release === undefined ? {} : { release }),
    });
    if (messages.length === 0 && status !== 0) {
      throw new Error(`mkosi failed with exit status ${status} without an error message. Run the task "summary" to see its full output.`);
    }
    const main = files[0] ?? vscode.Uri.joinPath(project.uri, 'mkosi.conf').toString();
    const found = new Map<string, vscode.Diagnostic[]>();
    for (const { text, severity, namesFile, at } of messages) {
      if (namesFile && this.told.has(key)) continue;
      const range = at === undefined ? new vscode.Range(0, 0, 0, 0) : new vscode.Range(at.line, at.character, at.line, at.end);
      const level = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
      const diagnostic = new vscode.Diagnostic(range, inert(text), level);
      diagnostic.source = 'installed mkosi';
      const file = vscode.Uri.parse(at?.uri ?? main).fsPath;
      found.set(file, [...(found.get(file) ?? []), diagnostic]);
    }
    this.show(
      key,
      found,
      files.map((file) => vscode.Uri.parse(file).fsPath),
    );
    const fatal = messages.findLast((m) => m.severity === 'error')?.text;
    return { problems: messages.length, ...(fatal === undefined ? {} : { fatal }) };
  }

  dispose(): void {
    for (const r of this.running.values()) r.abort();
    this.subscriptions.dispose();
  }

  /** Replaces what is shown for a project. */
  private show(key: string, found: ReadonlyMap<string, vscode.Diagnostic[]>, files: readonly string[]): void {
    const now = [...new Set([...found.keys(), ...files])].map((f) => vscode.Uri.file(f));
    const before = this.shown.get(key) ?? [];
    for (const uri of [...before.filter((b) => !now.some((n) => n.fsPath === b.fsPath)), ...now])
      this.problems.set(uri, found.get(uri.fsPath) ?? []);
    this.shown.set(key, now);
  }

  /** Something in a project is different now. */
  private forgetTold(uri: vscode.Uri): void {
    for (const key of this.told) if (isIn(uri, vscode.Uri.parse(key))) this.told.delete(key);
  }

  private saved(document: vscode.TextDocument): void {
    if (document.languageId !== 'mkosi' || document.uri.scheme !== 'file') return;
    this.forgetTold(document.uri);
    if (isOn('checkOnSave', document.uri))
      this.projects
        .at(document.uri)
        .then((project) => this.run(project))
        .catch(showMkosiError);
    // What was said about the text before may not be true any more.
    else this.problems.delete(document.uri);
  }

  /** A task of ours has ended. A shell or a machine that ends badly says nothing about the configuration. */
  private ended(task: vscode.Task, exitCode: number | undefined): void {
    const folder = ranIn(task);
    if (folder === undefined) return;
    const project = projectIn(folder),
      key = project.uri.toString();
    if (task.problemMatchers.some((m) => matchers.includes(m))) this.told.add(key);
    else this.told.delete(key);
    const stopped = exitCode === undefined || exitCode === 0 || signals.includes(exitCode);
    if (stopped || isInteractive(task)) return;
    if (isOn('checkAfterFailedTask', folder)) this.run(project).catch(log);
    else this.offer(project, task.name).catch(log);
  }

  private async offer(project: Project, task: string): Promise<void> {
    const look = 'Locate',
      always = 'Always';
    const choice = await notify(
      'warning',
      `mkosi failed: ${task}. Run mkosi again to locate the rejected lines? This reads the project once more and executes scripts such as mkosi.version.`,
      look,
      always,
    );
    if (choice === undefined) return;
    if (choice === always)
      await vscode.workspace.getConfiguration('nspawn.mkosi').update('checkAfterFailedTask', true, vscode.ConfigurationTarget.Global);
    await this.run(project).then(
      (found) =>
        found === 0
          ? showInfo('mkosi accepts the configuration, so the task failed for another reason; see its terminal.')
          : vscode.commands.executeCommand('workbench.panel.markers.view.focus'),
      showMkosiError,
    );
  }

  private tell(project: Project): void {
    if (this.running.size === 0) {
      this.status.hide();
      return;
    }
    this.status.show({
      icon: 'sync~spin',
      text: `Checking ${nameOf(project)} with mkosi`,
      tooltip: 'mkosi is reading the configuration. Select to cancel.',
      command: internalCommands.cancelCheck,
    });
  }
}

/** Characters of what mkosi has said, from its end on; only the last messages are shown. */
const mostOfOutput = 4 << 20;

/** What a program ends with that Ctrl+C, closing its terminal or `kill` has ended. */
const signals: readonly number[] = [129, 130, 137, 143];

/** Whether mkosi may run by itself; nothing turns that on in a workspace that is not trusted. */
function isOn(setting: 'checkOnSave' | 'checkAfterFailedTask', uri: vscode.Uri): boolean {
  return vscode.workspace.isTrusted && vscode.workspace.getConfiguration('nspawn.mkosi', uri).get<boolean>(setting) === true;
}
