import { type Stats, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { read, fileUri } from './files';
import { installedSystemd } from './host';
import { type Disk, type Host, inner, someHost } from './rules';
import { Document, type Target, kindOf } from './schema';

/** What a question about a file says, undefined when the file is not there or not for us. */
function ask<T>(question: () => T): T | undefined {
  try {
    return question();
  } catch {
    return undefined;
  }
}

/** Files that an editor has open, by absolute path; they stand before what the disk says. */
export type Open = (file: string) => Document | undefined;

/** The disk of this computer, as mkosi sees it. Files are read once, and it is known afterwards what was asked for. */
export class LocalDisk implements Disk {
  private readonly documents = new Map<string, Document | undefined>();
  /** Paths that were asked about; with a slash behind it a folder whose names were. */
  private readonly asked = new Set<string>();
  /** Those at which nothing stood. */
  private readonly missing = new Set<string>();
  private readonly stats = new Map<string, Stats | undefined>();
  private readonly folders = new Map<string, readonly string[]>();
  readonly host: Host;

  /** @param clone mkosi runs from a clone of its repository */
  constructor(private readonly target: Target, private readonly open: Open = () => undefined, clone = false) {
    this.host = { ...localHost(), clone };
  }

  /**
   * Whether an answer would be another one if something happened to a path, or to all that lies below it.
   * @param entry it has come or gone, not only changed
   */
  depends(path: string, entry: boolean): boolean {
    if (!entry) return this.documents.has(path) || this.asked.has(path);
    const above = path.slice(0, path.lastIndexOf('/') + 1), below = `${path}/`;
    return this.documents.has(path) || this.asked.has(path) || this.asked.has(above) || [...this.missing].some((m) => path.startsWith(`${m}/`))
      || [...this.asked].some((a) => a.startsWith(below));
  }

  /** Whether a file was asked for. */
  holds(file: string): boolean {
    return this.asked.has(file);
  }

  /** Reads a file, or what lies below a folder, again when it is asked for. */
  forget(path: string): void {
    for (const known of this.documents.keys()) if (known === path || known.startsWith(`${path}/`)) this.documents.delete(known);
  }

  /** Begins to note anew what is asked. */
  begin(): void {
    this.asked.clear();
    this.missing.clear();
    this.stats.clear();
    this.folders.clear();
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

  /** The disk is asked once for each path while a project is read and judged. */
  private stat(file: string): Stats | undefined {
    if (!this.stats.has(file)) this.stats.set(file, ask(() => statSync(file, { throwIfNoEntry: false })));
    return this.stats.get(file);
  }

  names(folder: string): readonly string[] {
    this.asked.add(`${folder}/`);
    let names = this.folders.get(folder);
    if (names === undefined) {
      // To be told so costs less than an error.
      names = this.stat(folder) === undefined ? [] : ask(() => readdirSync(folder).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) ?? [];
      this.folders.set(folder, names);
    }
    return names;
  }

  text(file: string): string | undefined {
    this.asked.add(file);
    return this.open(file)?.text.getText() ?? ask(() => readFileSync(file, 'utf8'));
  }

  document(file: string): Document | undefined {
    this.asked.add(file);
    const open = this.open(file);
    if (open !== undefined) return open;
    if (!this.documents.has(file)) {
      this.documents.set(file, ask(() => {
        const { text, undecodable } = read(file);
        const kind = kindOf(file);
        return Document.of(fileUri(file), kind === 'mkosi-legacy' ? kind : 'mkosi', text, this.target, undecodable);
      }));
    }
    return this.documents.get(file);
  }

  real(file: string): string {
    return ask(() => realpathSync(file)) ?? path.resolve(file);
  }

  home(user?: string): string | undefined {
    if (user === undefined) return process.env.HOME ?? homedir();
    const line = ask(() => readFileSync('/etc/passwd', 'utf8'))?.split('\n').find((l) => l.startsWith(`${user}:`));
    return line?.split(':')[5];
  }

  variable(name: string): string | undefined {
    return process.env[name];
  }
}

const architectures: Readonly<Record<string, string>> = {
  x64: 'x86-64', ia32: 'x86', arm: 'arm', arm64: 'arm64', loong64: 'loongarch64', ppc64: 'ppc64-le', riscv64: 'riscv64', s390x: 's390x',
  mips: 'mips', mipsel: 'mips-le',
};

let known: Host | undefined;

/** The host that this program runs on; it is asked once. */
const localHost = (): Host => (known ??= askHost());

function askHost(): Host {
  const facts = new Map((ask(() => readFileSync('/etc/os-release', 'utf8')) ?? '').split('\n').map((line): [string, string] => {
    const equals = line.indexOf('=');
    return [line.slice(0, equals), line.slice(equals + 1).replace(/^(["'])(.*)\1$/, '$2')];
  }));
  const distribution = facts.get('ID'), release = facts.get('VERSION_CODENAME') ?? facts.get('VERSION_ID');
  return {
    distribution: distribution ?? someHost.distribution, release: release ?? someHost.release,
    architecture: architectures[process.arch] ?? someHost.architecture, systemd: String(installedSystemd() ?? someHost.systemd), clone: false,
  };
}

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
    const known = this.known.get(folder);
    if (known !== undefined) return known;
    const holds = (name: string): boolean => statSync(path.join(folder, name), { throwIfNoEntry: false }) !== undefined;
    const own = ['mkosi.conf', 'mkosi.default', 'mkosi/mkosi.conf', 'mkosi.images', 'mkosi.conf.d'].some(holds) ? [folder] : [];
    const next = path.dirname(folder), found = [...holds('.git') || next === folder ? [] : this.above(next), ...own];
    this.known.set(folder, found);
    return found;
  }
}
