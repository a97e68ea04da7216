/**
 * The one way to change an existing file: all of the new text or none of it, with its owner and its permissions as
 * they were, and never another file than the one that was asked for. The new text is written whole beside the file and put
 * in its place at once, so that a full disk, a crash or a refusal leaves the old one. Server and client both write here.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { patiently } from './mounts';
import { describeKind, explainCode } from './small-file';

/** A file that was not changed. */
export class UnwritableFile extends Error {
  override readonly name = 'UnwritableFile';

  /** @param message sentences without the path, for a person: what happened, and what to do */
  constructor(
    readonly file: string,
    message: string,
    readonly code?: string,
  ) {
    super(message);
  }
}

export interface Writing {
  /** The folder that was asked for, which no link may lead out of. Without it, the folder of the file. */
  readonly within?: string;
  /** What was there when it was read ({@link stampOf}): anything else is not replaced. Without it, what is there now. */
  readonly was?: string;
  /** Permissions of a file that is new. Without them, what the umask leaves. */
  readonly mode?: number;
}

/** New content that lies ready beside its file. It ends by one of the two methods. */
export interface Prepared {
  /** A sentence for a person, where something is to be known of the result. */
  readonly note: string | undefined;
  /** @throws UnwritableFile; everything is as it was then */
  readonly commit: () => void;
  readonly discard: () => void;
}

/** Where a path really leads, and what is there; undefined: nothing. */
export interface WriteTarget {
  readonly path: string;
  readonly stats: BigIntStats | undefined;
}

/** What distinguishes a file from another one, and from itself after a change, as a word. */
export const stampOf = (stats: BigIntStats | undefined): string =>
  stats === undefined ? 'absent' : [stats.ino, stats.size, stats.mtimeNs].join('-');

/**
 * Gives a file new content, or makes it. A link is followed as long as it stays in the folder that was asked for.
 * @returns a sentence for a person, where something is to be known of the result
 * @throws UnwritableFile; everything is as it was then
 */
export function replaceFile(file: string, content: string | Uint8Array, writing?: Writing): string | undefined {
  const prepared = prepareFile(file, content, writing);
  prepared.commit();
  return prepared.note;
}

/**
 * The first half of {@link replaceFile}, which is all that a full disk can hinder: so several files are changed, or none.
 * The folder has to be there.
 * @throws UnwritableFile; no temporary file is left then
 */
export function prepareFile(file: string, content: string | Uint8Array, { within, was, mode }: Writing = {}): Prepared {
  const { path: target, stats } = placeOf(file, within),
    folder = path.dirname(target);
  const temporary = path.join(folder, `.nspawn-${randomBytes(12).toString('hex')}`);
  const stamp = stampOf(stats);
  const discard = (): void => rmSync(temporary, { force: true });
  return knowingly(file, () => {
    if (stats?.isFile() === false) throw special(file, stats);
    if (stamp !== (was ?? stamp)) throw changed(file);
    // A user who may write to the folder could replace it, but its permissions say not to.
    if (stats !== undefined) accessSync(target, constants.W_OK);
    const handle = openSync(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      stats === undefined ? (mode ?? 0o666) : 0o600,
    );
    try {
      try {
        writeFileSync(handle, content);
        if (stats !== undefined) keepAttributes(file, target, stats, handle);
        else if (mode !== undefined) fchmodSync(handle, mode);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    } catch (error) {
      discard();
      throw error;
    }
    const commit = (): void =>
      knowingly(file, () => {
        try {
          if (stampOf(lstatSync(target, { bigint: true, throwIfNoEntry: false })) !== stamp) throw changed(file);
          put(temporary, target, stats === undefined);
        } catch (error) {
          discard();
          throw error;
        }
        syncFolder(folder);
      });
    const note = stats !== undefined && stats.nlink > 1n ? 'It has other names as well (hard links), which keep the old text.' : undefined;
    return { note, commit, discard };
  });
}

/** A name that is new is taken before, so that nothing is replaced that took it meanwhile. */
function put(temporary: string, target: string, isNew: boolean): void {
  if (isNew) closeSync(openSync(target, 'wx', 0o600));
  try {
    renameSync(temporary, target);
  } catch (error) {
    if (isNew) rmSync(target, { force: true });
    throw error;
  }
}

/**
 * Changes the permissions of a regular file. A link is followed as long as it stays in a folder.
 * @param change from the permissions that it has
 * @throws UnwritableFile
 */
export function changeMode(file: string, change: (mode: number) => number, within?: string): void {
  const { path: target, stats } = placeOf(file, within);
  knowingly(file, () => {
    if (stats?.isFile() === false) throw special(file, stats);
    const handle = openSync(target, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_NOFOLLOW);
    try {
      const now = fstatSync(handle, { bigint: true });
      if (!now.isFile()) throw special(file, now);
      fchmodSync(handle, change(Number(now.mode & 0o7777n)));
    } finally {
      closeSync(handle);
    }
  });
}

/** Lets those execute a script who may read it, as `chmod +x` does. @throws UnwritableFile */
export const makeExecutable = (file: string, within?: string): void => changeMode(file, (mode) => mode | ((mode & 0o444) >> 2), within);

/**
 * Where a path really leads. Neither it nor its folder, nor the folder that has yet to be made for it, may be outside of `within`.
 * @param within without it, the folder of the file
 * @throws UnwritableFile
 */
export function placeOf(file: string, within = path.dirname(file)): WriteTarget {
  return knowingly(file, () =>
    patiently(file, () => {
      const root = realpathSync.native(within),
        here = entryOf(file, within);
      const stats = lstatSync(here, { bigint: true, throwIfNoEntry: false });
      if (stats?.isSymbolicLink() !== true) return { path: here, stats };
      const end = resolved(file, here, root, 'It');
      return { path: end, stats: lstatSync(end, { bigint: true }) };
    }),
  );
}

/**
 * Where the entry of a folder really is, which may be a link or nothing at all; its folder is inside of `within`.
 * @throws UnwritableFile
 */
export function entryOf(file: string, within = path.dirname(file)): string {
  return knowingly(file, () =>
    patiently(path.dirname(file), () => {
      let above = path.dirname(file);
      while (lstatSync(above, { throwIfNoEntry: false }) === undefined && above !== path.dirname(above)) above = path.dirname(above);
      return path.join(resolved(file, above, realpathSync.native(within), 'Its folder'), path.relative(above, file));
    }),
  );
}

/** @returns where something that exists really is @param what how a sentence about it begins */
function resolved(file: string, at: string, root: string, what: string): string {
  let end: string;
  try {
    end = realpathSync.native(at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UnwritableFile(
      file,
      `${what} is a link that leads to nothing, and was left alone. Remove the link, or make what it leads to.`,
    );
  }
  if (isInside(root, end)) return end;
  throw new UnwritableFile(
    file,
    `${what} is a link that leads out of ${root}, to ${end}, and was left alone. If that is what you mean, name it without the link.`,
  );
}

const isInside = (folder: string, file: string): boolean =>
  file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);

/**
 * Gives a file that lies ready what the old one has beside its text. Node knows owner and mode only, and a mode does not show
 * whether there is an access control list; so on Linux cp of GNU coreutils copies all of it, or nothing is written. Both
 * files are handed over open, so that no one can put a link in their place. Elsewhere it is owner and mode.
 */
function keepAttributes(file: string, target: string, stats: BigIntStats, handle: number): void {
  const lost = (why: string): UnwritableFile =>
    new UnwritableFile(
      file,
      `It was not written, because its owner, permissions, labels or other attributes could not be kept: ${why}. The old text stands. ` +
        'Write it as its owner or as root; on Linux, this takes cp of GNU coreutils.',
    );
  if (process.platform === 'linux') {
    const old = openSync(target, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_NOFOLLOW);
    try {
      // Where there is no SELinux, cp takes being asked for its labels for a mistake.
      const kept = ['mode', 'ownership', 'xattr', ...(existsSync('/sys/fs/selinux/enforce') ? ['context'] : [])];
      const { status, error, stderr } = spawnSync(
        'cp',
        ['--attributes-only', `--preserve=${kept.join()}`, '--', '/proc/self/fd/3', '/proc/self/fd/4'],
        { stdio: ['ignore', 'ignore', 'pipe', old, handle], cwd: '/', env: { ...process.env, LC_ALL: 'C' }, encoding: 'utf8' },
      );
      if (status !== 0) throw lost(error?.message ?? stderr.split('\n')[0]?.split(': ').at(-1) ?? `cp ended with ${status ?? 'a signal'}`);
    } finally {
      closeSync(old);
    }
  } else {
    fchownSync(handle, Number(stats.uid), Number(stats.gid));
    fchmodSync(handle, Number(stats.mode & 0o7777n));
  }
  // cp of a user who is not root does not report an owner that it could not give.
  const now = fstatSync(handle, { bigint: true });
  if (now.uid !== stats.uid || now.gid !== stats.gid) throw lost(`it belongs to user ${stats.uid} and group ${stats.gid}`);
  if (now.mode !== stats.mode) throw lost(`its permissions are ${(stats.mode & 0o7777n).toString(8)}`);
}

/** After that, the new name outlives a power cut. Where a file system cannot do it, the text is in its place all the same. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, constants.O_RDONLY);
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Nothing to report: the content is written.
  }
}

const special = (file: string, stats: BigIntStats): UnwritableFile =>
  new UnwritableFile(file, `This is ${describeKind(stats)}, not a regular file, and was left alone.`);

const changed = (file: string): UnwritableFile =>
  new UnwritableFile(file, 'It has changed since it was read, and was left alone. Look at what it says now, then try again.');

/** What failed, and what to do about it. */
const remedies: Readonly<Record<string, readonly [why: string, next: string]>> = {
  ENOSPC: ['its disk is full', 'Make room there, then try again.'],
  EDQUOT: ['there is no room left for you on its disk', 'Make room there, then try again.'],
  EFBIG: ['a file may not be that large here', 'Ask whoever set the limit.'],
  EROFS: ['its file system is read-only', 'Mount it for writing, then try again.'],
  EACCES: ['you may not write here', 'Do it as somebody who may, or change the permissions of the file and of its folder.'],
  EPERM: ['the system does not let it be replaced', 'It or its folder may be immutable, which lsattr(1) shows.'],
  EBUSY: ['something is mounted at it, so nothing can take its place', 'Change it where it is mounted from.'],
  EEXIST: ['something else has its name by now', 'Look at that first.'],
  ENOTDIR: ['what should be its folder is a file', 'Move that away, then try again.'],
  ENOENT: ['it or its folder is gone', 'Make the folder, then try again.'],
};

/** What the system says, as one of ours. */
function knowingly<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof UnwritableFile) throw error;
    const { code = String(error) } = error as NodeJS.ErrnoException,
      [why, next] = remedies[code] ?? [explainCode(code), ''];
    throw new UnwritableFile(file, `It was not changed: ${why}${why.includes(code) ? '' : ` (${code})`}. ${next}`.trimEnd(), code);
  }
}
