/**
 * Whether the file system of a path answers. A network or FUSE file system whose server is gone blocks every process
 * that queries it, and a synchronous query would stop this one. So before a path is touched that leads
 * into such a file system, a program that can be killed queries it first.
 */
import { execFile, spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** File systems that ask another computer or process (types of proc(5) mountinfo). */
const distant = /^(?:fuse(?:\..*)?|fuseblk|nfs4?|cifs|smb3?|9p|afs|ceph|glusterfs|lustre|virtiofs)$/;

/** How long a file system may take to answer, in milliseconds. */
const patience = 1000;
/** How long an answer counts, and how long its absence, in milliseconds. */
const answered = 5_000,
  silent = 60_000;
/** The list of mounts is read again after so many milliseconds. */
const fresh = 1_000;

/** What asks a file system; the answer does not matter, only that there is one. */
const question = (mount: string): readonly [string, readonly string[]] => ['/usr/bin/stat', ['--file-system', '--', mount]];

/** The mounts of distant file systems in the text of /proc/self/mountinfo. */
export function distantMounts(mountinfo: string): string[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [, , , , mount = '', ...rest] = line.split(' '),
      type = rest[rest.indexOf('-') + 1] ?? '';
    return distant.test(type) ? [mount.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))] : [];
  });
}

/** What is known of the mounts of this computer. */
export class Mounts {
  private mounts: ReadonlySet<string> = new Set();
  private readAt = -Infinity;
  private readonly known = new Map<string, { readonly answers: boolean; readonly until: number }>();

  /**
   * @param table the text of mountinfo
   * @param asks whether a mount answers a question within {@link patience}
   */
  constructor(
    private readonly table: () => string,
    private readonly asks: (mount: string) => boolean,
  ) {}

  /** Whether a path may be touched without waiting for ever. Never throws. @param file absolute */
  answers(file: string): boolean {
    for (const mount of this.onTheWay(file)) if (!this.doesAnswer(mount)) return false;
    return true;
  }

  /** Finds out what {@link answers} will say, without blocking. @param asksLater as `asks` of the constructor */
  async prepare(file: string, asksLater: (mount: string) => Promise<boolean>): Promise<void> {
    for (const mount of this.onTheWay(file)) {
      if (!this.isKnown(mount)) this.note(mount, await asksLater(mount));
      if (!this.doesAnswer(mount)) return;
    }
  }

  /** The distant mounts on the way to a path, links followed. What is below one is looked at when the next is asked for. */
  private *onTheWay(file: string): Generator<string> {
    const mounts = this.current();
    if (mounts.size === 0) return;
    const rest = file.split('/');
    let at = '';
    for (let links = 0; rest.length > 0; ) {
      const part = rest.shift() ?? '';
      if (part === '' || part === '.') continue;
      if (part === '..') {
        at = at.slice(0, Math.max(at.lastIndexOf('/'), 0));
        continue;
      }
      const here = `${at}/${part}`;
      if (mounts.has(here)) yield here;
      const link = linkAt(here);
      if (link === undefined) {
        at = here;
        continue;
      }
      if (link === '' || ++links > 40) return; // nothing there, or round in a circle: the system says so at once
      if (link.startsWith('/')) at = '';
      rest.unshift(...link.split('/'));
    }
  }

  private current(): ReadonlySet<string> {
    const now = performance.now();
    if (now - this.readAt >= fresh) {
      this.readAt = now;
      this.mounts = new Set(distantMounts(this.table()));
    }
    return this.mounts;
  }

  private isKnown(mount: string): boolean {
    return (this.known.get(mount)?.until ?? -Infinity) > performance.now();
  }

  private doesAnswer(mount: string): boolean {
    if (!this.isKnown(mount)) this.note(mount, this.asks(mount));
    return this.known.get(mount)?.answers === true;
  }

  private note(mount: string, answers: boolean): void {
    this.known.set(mount, { answers, until: performance.now() + (answers ? answered : silent) });
  }
}

/** Where a link leads; undefined for what is not a link, empty for what is not there. */
function linkAt(file: string): string | undefined {
  try {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return '';
    return stats.isSymbolicLink() ? readlinkSync(file) : undefined;
  } catch {
    return '';
  }
}

const here = new Mounts(
  () => {
    try {
      return readFileSync('/proc/self/mountinfo', 'utf8');
    } catch {
      return '';
    }
  },
  (mount) => {
    const [program, args] = question(mount);
    const { error } = spawnSync(program, args, { timeout: patience, killSignal: 'SIGKILL', stdio: 'ignore', cwd: '/' });
    return (error as NodeJS.ErrnoException | undefined)?.code !== 'ETIMEDOUT';
  },
);

/** Whether the file system that a path leads to answers, links followed. Waits a second for one that is asked the first time. */
export const fileSystemAnswers = (file: string): boolean => here.answers(path.resolve(file));

/** The same, without blocking. */
export async function fileSystemAnswersLater(file: string): Promise<boolean> {
  const absolute = path.resolve(file);
  await here.prepare(
    absolute,
    (mount) =>
      new Promise((resolve) => {
        const [program, args] = question(mount);
        execFile(program, args, { timeout: patience, killSignal: 'SIGKILL', cwd: '/' }, (error) => {
          resolve(error?.killed !== true);
        });
      }),
  );
  return here.answers(absolute);
}

/** The error for a file system that does not answer, like those of Node. */
export class SilentFileSystem extends Error {
  override readonly name = 'SilentFileSystem';
  readonly code = 'ETIMEDOUT';

  constructor(readonly file: string) {
    super('The file system does not answer');
  }
}

/** Asks a file system something about a path. @throws SilentFileSystem before that when it does not answer */
export function patiently<T>(file: string, ask: () => T): T {
  if (!fileSystemAnswers(file)) throw new SilentFileSystem(file);
  return ask();
}

/** The same, without blocking. */
export async function patientlyLater<T>(file: string, ask: () => Promise<T>): Promise<T> {
  if (!(await fileSystemAnswersLater(file))) throw new SilentFileSystem(file);
  return ask();
}
