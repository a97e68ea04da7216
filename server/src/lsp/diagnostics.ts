import type { PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { diagnosing, type Levels, uriOf } from '../features';
import { sameReading } from '../model';
import { type ChosenTarget, isLandmark, Projects } from '../node/projects';
import type { LintInput } from '../rules';
import { type Document, editionOf, isTrusted, kindOf, pathOf } from '../schema';
import type { TargetInForce } from './configuration';
import type { Workspace } from './workspace';

/** How long the text has to rest before it is judged again, in milliseconds. */
const rest = 60;

/** How long requests may have to wait for judging, in milliseconds. */
const patience = 5;

/** What a judge works with. */
export interface DiagnosticsDependencies {
  readonly workspace: Workspace;
  readonly rules: () => Levels;
  /** Before the settings are known, nothing is shown that they may change. */
  readonly configured: Promise<void>;
  readonly send: (found: PublishDiagnosticsParams) => Promise<void>;
  /** Open documents are judged by another release than before. */
  readonly retargeted: () => Promise<void>;
  /** What to do with work that may fail. */
  readonly report: (work: Promise<unknown>) => void;
  /** What to do with an error that costs something, but not everything. @param what completes "… failed" */
  readonly failed: (what: string, error: unknown) => void;
}

/** Everything but the disk that the findings in a file of a project follow from. */
class InputFingerprint {
  private readonly document: Document;
  private readonly edition: unknown;
  private readonly passages: Parameters<typeof sameReading>[0];
  private readonly faults: string;

  constructor({ document, project }: LintInput) {
    this.document = document;
    this.edition = project?.edition;
    this.passages = project?.readings(document) ?? [];
    this.faults = JSON.stringify(project?.faults.filter(({ path }) => path === pathOf(document.uri)));
  }

  equals(other: InputFingerprint): boolean {
    return (
      this.document === other.document &&
      this.edition === other.edition &&
      this.faults === other.faults &&
      sameReading(this.passages, other.passages)
    );
  }
}

/**
 * Judges open documents and shows what is found: a `.nspawn` file for itself, files of mkosi as the projects that they
 * are, with everything that is found in files of a project that are not open.
 */
export class DiagnosticsService {
  private projects: Projects;
  private byMinimum = false;
  private clone = false;
  /** Open documents and roots of projects that are to be judged when the text rests. */
  private readonly documents = new Set<string>();
  private readonly roots = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();
  /** By root, the files that are not open and yet shown. */
  private readonly shown = new Map<string, Set<string>>();
  /** By URI of an open document, the root of its project when that was last judged. */
  private readonly rootsOf = new Map<string, string>();
  /** By root, the release that its files were last judged by. */
  private readonly chosen = new Map<string, ChosenTarget>();
  /** By URI, what the editor was last told. */
  private readonly told = new Map<string, string>();
  /** By URI, what the files of projects were last judged by. Another map when that does not count any more, also for what is being judged. */
  private judged = new Map<string, InputFingerprint>();
  /** A document was closed, so that there may be projects that nobody looks at any more. */
  private closing = false;

  constructor(private readonly office: DiagnosticsDependencies) {
    this.projects = this.newProjects();
  }

  /** The project that an open document is read in; undefined for a text that is no file, and for `.nspawn` files. */
  caseOf(document: Document): LintInput {
    const file = pathOf(document.uri);
    const onHost = file === undefined ? undefined : { path: file, files: this.office.workspace };
    const project = file === undefined || document.kind === 'nspawn' ? undefined : this.projects.reading(file)?.project;
    return { document, launch: 'unit', trusted: isTrusted(file ?? ''), onHost, project, failed: this.failedIn(document.uri) };
  }

  /** Whether something is to be judged or forgotten. */
  get waits(): boolean {
    return this.closing || this.documents.size > 0 || this.roots.size > 0;
  }

  /** How much is held, of whatever kind: nothing when nothing is open. */
  get held(): number {
    const { documents, roots, shown, rootsOf, chosen, told, judged, projects } = this;
    return [documents, roots, shown, rootsOf, chosen, told, judged].reduce((sum, { size }) => sum + size, projects.all.length);
  }

  private failedIn(uri: string): LintInput['failed'] {
    return (rule, error) => {
      this.office.failed(`The rule ${rule} in ${uri}`, error);
    };
  }

  /** What an open document is judged by, and who chose that; anything else is judged by what is in force. */
  targetOf(uri: string, inForce: TargetInForce): TargetInForce {
    const document = this.office.workspace.get(uri),
      file = this.fileOfProject(uri);
    if (document === undefined || document.kind === 'nspawn') return inForce;
    const { target, byMinimum } =
      file === undefined ? { target: this.office.workspace.target, byMinimum: false } : this.projects.targetIn(this.projects.rootOf(file));
    const { version } = editionOf(document.kind, target);
    const from = version !== target.mkosi ? 'file' : byMinimum ? 'project' : inForce.mkosi.from;
    return { ...inForce, mkosi: { version, from } };
  }

  /**
   * Judges everything anew, by the releases of the workspace.
   * @param byMinimum nobody has chosen a release of mkosi: projects say themselves which one they need
   * @param clone mkosi may run from a clone of its repository
   */
  retarget(byMinimum: boolean, clone: boolean): void {
    this.byMinimum = byMinimum;
    this.clone = clone;
    this.projects = this.newProjects();
    this.judged = new Map();
    for (const uri of this.office.workspace.opened) this.soon(uri);
  }

  /** A document was opened, and is judged at once. */
  opened(uri: string): void {
    this.edited(uri);
    this.now();
  }

  /** A document was edited. */
  edited(uri: string): void {
    const file = this.fileOfProject(uri);
    if (file !== undefined) this.touch(file, false);
    this.soon(uri);
  }

  /** A document was closed: it is again what the disk says. */
  closed(uri: string): void {
    const file = pathOf(uri),
      root = this.rootsOf.get(uri);
    this.documents.delete(uri);
    if (file !== undefined && kindOf(file) !== 'nspawn') {
      this.touch(file, false);
      for (const home of [root, this.rootOf(file)]) if (home !== undefined) this.roots.add(home);
    }
    this.closing = true;
    this.wait();
    this.told.delete(uri);
    this.judged.delete(uri);
    this.rootsOf.delete(uri);
    this.office.report(this.office.send({ uri, diagnostics: [] }));
  }

  /**
   * Something happened on disk.
   * @param entry the file has come or gone, not only changed
   */
  changed(file: string, entry: boolean): void {
    const kind = kindOf(file),
      { workspace } = this.office;
    if (kind === 'nspawn') {
      // It may be read instead of an open one, or that one instead of it.
      for (const uri of workspace.opened) if (workspace.get(uri)?.kind === 'nspawn') this.soon(uri);
      return;
    }
    this.touch(file, entry);
    // Rules look at the disk themselves.
    this.judged = new Map();
    // Files may belong to another project from now on.
    if (entry && isLandmark(file)) for (const uri of workspace.opened) this.soon(uri);
    if (this.roots.size > 0) this.wait();
  }

  /** Judges an open document when the text rests. */
  soon(uri: string): void {
    const file = this.fileOfProject(uri);
    const root = file === undefined ? undefined : this.rootOf(file);
    if (root === undefined) this.documents.add(uri);
    else this.roots.add(root);
    this.wait();
  }

  /** The root of a file's project; undefined when it cannot be known, which is reported. */
  private rootOf(file: string): string | undefined {
    try {
      return this.projects.rootOf(file);
    } catch (error) {
      this.office.failed(`Reading the project of ${file}`, error);
      return undefined;
    }
  }

  /** Notes which projects a file makes a difference to. */
  private touch(file: string, entry: boolean): void {
    for (const root of this.projects.changed(file, entry)) this.roots.add(root);
  }

  private newProjects(): Projects {
    const { workspace } = this.office;
    return new Projects(workspace.target, (file) => workspace.at(file), this.byMinimum, this.clone);
  }

  /** The path of an open document that is a file of mkosi. */
  private fileOfProject(uri: string): string | undefined {
    return this.office.workspace.get(uri)?.kind === 'nspawn' ? undefined : pathOf(uri);
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.now();
    }, rest);
  }

  /** Judges what waits, after what is being judged. */
  private now(): void {
    clearTimeout(this.timer);
    this.work = this.work.then(() => this.office.configured).then(() => this.all());
    this.office.report(this.work);
    this.work = this.work.catch(() => undefined);
  }

  private async all(): Promise<void> {
    const { workspace } = this.office;
    const documents = [...this.documents],
      roots = [...this.roots];
    this.documents.clear();
    this.roots.clear();
    for (const uri of documents) {
      await this.alone(`Judging ${uri}`, async () => {
        const document = workspace.get(uri);
        if (document !== undefined) await this.show(uri, this.caseOf(document), () => workspace.get(uri) !== document);
      });
    }
    for (const root of roots) await this.alone(`Judging ${root}`, () => this.judge(root));
    if (this.closing) this.forget();
  }

  /** Does something whose failure costs nothing else, and lets requests in before. */
  private async alone(what: string, work: () => Promise<void>): Promise<void> {
    await new Promise(setImmediate);
    try {
      await work();
    } catch (error) {
      this.office.failed(what, error);
    }
  }

  /** Forgets the projects of which nothing is open. */
  private forget(): void {
    this.closing = false;
    const open = [...this.office.workspace.opened].flatMap((uri) => this.fileOfProject(uri) ?? []);
    this.projects.keep(open);
    for (const root of new Set([...this.shown.keys(), ...this.chosen.keys()])) {
      if (this.projects.all.includes(root)) continue;
      const shown = this.shown.get(root) ?? [];
      this.shown.delete(root);
      this.chosen.delete(root);
      for (const uri of shown) this.hide(uri);
    }
  }

  /** Shows nothing any more of a file that is not open, unless another project has something to say of it. */
  private hide(uri: string): void {
    if (this.office.workspace.get(uri) !== undefined || [...this.shown.values()].some((uris) => uris.has(uri))) return;
    this.judged.delete(uri);
    if (this.told.delete(uri)) this.office.report(this.office.send({ uri, diagnostics: [] }));
  }

  /**
   * Judges one document, and lets requests in between.
   * @param outdated whether something has happened that makes the result worthless
   * @returns whether it was judged to the end
   */
  private async show(uri: string, here: LintInput, outdated: () => boolean): Promise<boolean> {
    const steps = diagnosing(here, this.office.rules());
    for (let began = performance.now(); ; ) {
      const { done, value } = steps.next();
      if (done === true) {
        await this.tell(uri, here.document, value);
        return true;
      }
      if (performance.now() - began < patience) continue;
      await new Promise(setImmediate);
      if (outdated()) return false;
      began = performance.now();
    }
  }

  /** Judges a file as part of its project, unless it is read as it was when it was judged last. */
  private async showMember(uri: string, here: LintInput, outdated: () => boolean): Promise<boolean> {
    const grounds = new InputFingerprint(here),
      { judged } = this;
    if (judged.get(uri)?.equals(grounds) === true) return true;
    if (!(await this.show(uri, here, outdated))) return false;
    judged.set(uri, grounds);
    return true;
  }

  /** Judges a project and shows the difference to what is shown of it. */
  private async judge(root: string): Promise<void> {
    const { workspace } = this.office;
    const open: string[] = [];
    for (const uri of workspace.opened) {
      const file = this.fileOfProject(uri);
      if (file === undefined) continue;
      const home = this.rootOf(file);
      if (home === undefined) continue;
      const last = this.rootsOf.get(uri) ?? home;
      this.rootsOf.set(uri, home);
      if (home === root) open.push(uri);
      // A file that one project has lost to another makes a difference to both.
      if (home !== last)
        for (const other of [home, last])
          if (other !== root) {
            this.roots.add(other);
            this.wait();
          }
    }
    const before = this.shown.get(root) ?? new Set<string>(),
      now = new Set<string>();
    this.shown.set(root, now);
    const chosen = this.projects.targetIn(root);
    for (const uri of open) workspace.retarget(uri, chosen.target);
    if (this.chosen.get(root) !== chosen) {
      this.chosen.set(root, chosen);
      await this.office.retargeted();
    }
    // An edit comes in between: what is old is not finished.
    const outdated = (): boolean => this.roots.has(root);
    const unfinished = (): void => {
      for (const known of before) now.add(known);
    };
    for (const uri of open) {
      const document = workspace.get(uri);
      if (document !== undefined && !(await this.showMember(uri, this.caseOf(document), outdated))) {
        unfinished();
        return;
      }
    }
    // Nobody looks at a project of which nothing is open.
    let began = performance.now();
    for (const member of open.length === 0 ? [] : this.projects.members(root)) {
      const { file } = member,
        uri = uriOf(file);
      if (workspace.at(file) !== undefined) continue;
      now.add(uri);
      // A file that several projects read is shown as the first of them reads it.
      const { document, project } = member.project.readings(member.document).length > 0 ? (this.projects.reading(file) ?? member) : member;
      if (performance.now() - began >= patience) {
        await new Promise(setImmediate);
        began = performance.now();
      }
      if (
        outdated() ||
        !(await this.showMember(uri, { document, launch: 'unit', trusted: true, project, failed: this.failedIn(uri) }, outdated))
      ) {
        unfinished();
        return;
      }
    }
    for (const uri of before) this.hide(uri);
  }

  /** Tells the editor what it does not know yet. A new version of an open text is always answered. */
  private async tell(uri: string, document: Document, found: PublishDiagnosticsParams['diagnostics']): Promise<void> {
    const isOpen = this.office.workspace.get(uri) === document,
      version = isOpen ? document.text.version : undefined,
      news = JSON.stringify([version, found]);
    if (this.told.get(uri) === news || (!isOpen && found.length === 0 && !this.told.has(uri))) return;
    this.told.set(uri, news);
    await this.office.send({ uri, diagnostics: found, ...(version === undefined ? {} : { version }) });
  }
}
