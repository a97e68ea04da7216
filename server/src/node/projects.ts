import path from 'node:path';
import { families } from '../families';
import { type Limits, Project, projectLimits } from '../model';
import { Document, newest, pathOf, type Target } from '../schema';
import { LocalDisk, type Open, Roots } from './file-system';
import { fileUri } from './files';

/** Releases, and whether a project has chosen that of mkosi itself. */
export interface ChosenTarget {
  readonly target: Target;
  readonly byMinimum: boolean;
}

/** A project that was asked for; it is read when it is needed, and again after something happened to its files. */
class Known implements ChosenTarget {
  readonly disk: LocalDisk;
  /** What it says of the release that it needs may have changed. */
  stale = false;
  private read: Project | undefined;

  /** @param byMinimum the project has chosen the release */
  constructor(
    readonly root: string,
    readonly target: Target,
    readonly byMinimum: boolean,
    open: Open,
    clone: boolean,
    limits: Limits,
  ) {
    this.disk = new LocalDisk(target, open, clone, limits);
  }

  get project(): Project {
    if (this.read === undefined) {
      this.disk.begin();
      this.read = new Project(this.root, this.disk, families.mkosi.at(this.target.mkosi));
    }
    return this.read;
  }

  /** Forgets what was read of a file and what it led to. */
  forget(file: string): void {
    this.disk.forget(file);
    this.read = undefined;
    this.stale = true;
  }
}

/** Whether it says which folder is a project, so that others may be one when it comes or goes. */
export const isLandmark = (file: string): boolean => /^(mkosi(\..*)?|\.git)$/.test(path.basename(file));

/** A document as part of a project. */
export interface Member {
  readonly file: string;
  readonly document: Document;
  readonly project: Project;
}

/** The projects that some files belong to, each read once. */
export class Projects {
  private readonly byRoot = new Map<string, Known>();
  private readonly roots = new Roots();

  /**
   * @param target the releases to check by
   * @param open files that take precedence over those of the disk
   * @param byMinimum no one has chosen a release of mkosi: a project that says which one it needs is checked by that one
   * @param clone mkosi may run from a clone of its repository
   * @param limits how much is read of each
   */
  constructor(
    private readonly target: Target,
    private readonly open: Open = () => undefined,
    private readonly byMinimum = false,
    private readonly clone = false,
    private readonly limits: Limits = projectLimits,
  ) {}

  /** The project of the folder that a file belongs to. */
  of(file: string): Project {
    return this.knownAt(this.rootOf(file)).project;
  }

  /** The project that reads a file: the one that it belongs to, else one from elsewhere that includes it. */
  reading(file: string): Member | undefined {
    const root = this.rootOf(file),
      own = this.roots.of(path.resolve(file)),
      { project } = this.knownAt(root),
      document = project.disk.document(file);
    if (document !== undefined && project.readings(document).length > 0) return { file, document, project };
    for (const [elsewhere, { disk }] of [...this.byRoot]) {
      if (own.includes(elsewhere) || !disk.holds(file)) continue;
      const other = this.knownAt(elsewhere),
        included = other.project.disk.document(file);
      if (included !== undefined && other.project.readings(included).length > 0)
        return { file, document: included, project: other.project };
    }
    return document === undefined ? undefined : { file, document, project };
  }

  /** What the files of a project are checked by; the same object as long as that is the same. */
  targetIn(root: string): ChosenTarget {
    return this.knownAt(root);
  }

  /** The folder of the project that a file belongs to: the outermost one that may read it, else the nearest. */
  rootOf(file: string): string {
    const whole = path.resolve(file),
      [...roots] = this.roots.of(whole),
      nearest = roots.pop() ?? path.dirname(whole);
    return roots.find((root) => this.knownAt(root).project.mayRead(whole)) ?? nearest;
  }

  /** The same of a file or a folder. */
  rootAt(place: string): string {
    return this.rootOf(new LocalDisk(newest).kind(place) === 'folder' ? path.join(place, 'mkosi.conf') : place);
  }

  /** The project in a folder. */
  at(root: string): Project {
    return this.knownAt(path.resolve(root)).project;
  }

  /**
   * Something happened to a file.
   * @param entry it has come or gone, not only changed
   * @returns the roots of the projects to which that makes a difference
   */
  changed(file: string, entry: boolean): string[] {
    if (entry && isLandmark(file)) this.roots.clear();
    const touched = [...this.byRoot.values()].filter(({ disk }) => disk.depends(file, entry));
    for (const known of touched) known.forget(file);
    return touched.map(({ root }) => root);
  }

  /** The configuration that a project reads, and what else something is wrong with. */
  members(root: string): Member[] {
    const { project, target } = this.knownAt(root),
      read = new Map(project.documents.map((d): [string, Document] => [pathOf(d.uri) ?? '', d]));
    // What is not a configuration is shown with a text of its own: only that it is wrong is known of it.
    const faulty = project.faults.map(({ path: file }) => file).filter((file) => !read.has(file));
    return [
      ...[...read].map(([file, document]) => ({ file, document, project })),
      ...[...new Set(faulty)].map((file) => ({ file, document: Document.of(fileUri(file), families.mkosi, '', target), project })),
    ];
  }

  /**
   * Forgets the projects to which none of some files belongs.
   * @param files absolute
   */
  keep(files: readonly string[]): void {
    const own = new Set(files.flatMap((file) => this.roots.of(path.resolve(file))));
    for (const [root, { disk }] of this.byRoot) if (!own.has(root) && !files.some((file) => disk.holds(file))) this.byRoot.delete(root);
    this.roots.clear();
  }

  /** The folders of the projects. */
  get all(): readonly string[] {
    return [...this.byRoot.keys()];
  }

  private knownAt(root: string): Known {
    let known = this.byRoot.get(root);
    if (known?.stale === false) return known;
    const needed = this.byMinimum ? this.neededBy(root) : undefined,
      mkosi = needed ?? this.target.mkosi,
      byMinimum = needed !== undefined;
    if (known?.target.mkosi !== mkosi || known.byMinimum !== byMinimum)
      known = new Known(root, { ...this.target, mkosi }, byMinimum, this.open, this.clone, this.limits);
    known.stale = false;
    this.byRoot.set(root, known);
    return known;
  }

  /** The release that a project says that it needs, if it is one that we know. */
  private neededBy(root: string): number | undefined {
    const disk = new LocalDisk(newest, (file) => this.open(file));
    for (const file of [`${root}/mkosi.conf`, `${root}/mkosi/mkosi.conf`]) {
      if (disk.kind(file) === undefined && this.open(file) === undefined) continue;
      // All lines are looked at after every edit: as they are, and nothing more is made of them.
      const lines = disk.document(file)?.tree.lines ?? [];
      for (let i = lines.length - 1; i >= 0; i--) {
        const line = lines[i];
        if (line?.kind !== 'assignment' || line.key.text !== 'MinimumVersion') continue;
        const release = Number(/^\d+(\.\d+)?/.exec(line.value.text)?.[0]);
        if (release >= 15) return release <= newest.mkosi ? release : undefined;
      }
    }
    return undefined;
  }
}
