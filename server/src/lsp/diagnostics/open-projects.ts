import { familyOf } from '../../families';
import { type ChosenTarget, type Member, Projects } from '../../node/projects';
import type { LintInput } from '../../rules';
import { type Document, pathOf } from '../../schema';
import type { TargetInForce } from '../configuration';
import type { Workspace } from '../workspace';

/** The open documents of a project, after documents may have moved from one project to another. */
export interface Assignment {
  /** URIs. */
  readonly documents: readonly string[];
  /** Roots of the other projects that have lost or got a document. */
  readonly affected: readonly string[];
}

/** The mkosi projects that open documents belong to. */
export class OpenProjects {
  private projects: Projects;
  private byMinimum = false;
  private clone = false;
  /** By URI of an open document, the root of its project when that was last assigned. */
  private readonly roots = new Map<string, string>();

  /** @param failed something could not be read. @param what completes "… failed" */
  constructor(
    private readonly workspace: Workspace,
    private readonly failed: (what: string, error: unknown) => void,
  ) {
    this.projects = this.read();
  }

  /** How many entries are held: none when nothing is open. */
  get size(): number {
    return this.roots.size + this.projects.all.length;
  }

  /**
   * Reads all projects again, by the releases of the workspace.
   * @param byMinimum no one has chosen a release of mkosi: projects say themselves which one they need
   * @param clone mkosi may run from a clone of its repository
   */
  retarget(byMinimum: boolean, clone: boolean): void {
    this.byMinimum = byMinimum;
    this.clone = clone;
    this.projects = this.read();
  }

  /** What rules check of a document: with its project, unless it is not a file or read alone. */
  inputOf(document: Document): LintInput {
    const file = pathOf(document.uri);
    const onHost = file === undefined ? undefined : { path: file, files: this.workspace };
    const family = familyOf(document);
    const project = file === undefined || !family.inProject ? undefined : this.projects.reading(file)?.project;
    return { document, launch: 'unit', trusted: family.trusts(file ?? ''), onHost, project, failed: this.ruleFailed(document.uri) };
  }

  /** What rules check of a file that is not open, as the first of the projects reads it that do. */
  inputOfUnopened(uri: string, member: Member): LintInput {
    const isRead = member.project.readings(member.document).length > 0,
      { document, project } = isRead ? (this.projects.reading(member.file) ?? member) : member;
    return { document, launch: 'unit', trusted: true, project, failed: this.ruleFailed(uri) };
  }

  /** Which release an open document is checked by, and who chose that; `inForce` for anything else. */
  targetOf(uri: string, inForce: TargetInForce): TargetInForce {
    const document = this.workspace.get(uri),
      file = this.fileOf(uri);
    if (document?.format.inProject !== true) return inForce;
    const { target, byMinimum } =
      file === undefined ? { target: this.workspace.target, byMinimum: false } : this.projects.targetIn(this.projects.rootOf(file));
    const { version } = document.format.at(target.mkosi);
    const from = version !== target.mkosi ? 'file' : byMinimum ? 'project' : inForce.mkosi.from;
    return { ...inForce, mkosi: { version, from } };
  }

  /** The releases that a project is checked by; the same object as long as they are the same. */
  targetIn(root: string): ChosenTarget {
    return this.projects.targetIn(root);
  }

  members(root: string): readonly Member[] {
    return this.projects.members(root);
  }

  /** The path of an open document that is read as part of a project. */
  fileOf(uri: string): string | undefined {
    return this.workspace.get(uri)?.format.inProject === true ? pathOf(uri) : undefined;
  }

  /** The root of a file's project; undefined when it cannot be known, which is reported. */
  rootOf(file: string): string | undefined {
    try {
      return this.projects.rootOf(file);
    } catch (error) {
      this.failed(`Reading the project of ${file}`, error);
      return undefined;
    }
  }

  /** The root that a document was last assigned to. */
  lastRootOf(uri: string): string | undefined {
    return this.roots.get(uri);
  }

  /** Finds the open documents of a project, and remembers the project of every open document. */
  assign(root: string): Assignment {
    const documents: string[] = [],
      affected: string[] = [];
    for (const uri of this.workspace.opened) {
      const file = this.fileOf(uri),
        current = file === undefined ? undefined : this.rootOf(file);
      if (current === undefined) continue;
      const last = this.roots.get(uri) ?? current;
      this.roots.set(uri, current);
      if (current === root) documents.push(uri);
      if (current !== last) affected.push(...[current, last].filter((other) => other !== root));
    }
    return { documents, affected };
  }

  /**
   * A file on disk or in the editor is different.
   * @param entry the file has come or gone, not only changed
   * @returns the roots of the projects to which that makes a difference
   */
  changed(file: string, entry: boolean): readonly string[] {
    return this.projects.changed(file, entry);
  }

  closed(uri: string): void {
    this.roots.delete(uri);
  }

  /** Forgets the projects of which nothing is open. */
  keepOpen(): void {
    this.projects.keep([...this.workspace.opened].flatMap((uri) => this.fileOf(uri) ?? []));
  }

  has(root: string): boolean {
    return this.projects.all.includes(root);
  }

  private read(): Projects {
    return new Projects(this.workspace.target, (file) => this.workspace.at(file), this.byMinimum, this.clone);
  }

  private ruleFailed(uri: string): LintInput['failed'] {
    return (rule, error) => {
      this.failed(`The rule ${rule} in ${uri}`, error);
    };
  }
}
