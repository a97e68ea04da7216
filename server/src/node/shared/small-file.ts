/**
 * The one reader of untrusted files: configuration, values beside it, os-release, settings.
 * A path may lead to a device that never ends, to a FIFO that has no writer, or to a sparse file of 400 MB. So only
 * regular files are read, they are opened without waiting, and each kind of file has a maximum size that no ordinary one exceeds.
 * Server and client both read through here, and nothing else in the product opens a file for its text.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { patiently, patientlyLater } from './mounts';

/** The largest files that are read, in bytes. */
export const mostBytes = {
  /** `.nspawn` files and configuration of mkosi. The largest in a thousand public projects has 60 kB. */
  configuration: 4 << 20,
  /** A file whose text is one value: `mkosi.version`, `mkosi.seed`, a certificate. */
  value: 1 << 20,
  /** os-release of an image. Those of distributions have less than 1 kB. */
  osRelease: 64 << 10,
  /** What the computer itself keeps: /etc/passwd, the configuration of ssh. */
  host: 4 << 20,
} as const;

/**
 * Why a file is not read.
 * - `absent`: nothing is there, or a part of its path is not a folder.
 * - `special`: a folder, device, FIFO or socket.
 * - `large`: more bytes than its kind may have.
 * - `failed`: the system says no, such as EACCES, ELOOP, ENAMETOOLONG or ENOTCONN; `code` has its word.
 */
export type UnreadableReason = 'absent' | 'special' | 'large' | 'failed';

export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';

  /** @param message one sentence without the path, for a person */
  constructor(
    readonly file: string,
    readonly reason: UnreadableReason,
    message: string,
    readonly code?: string,
  ) {
    super(message);
  }
}

/** Opening must neither wait for the other end of a FIFO nor make a terminal ours. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

const piece = 64 << 10;

/**
 * The bytes of a small regular file, links followed. The null device is an empty file: a link to it is how systemd and
 * its users take one out of force.
 * @param most bytes, see {@link mostBytes}
 * @throws UnreadableFile
 */
export function readSmallFile(file: string, most: number): Buffer {
  try {
    // Only to open some devices does something already, so they are asked what they are before.
    const stats = patiently(file, () => statSync(file));
    if (isNull(stats)) return Buffer.alloc(0);
    admit(file, stats, most);
    const handle = openSync(file, flags);
    try {
      // Something else may be there by now.
      const size = admit(file, fstatSync(handle), most);
      const pieces: Buffer[] = [];
      for (let total = 0; ; ) {
        // A file of the kernel says that it has no bytes.
        const buffer = Buffer.allocUnsafe(Math.max(size - total + 1, piece)),
          length = readSync(handle, buffer, 0, buffer.length, null);
        if (length === 0) return joined(pieces);
        total += length;
        if (total > most) throw tooLarge(file, most);
        pieces.push(buffer.subarray(0, length));
      }
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * As {@link readSmallFile}, without blocking.
 * @param nofollow refuses a link at the end of the path
 * @throws UnreadableFile through the promise
 */
export async function readSmallFileLater(file: string, most: number, { nofollow = false } = {}): Promise<Buffer> {
  try {
    const stats = await patientlyLater(file, () => stat(file));
    if (isNull(stats)) return Buffer.alloc(0);
    admit(file, stats, most);
    const handle = await open(file, nofollow ? flags | constants.O_NOFOLLOW : flags);
    try {
      const size = admit(file, await handle.stat(), most);
      const pieces: Buffer[] = [];
      for (let total = 0; ; ) {
        const buffer = Buffer.allocUnsafe(Math.max(size - total + 1, piece)),
          { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) return joined(pieces);
        total += bytesRead;
        if (total > most) throw tooLarge(file, most);
        pieces.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}

const joined = (pieces: readonly Buffer[]): Buffer => (pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces));

/** Whether it is `/dev/null`, by its numbers 1 and 3 (Linux Documentation/admin-guide/devices.txt). */
export const isNull = (stats: Stats): boolean => stats.isCharacterDevice() && stats.rdev === 0x103;

/** @returns how many bytes it says that it has @throws UnreadableFile when it is not read */
function admit(file: string, stats: Stats, most: number): number {
  if (!stats.isFile()) throw new UnreadableFile(file, 'special', `This is ${describeKind(stats)}, not a regular file.`);
  if (stats.size > most) throw tooLarge(file, most);
  return stats.size;
}

/** What is at a path, in words: `a folder`, `a device`, `a FIFO`, `a socket`. */
export function describeKind(stats: Stats | BigIntStats): string {
  if (stats.isFile()) return 'a regular file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO';
  return stats.isSocket() ? 'a socket' : 'a device';
}

const tooLarge = (file: string, most: number): UnreadableFile =>
  new UnreadableFile(
    file,
    'large',
    `This file is larger than ${most >= 1 << 20 ? `${most >> 20} MiB` : `${most >> 10} KiB`} and is not read.`,
  );

/** What the system said, as one of ours. */
function unreadable(file: string, error: unknown): UnreadableFile {
  if (error instanceof UnreadableFile) return error;
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new UnreadableFile(file, 'absent', 'This file does not exist.', code);
  // ENXIO: a FIFO or socket that took the place of a file.
  return new UnreadableFile(file, 'failed', `This file cannot be read: ${explainCode(code)}.`, code);
}

const codes: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ELOOP: 'its links lead round in a circle',
  ENAMETOOLONG: 'its path is too long',
  ENOSPC: 'its file system is full',
  ENOTCONN: 'its file system is not connected any more',
  EIO: 'input or output error',
  EMFILE: 'too many files are open',
  ESTALE: 'its file system has gone',
  ETIMEDOUT: 'its file system does not answer',
};

/** The system's word for an error in plain words, with the word itself where there are none. */
export const explainCode = (code: string): string => (codes[code] === undefined ? code : `${codes[code]} (${code})`);
