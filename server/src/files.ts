import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Kind, kindOf } from './schema';

/** A file to check. */
export interface Found {
  /** As the user named it, or below the folder that the user named. */
  readonly path: string;
  readonly kind: Kind;
}

/**
 * The files that a path stands for: the file itself, or every file of ours below a folder, sorted. A file that was
 * named counts even when its name says nothing: its kind is guessed from what it says.
 * @throws when the path cannot be read
 */
export function filesAt(named: string): Found[] {
  if (!statSync(named).isDirectory()) return [{ path: named, kind: kindOf(slashes(path.resolve(named))) ?? guess(read(named).text) }];
  const found: Found[] = [];
  const visit = (folder: string, absolute: string): void => {
    const before = path.join(folder, '-').slice(0, -1);
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const below = before + entry.name, full = `${absolute}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== '.git' && entry.name !== 'node_modules') visit(below, full);
      } else if (entry.isFile()) {
        const kind = kindOf(full);
        if (kind !== undefined) found.push({ path: below, kind });
      }
    }
  };
  visit(named, slashes(path.resolve(named)));
  return found;
}

/**
 * Standard input, taken for a file of a name.
 * @throws when it cannot be read
 */
export function standardInput(named: string | undefined): Found & Decoded {
  const decoded = decode(readFileSync(0));
  return { ...decoded, path: named ?? '-', kind: (named === undefined ? undefined : kindOf(slashes(path.resolve(named)))) ?? guess(decoded.text) };
}

/** Signs of a path that stand in a URI as they are. */
const plain = /^(?!.*\/\.\.?(?:\/|$))\/[\w./~@+=,-]*$/;

/** The URI of a file. */
export const fileUri = (file: string): string => plain.test(file) ? `file://${file}` : pathToFileURL(file).href;

/** A text, and the offsets of the replacement characters in it that stand for bytes that are no UTF-8. */
export interface Decoded {
  readonly text: string;
  readonly undecodable: readonly number[];
}

/** @throws when the file cannot be read */
export function read(file: string): Decoded {
  const text = readFileSync(file, 'utf8');
  // Only the bytes say which of these signs stand for something else.
  return text.includes(replacement) ? decode(readFileSync(file)) : { text, undecodable: [] };
}

/** Bytes as text; a byte order mark stays where it is. */
export function decode(bytes: Buffer): Decoded {
  let text = bytes.toString('utf8');
  if (!text.includes(replacement)) return { text, undecodable: [] };
  // Between the replacement characters that the file itself has, every one is ours.
  const own = Buffer.from(replacement), undecodable: number[] = [];
  text = '';
  for (let at = 0; at <= bytes.length;) {
    const found = bytes.indexOf(own, at), end = found < 0 ? bytes.length : found;
    const piece = bytes.toString('utf8', at, end);
    for (let i = piece.indexOf(replacement); i >= 0; i = piece.indexOf(replacement, i + 1)) undecodable.push(text.length + i);
    text += found < 0 ? piece : piece + replacement;
    at = end + (found < 0 ? 1 : own.length);
  }
  return { text, undecodable };
}

const replacement = '\ufffd';

const slashes = (p: string): string => p.split(path.sep).join('/');

const guess = (text: string): Kind =>
  /^\[(Distribution|Output|Content|Validation|Build|Runtime|Config|Include|Match)\]/m.test(text) ? 'mkosi' : 'nspawn';
