import { readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { familyInProject } from '../families';
import { Budget, type BuildHost, type FileSystem, inner, type Limits, projectLimits, someBuildHost, type Unread } from '../model';
import { Document, type Target } from '../schema';
import { decode, fileUri } from './files';
import { installedSystemd } from './host';
import { patiently } from './shared/mounts';
import { mostBytes, readSmallFile, UnreadableFile } from './shared/small-file';

/** The result of a file query; undefined when the file is missing or not accessible. */
function ask<T>(question: () => T): T | undefined {
  try {
    return question();
  } catch {
    return undefined;
  }
}

/** To read a file takes as long as to ask what several others are. */
const costOfReading = 4;

/** The folders that a path lies in, from the nearest on; `/` is none. */
function* aboveOf(file: string): Generator<string> {
  for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) yield file.slice(0, at);
}

/** Files that an editor has open, by absolute path; they take precedence over the disk. */
export type Open = (file: string) => Document | undefined;

/** The disk of this computer, as mkosi sees it. Files are read once, and it is known afterwards what was asked for. */
export class LocalDisk implements FileSystem {
  private readonly documents = new Map<string, Document | undefined>();
  /** Paths that were asked about; with a slash after it a folder whose names were. */
  private readonly asked = new Set<string>();
  /** Those where nothing was found. */
  private readonly missing = new Set<string>();
  private readonly stats = new Map<string, Stats | undefined>();
  private readonly folders = new Map<string, readonly string[]>();
  /** Why files are not read. */
  private readonly refused = new Map<string, UnreadableFile>();
  /** Everything that one of `asked` lies below, as far as that has been needed, and how many had been asked for then. */
  private above: { readonly paths: ReadonlySet<string>; readonly of: number } = { paths: new Set(), of: 0 };
  readonly host: BuildHost;
  budget: Budget;

  /** @param clone mkosi runs from a clone of its repository */
  constructor(
    private readonly target: Target,
    private readonly open: Open = () => undefined,
    clone = false,
    private readonly limits: Limits = projectLimits,
  ) {
    this.host = { ...localHost(), clone };
    this.budget = new Budget(limits);
  }

  /**
   * Whether an answer would be another one if something happened to a path, or to all that lies below it.
   * @param entry it has come or gone, not only changed
   */
  depends(path: string, entry: boolean): boolean {
    if (!entry) return this.documents.has(path) || this.asked.has(path);
    if (this.documents.has(path) || this.asked.has(path) || this.asked.has(path.slice(0, path.lastIndexOf('/') + 1))) return true;
    for (const above of aboveOf(path)) if (this.missing.has(above)) return true;
    // Many files may come at once, with nothing asked in between.
    if (this.above.of !== this.asked.size)
      this.above = { paths: new Set([...this.asked].flatMap((asked) => [...aboveOf(asked)])), of: this.asked.size };
    return this.above.paths.has(path);
  }

  /** Whether a file was asked for. */
  holds(file: string): boolean {
    return this.asked.has(file);
  }

  /** Reads a file, or what lies below a folder, again when it is asked for. */
  forget(path: string): void {
    for (const read of [this.documents, this.refused]) {
      for (const known of read.keys()) if (known === path || known.startsWith(`${path}/`)) read.delete(known);
    }
  }

  /** Starts a new record of what is queried. */
  begin(): void {
    this.asked.clear();
    this.missing.clear();
    this.stats.clear();
    this.folders.clear();
    this.above = { paths: new Set(), of: 0 };
    this.budget = new Budget(this.limits);
  }

  kind(file: string): 'file' | 'folder' | undefined {
    this.asked.add(file);
    if (this.open(file) !== undefined) return 'file';
    const stat = this.stat(file);
    if (stat === undefined) this.missing.add(file);
    return stat === undefined ? undefined : stat.isDirectory() ? 'folder' : 'file';
  }

  mode(file: string): number | undefined {
    this.asked.add(file);
    const stat = this.stat(file);
    return stat === undefined ? undefined : stat.mode & 0o777;
  }

  /** The disk is asked once for each path while a project is read and checked. */
  private stat(file: string): Stats | undefined {
    if (!this.stats.has(file)) {
      if (!this.budget.look()) return undefined;
      this.stats.set(
        file,
        ask(() => patiently(file, () => statSync(file, { throwIfNoEntry: false }))),
      );
    }
    return this.stats.get(file);
  }

  names(folder: string): readonly string[] {
    this.asked.add(`${folder}/`);
    let names = this.folders.get(folder);
    if (names === undefined) {
      if (this.budget.spent() !== undefined) return [];
      // Getting that as an answer costs less than an error.
      names = this.stat(folder) === undefined ? [] : (ask(() => readdirSync(folder).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) ?? []);
      // All of them are held, and most are asked about.
      if (!this.budget.look(names.length >> 3)) return [];
      this.folders.set(folder, names);
    }
    return names;
  }

  text(file: string): string | undefined {
    this.asked.add(file);
    return this.open(file)?.text.getText() ?? this.bytes(file, mostBytes.value)?.toString('utf8');
  }

  document(file: string): Document | undefined {
    this.asked.add(file);
    const open = this.open(file);
    if (open !== undefined) return open;
    if (!this.documents.has(file)) {
      const bytes = this.bytes(file, mostBytes.configuration);
      if (bytes === undefined && this.budget.spent() !== undefined) return undefined;
      this.documents.set(file, bytes === undefined ? undefined : this.documentOf(file, bytes));
    }
    return this.documents.get(file);
  }

  unread(file: string): Unread | undefined {
    return this.refused.get(file);
  }

  private documentOf(file: string, bytes: Buffer): Document {
    const { text, undecodable } = decode(bytes);
    return Document.of(fileUri(file), familyInProject(file), text, this.target, undecodable);
  }

  /** What a file says; why it is not read is known afterwards. */
  private bytes(file: string, most: number): Buffer | undefined {
    if (!this.budget.look(costOfReading)) return undefined;
    try {
      const bytes = readSmallFile(file, most);
      this.refused.delete(file);
      return this.budget.hold(bytes.length) ? bytes : undefined;
    } catch (error) {
      if (error instanceof UnreadableFile && error.reason !== 'absent') this.refused.set(file, error);
      return undefined;
    }
  }

  real(file: string): string {
    const stat = this.stat(file);
    return stat === undefined ? path.resolve(file) : `${stat.dev}:${stat.ino}`;
  }

  destination(file: string): string {
    return ask(() => patiently(file, () => realpathSync.native(file))) ?? file;
  }

  home(user?: string): string | undefined {
    if (user === undefined) return process.env.HOME ?? homedir();
    const line = ask(() => readSmallFile('/etc/passwd', mostBytes.host).toString())
      ?.split('\n')
      .find((l) => l.startsWith(`${user}:`));
    return line?.split(':')[5];
  }

  variable(name: string): string | undefined {
    return process.env[name];
  }
}

const architectures: Readonly<Record<string, string>> = {
  x64: 'x86-64',
  ia32: 'x86',
  arm: 'arm',
  arm64: 'arm64',
  loong64: 'loongarch64',
  ppc64: 'ppc64-le',
  riscv64: 'riscv64',
  s390x: 's390x',
  mips: 'mips',
  mipsel: 'mips-le',
};

let known: BuildHost | undefined;

/** The host that this program runs on; it is asked once. */
const localHost = (): BuildHost => (known ??= askHost());

function askHost(): BuildHost {
  const facts = new Map(
    (ask(() => readSmallFile('/etc/os-release', mostBytes.osRelease).toString()) ?? '').split('\n').map((line): [string, string] => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1).replace(/^(["'])(.*)\1$/, '$2')];
    }),
  );
  const distribution = facts.get('ID'),
    release = facts.get('VERSION_CODENAME') ?? facts.get('VERSION_ID');
  return {
    distribution: distribution ?? someBuildHost.distribution,
    release: release ?? someBuildHost.release,
    architecture: architectures[process.arch] ?? someBuildHost.architecture,
    systemd: String(installedSystemd() ?? someBuildHost.systemd),
    clone: false,
  };
}

/** PATH_MAX of Linux, in bytes. */
const longestPath = 4096;

/** The files that make a folder a project. */
const landmarks: readonly string[] = ['mkosi.conf', 'mkosi.default', 'mkosi/mkosi.conf', 'mkosi.images', 'mkosi.conf.d'];

/** Whether something is there; what cannot be reached is not. */
const stands = (file: string): boolean => ask(() => patiently(file, () => statSync(file, { throwIfNoEntry: false }))) !== undefined;

/** Finds the folders whose projects a file may belong to: those with configuration above it, up to a repository's own. */
export class Roots {
  /** By folder, what is above and in it, the outermost first. */
  private readonly known = new Map<string, readonly string[]>();

  /** @param file absolute @returns the outermost first; never empty */
  of(file: string): readonly string[] {
    const parts = file.split(path.sep);
    parts.pop();
    const at = parts.findIndex((part) => inner.test(part));
    const folder = (at < 0 ? parts : parts.slice(0, at)).join(path.sep) || path.sep;
    const found = this.above(folder);
    return found.length > 0 ? found : [folder];
  }

  /** Looks again the next time. */
  clear(): void {
    this.known.clear();
  }

  private above(folder: string): readonly string[] {
    // Nothing is at a path that the system does not accept.
    if (folder.length > longestPath) return [];
    const waiting: string[] = [];
    let found: readonly string[] | undefined;
    for (let at = folder; found === undefined; at = path.dirname(at)) {
      found = this.known.get(at);
      if (found !== undefined) break;
      waiting.push(at);
      if (path.dirname(at) === at || stands(path.join(at, '.git'))) found = [];
    }
    for (const at of waiting.reverse()) {
      if (landmarks.some((name) => stands(path.join(at, name)))) found = [...found, at];
      this.known.set(at, found);
    }
    return found;
  }
}
