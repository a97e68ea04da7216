import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Family, families, familyAt, familyOfText } from '../families';
import { inner } from '../model';
import type { ExitReport } from './exit-report';
import { patiently } from './shared/mounts';
import { explainCode, isNull, mostBytes, readSmallFile, UnreadableFile } from './shared/small-file';
import { readStandardInput } from './shared/standard-input';

/** A file to check. */
export interface Found {
  /** As the user named it, or below the folder that the user named. */
  readonly path: string;
  readonly family: Family;
  /** The user named it, and not a folder above it. */
  readonly named: boolean;
}

/** How far a folder is searched. */
export interface SearchLimits {
  readonly entries: number;
  readonly depth: number;
}

const searchLimits: SearchLimits = { entries: 1_000_000, depth: 64 };

/** What lies below a folder. */
export interface Search {
  /** Those of ours, sorted. Those that are not regular files are among them. */
  readonly files: readonly Found[];
  /** Folders whose files are configuration, although there may be none that can be read. */
  readonly folders: readonly string[];
}

/**
 * The files that a path stands for: the file itself, or every file of ours below a folder. A file that was named counts
 * even when its name says nothing, if its sections are those of one kind of file. What cannot be looked at, or is of no
 * kind of ours, is reported, and the rest is looked at.
 */
export const filesAt = (named: string, report: ExitReport): readonly Found[] => searchAt(named, report).files;

/** The same, with folders of configuration. */
export function searchAt(named: string, report: ExitReport, limits = searchLimits): Search {
  try {
    if (patiently(named, () => statSync(named)).isDirectory()) return new FolderSearch(report, limits).below(named);
    const family = familyOfText(slashes(path.resolve(named)), () => read(named).text);
    if (family !== undefined) return { files: [{ path: named, family, named: true }], folders: [] };
    report.fail(named, unclaimed);
    return { files: [], folders: [] };
  } catch (error) {
    report.fail(named, reasonOf(error));
    return { files: [], folders: [] };
  }
}

/** Looks through a folder and those below it. Links to folders are not followed. */
class FolderSearch {
  private readonly files: Found[] = [];
  private readonly folders: string[] = [];
  private left: number;

  constructor(
    private readonly report: ExitReport,
    private readonly limits: SearchLimits,
  ) {
    this.left = limits.entries;
  }

  below(named: string): Search {
    this.visit(named, slashes(path.resolve(named)), 0);
    if (this.left < 0)
      this.report.note(
        named,
        `More than ${this.limits.entries.toLocaleString('en')} files and folders lie here; the rest is not looked at`,
      );
    return { files: this.files, folders: this.folders };
  }

  private visit(folder: string, absolute: string, depth: number): void {
    if (depth > this.limits.depth) {
      this.report.note(folder, `More than ${this.limits.depth} folders lie in one another here; what is below is not looked at`);
      return;
    }
    const before = path.join(folder, '-').slice(0, -1);
    for (const entry of this.entries(folder)) {
      if (this.left-- <= 0) return;
      const below = before + entry.name,
        full = `${absolute}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name === '.git' || entry.name === 'node_modules') continue;
        if (inner.test(entry.name)) this.folders.push(below);
        this.visit(below, full, depth + 1);
      } else {
        const family = familyAt(full);
        if (family !== undefined && (entry.isFile() || isSpecial(below))) this.files.push({ path: below, family, named: false });
      }
    }
  }

  private entries(folder: string): Dirent[] {
    try {
      const entries = patiently(folder, () => readdirSync(folder, { withFileTypes: true }));
      return (entries.some(({ name }) => name.includes(replacement)) ? this.readable(folder) : entries).sort((a, b) =>
        a.name < b.name ? -1 : 1,
      );
    } catch (error) {
      this.report.fail(folder, reasonOf(error));
      return [];
    }
  }

  /** The entries whose names are text; of the others those that we would have looked at are reported. */
  private readable(folder: string): Dirent[] {
    const text = new Set<string>();
    for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const name = entry.name.toString();
      if (entry.name.equals(Buffer.from(name))) text.add(name);
      else if (entry.isDirectory() || familyAt(`${slashes(path.resolve(folder))}/${name}`) !== undefined) {
        this.report.fail(path.join(folder, spelled(entry.name)), 'The name is not valid UTF-8, so this is not looked at');
      }
    }
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => text.has(entry.name));
  }
}

/** Bytes as text, with those that are none spelled as `\xNN`. */
const spelled = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g, (sign) =>
      sign.length === 1 ? `\\x${sign.charCodeAt(0).toString(16)}` : Buffer.from(sign, 'latin1').toString(),
    );

/** Whether a path leads to a device, FIFO or socket, but not to the null device, which stands for an empty file. */
function isSpecial(file: string): boolean {
  let stats: Stats | undefined;
  try {
    stats = patiently(file, () => statSync(file, { throwIfNoEntry: false }));
  } catch {
    return false;
  }
  return stats !== undefined && !stats.isFile() && !stats.isDirectory() && !isNull(stats);
}

/** Why something cannot be looked at, in a sentence. */
function reasonOf(error: unknown): unknown {
  if (error instanceof UnreadableFile || !(error instanceof Error) || !('code' in error)) return error;
  return error.code === 'ENOENT' ? 'There is nothing of this name' : `This cannot be read: ${explainCode(String(error.code))}`;
}

/**
 * Standard input, taken for a file of a name.
 * @throws when it cannot be read, and UnreadableFile when it is none of ours
 */
export function standardInput(named: string | undefined): Found & Decoded {
  const decoded = decode(readStandardInput(mostBytes.configuration));
  const family = familyOfText(named === undefined ? undefined : slashes(path.resolve(named)), () => decoded.text);
  if (family === undefined && named !== undefined) throw new UnreadableFile(named, 'failed', unclaimed);
  // A text without a name that says nothing, such as none at all.
  return { ...decoded, path: named ?? '-', named: true, family: family ?? families.nspawn };
}

/** The message for a file that no family claims. */
const unclaimed =
  'This is not a .nspawn or mkosi file, by its name and its sections; to check its text as one, use --stdin-filename NAME.nspawn (or mkosi.conf) and - for standard input';

/** Signs of a path that are written in a URI unescaped. */
const plain = /^(?!.*\/\.\.?(?:\/|$))\/[\w./~@+=,-]*$/;

/** The URI of a file. */
export const fileUri = (file: string): string => (plain.test(file) ? `file://${file}` : pathToFileURL(file).href);

/** A text, and the offsets of the replacement characters in it that stand for bytes that are not UTF-8. */
export interface Decoded {
  readonly text: string;
  readonly undecodable: readonly number[];
}

/** A file of configuration. @throws UnreadableFile */
export const read = (file: string): Decoded => decode(readSmallFile(file, mostBytes.configuration));

/** Bytes as text; a byte order mark stays where it is. */
export function decode(bytes: Buffer): Decoded {
  let text = bytes.toString('utf8');
  if (!text.includes(replacement)) return { text, undecodable: [] };
  // Between the replacement characters that the file itself has, every one is ours.
  const own = Buffer.from(replacement),
    undecodable: number[] = [];
  text = '';
  for (let at = 0; at <= bytes.length; ) {
    const found = bytes.indexOf(own, at),
      end = found < 0 ? bytes.length : found;
    const piece = bytes.toString('utf8', at, end);
    for (let i = piece.indexOf(replacement); i >= 0; i = piece.indexOf(replacement, i + 1)) undecodable.push(text.length + i);
    text += found < 0 ? piece : piece + replacement;
    at = end + (found < 0 ? 1 : own.length);
  }
  return { text, undecodable };
}

const replacement = '\ufffd';

const slashes = (p: string): string => p.split(path.sep).join('/');
