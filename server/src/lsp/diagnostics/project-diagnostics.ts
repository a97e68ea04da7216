import { uriOf } from '../../features';
import type { ChosenTarget } from '../../node/projects';
import type { LintInput } from '../../rules';
import type { Workspace } from '../workspace';
import { InputFingerprint } from './input-fingerprint';
import type { OpenProjects } from './open-projects';
import type { DiagnosticsPublisher } from './publisher';
import type { CheckQueue } from './queue';
import { TimeSlice } from './time-slice';

/** What the check of a project needs. */
export interface ProjectDiagnosticsOptions {
  readonly workspace: Workspace;
  readonly projects: OpenProjects;
  readonly publisher: Pick<DiagnosticsPublisher, 'addUnopened' | 'keepUnopened'>;
  readonly queue: Pick<CheckQueue, 'addProject' | 'hasProject'>;
  /**
   * Checks one file and publishes what is found.
   * @param outdated whether something has happened meanwhile that makes the result worthless
   * @returns false when it was given up as outdated
   */
  readonly checkFile: (uri: string, input: LintInput, outdated: () => boolean) => Promise<boolean>;
  /** Open documents are checked by another release than before. */
  readonly targetChanged: () => Promise<void>;
}

/** Checks mkosi projects: their open documents, and their files that are not open. */
export class ProjectDiagnostics {
  /** By root, the releases that its files were last checked by. */
  private readonly targets = new Map<string, ChosenTarget>();
  /** By URI, what files were last checked with. Another map when that is out of date, also for a check that is under way. */
  private fingerprints = new Map<string, InputFingerprint>();

  constructor(private readonly options: ProjectDiagnosticsOptions) {}

  /** How many entries are held: none when nothing is open. */
  get size(): number {
    return this.targets.size + this.fingerprints.size;
  }

  /** Checks every file again from now on, also those that are read as before. */
  invalidate(): void {
    this.fingerprints = new Map();
  }

  closed(uri: string): void {
    this.fingerprints.delete(uri);
  }

  /** Checks a project. An edit of it meanwhile ends the check: the project is in the queue again. */
  async check(root: string): Promise<void> {
    const { projects, publisher, queue } = this.options;
    const { documents, affected } = projects.assign(root);
    for (const other of affected) queue.addProject(other);
    await this.retarget(root, documents);
    const outdated = (): boolean => queue.hasProject(root);
    if (!(await this.checkOpen(documents, outdated))) return;
    // Files that are not open are not checked in a project without open documents.
    const unopened = documents.length === 0 ? new Set<string>() : await this.checkUnopened(root, outdated);
    if (unopened !== undefined) this.forgetFiles(publisher.keepUnopened(root, unopened));
  }

  /** Forgets the projects of which nothing is open. */
  forgetClosed(): void {
    const { projects, publisher } = this.options;
    projects.keepOpen();
    for (const root of [...this.targets.keys()].filter((known) => !projects.has(known))) {
      this.targets.delete(root);
      this.forgetFiles(publisher.keepUnopened(root, new Set()));
    }
  }

  /** Reads the open documents by the releases of their project. */
  private async retarget(root: string, documents: readonly string[]): Promise<void> {
    const { workspace, projects, targetChanged } = this.options;
    const chosen = projects.targetIn(root);
    for (const uri of documents) workspace.retarget(uri, chosen.target);
    if (this.targets.get(root) === chosen) return;
    this.targets.set(root, chosen);
    await targetChanged();
  }

  /** @returns false when it was given up as outdated */
  private async checkOpen(documents: readonly string[], outdated: () => boolean): Promise<boolean> {
    const { workspace, projects } = this.options;
    for (const uri of documents) {
      const document = workspace.get(uri);
      if (document !== undefined && !(await this.checkMember(uri, projects.inputOf(document), outdated))) return false;
    }
    return true;
  }

  /** @returns the URIs of the files that are not open; undefined when it was given up as outdated */
  private async checkUnopened(root: string, outdated: () => boolean): Promise<ReadonlySet<string> | undefined> {
    const { workspace, projects, publisher } = this.options;
    const checked = new Set<string>(),
      slice = new TimeSlice();
    for (const member of projects.members(root)) {
      if (workspace.at(member.file) !== undefined) continue;
      const uri = uriOf(member.file);
      checked.add(uri);
      publisher.addUnopened(root, uri);
      const input = projects.inputOfUnopened(uri, member);
      if (slice.used) await slice.renew();
      if (outdated() || !(await this.checkMember(uri, input, outdated))) return undefined;
    }
    return checked;
  }

  /** Checks a file as part of its project, unless it is read as when it was last checked. */
  private async checkMember(uri: string, input: LintInput, outdated: () => boolean): Promise<boolean> {
    const fingerprint = new InputFingerprint(input),
      { fingerprints } = this;
    if (fingerprints.get(uri)?.equals(fingerprint) === true) return true;
    if (!(await this.options.checkFile(uri, input, outdated))) return false;
    fingerprints.set(uri, fingerprint);
    return true;
  }

  private forgetFiles(uris: readonly string[]): void {
    for (const uri of uris) this.fingerprints.delete(uri);
  }
}
