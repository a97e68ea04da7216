import type { PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { familyAt } from '../../families';
import { diagnosing, type Levels } from '../../features';
import { isLandmark } from '../../node/projects';
import type { LintInput } from '../../rules';
import { type Document, pathOf } from '../../schema';
import type { TargetInForce } from '../configuration';
import type { Workspace } from '../workspace';
import { OpenProjects } from './open-projects';
import { ProjectDiagnostics } from './project-diagnostics';
import { DiagnosticsPublisher } from './publisher';
import { CheckQueue } from './queue';
import { runInSlices } from './time-slice';

/** What diagnostics need of the server. */
export interface DiagnosticsDependencies {
  readonly workspace: Workspace;
  readonly rules: () => Levels;
  /** Before the settings are known, nothing is sent that they may change. */
  readonly configured: Promise<void>;
  readonly send: (diagnostics: PublishDiagnosticsParams) => Promise<void>;
  /** Open documents are checked by another release than before. */
  readonly targetChanged: () => Promise<void>;
  /** Observes work that may fail. */
  readonly report: (work: Promise<unknown>) => void;
  /** A part of the work failed, and the rest goes on. @param what completes "… failed" */
  readonly failed: (what: string, error: unknown) => void;
}

/**
 * Checks open documents and publishes what is found: a `.nspawn` file alone, files of mkosi as the projects that they
 * are part of, with what is found in files of a project that are not open.
 */
export class DiagnosticsService {
  private readonly queue: CheckQueue;
  private readonly projects: OpenProjects;
  private readonly publisher: DiagnosticsPublisher;
  private readonly projectDiagnostics: ProjectDiagnostics;

  constructor(private readonly dependencies: DiagnosticsDependencies) {
    const { workspace, configured, send, targetChanged, report, failed } = dependencies;
    this.projects = new OpenProjects(workspace, failed);
    this.publisher = new DiagnosticsPublisher({ opened: (uri) => workspace.get(uri), send, report });
    this.queue = new CheckQueue({
      ready: configured,
      checkDocument: (uri) => this.checkDocument(uri),
      checkProject: (root) => this.projectDiagnostics.check(root),
      cleanUp: () => {
        this.projectDiagnostics.forgetClosed();
      },
      report,
      failed,
    });
    this.projectDiagnostics = new ProjectDiagnostics({
      workspace,
      projects: this.projects,
      publisher: this.publisher,
      queue: this.queue,
      checkFile: (uri, input, outdated) => this.checkFile(uri, input, outdated),
      targetChanged,
    });
  }

  /** What rules check of an open document. */
  inputOf(document: Document): LintInput {
    return this.projects.inputOf(document);
  }

  /** Which release an open document is checked by, and who chose that; `inForce` for anything else. */
  targetOf(uri: string, inForce: TargetInForce): TargetInForce {
    return this.projects.targetOf(uri, inForce);
  }

  /** Whether something waits to be checked or cleaned up. */
  get isWaiting(): boolean {
    return this.queue.isWaiting;
  }

  /** How many entries of any kind are held: none when nothing is open. */
  get size(): number {
    return this.queue.size + this.projects.size + this.publisher.size + this.projectDiagnostics.size;
  }

  /**
   * Checks everything again, by the releases of the workspace.
   * @param byMinimum no one has chosen a release of mkosi: projects say themselves which one they need
   * @param clone mkosi may run from a clone of its repository
   */
  retarget(byMinimum: boolean, clone: boolean): void {
    this.projects.retarget(byMinimum, clone);
    this.projectDiagnostics.invalidate();
    for (const uri of this.dependencies.workspace.opened) this.add(uri);
  }

  /** A document was opened, and is checked at once. */
  opened(uri: string): void {
    this.edited(uri);
    this.queue.runNow();
  }

  /** A document was edited. */
  edited(uri: string): void {
    const file = this.projects.fileOf(uri);
    if (file !== undefined) this.addProjectsWith(file, false);
    this.add(uri);
  }

  /** A document was closed: its text is that on disk again. */
  closed(uri: string): void {
    const file = pathOf(uri);
    this.queue.removeDocument(uri);
    if (file !== undefined && familyAt(file)?.inProject !== false) {
      this.addProjectsWith(file, false);
      for (const root of [this.projects.lastRootOf(uri), this.projects.rootOf(file)]) if (root !== undefined) this.queue.addProject(root);
    }
    this.queue.requestCleanUp();
    this.projectDiagnostics.closed(uri);
    this.projects.closed(uri);
    this.publisher.closed(uri);
  }

  /**
   * A file on disk is different.
   * @param entry the file has come or gone, not only changed
   */
  changed(file: string, entry: boolean): void {
    const { workspace } = this.dependencies,
      family = familyAt(file);
    if (family?.inProject === false) {
      // The tool may read it instead of an open one, or an open one instead of it.
      for (const uri of workspace.opened) if (workspace.get(uri)?.format === family) this.queue.addDocument(uri);
      return;
    }
    this.addProjectsWith(file, entry);
    // Rules look at the disk themselves.
    this.projectDiagnostics.invalidate();
    // Files may belong to another project from now on.
    if (entry && isLandmark(file)) for (const uri of workspace.opened) this.add(uri);
  }

  /** Checks an open document after the rest time, alone or with its project. */
  private add(uri: string): void {
    const file = this.projects.fileOf(uri),
      root = file === undefined ? undefined : this.projects.rootOf(file);
    if (root === undefined) this.queue.addDocument(uri);
    else this.queue.addProject(root);
  }

  /** Checks the projects to which a file makes a difference. */
  private addProjectsWith(file: string, entry: boolean): void {
    for (const root of this.projects.changed(file, entry)) this.queue.addProject(root);
  }

  private async checkDocument(uri: string): Promise<void> {
    const { workspace } = this.dependencies,
      document = workspace.get(uri);
    if (document !== undefined) await this.checkFile(uri, this.inputOf(document), () => workspace.get(uri) !== document);
  }

  /** @returns false when it was given up as outdated */
  private async checkFile(uri: string, input: LintInput, outdated: () => boolean): Promise<boolean> {
    const found = await runInSlices(diagnosing(input, this.dependencies.rules()), outdated);
    if (found === undefined) return false;
    await this.publisher.publish(uri, input.document, found);
    return true;
  }
}
