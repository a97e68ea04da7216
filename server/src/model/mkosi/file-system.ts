import type { Document } from '../../schema';
import { skip } from '../../syntax';
import { Budget, noLimits } from './budget';
import { pattern } from './glob';

/** What mkosi reads besides configuration: whatever lies in and around a project. Nothing here throws. */
export interface FileSystem {
  /** What is at an absolute path, links followed. */
  kind(path: string): 'file' | 'folder' | undefined;
  /** Permission bits. */
  mode(path: string): number | undefined;
  /** What lies in a folder, in the order of code points. */
  names(folder: string): readonly string[];
  /** The text of a file such as `mkosi.version`. */
  text(path: string): string | undefined;
  /** A file as configuration; the same one for the same path. */
  document(path: string): Document | undefined;
  /** Why there is no text or document of a file that was asked for, although something is there. */
  unread(path: string): Unread | undefined;
  /** What may still be looked at. When it is spent, every query answers that nothing is there. */
  readonly budget: Budget;
  /** One name for all paths that lead to the same place. */
  real(path: string): string;
  /** Where a path leads, links followed; the path itself where that is not known. */
  destination(path: string): string;
  /** Home folder of a user, of one's own without a name. */
  home(user?: string): string | undefined;
  variable(name: string): string | undefined;
  readonly host: BuildHost;
}

/** A file that is not read: it is a device, FIFO or socket, larger than its kind may be, or the system says no. */
export interface Unread {
  readonly reason: 'absent' | 'special' | 'large' | 'failed';
  /** One sentence. */
  readonly message: string;
}

/** The computer that mkosi runs on, as far as conditions ask for it. */
export interface BuildHost {
  readonly distribution: string;
  readonly release: string;
  readonly architecture: string;
  readonly systemd: string;
  /** mkosi runs from a clone of its repository, so that it knows its own commits. */
  readonly clone: boolean;
}

/** What is assumed of a host that was not queried. */
export const someBuildHost: BuildHost = {
  distribution: 'debian',
  release: 'bookworm',
  architecture: 'x86-64',
  systemd: '252',
  clone: false,
};

/** A disk with one file on it, of which nothing else is known. */
export function only(document: Document, path: string): FileSystem {
  return {
    kind: (p) => (p === path ? 'file' : path.startsWith(p === '/' ? p : `${p}/`) ? 'folder' : undefined),
    mode: () => undefined,
    names: () => [],
    text: () => undefined,
    document: (p) => (p === path ? document : undefined),
    unread: () => undefined,
    budget: new Budget(noLimits),
    real: (p) => p,
    destination: (p) => p,
    home: () => undefined,
    variable: () => undefined,
    host: someBuildHost,
  };
}

export const parent = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1));
export const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A path as seen from a folder, without `.` and empty parts; `..` goes up. */
export function resolve(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Variables and `~` of a path as mkosi replaces them; undefined when there is no such user (config.py parse_path). */
export function expanded(path: string, disk: FileSystem): string | undefined {
  const text = withVariables(path, disk);
  if (!text.startsWith('~')) return text;
  const slash = text.indexOf('/'),
    user = text.slice(1, slash < 0 ? text.length : slash),
    home = disk.home(user === '' ? undefined : user);
  return home === undefined ? undefined : home + (slash < 0 ? '' : text.slice(slash));
}

/** `$NAME` and `${NAME}`; those that are not set stay. */
function withVariables(path: string, disk: FileSystem): string {
  const last = path.lastIndexOf('}');
  let result = '',
    from = 0;
  for (let at = path.indexOf('$'); at >= 0; at = path.indexOf('$', from)) {
    const braced = path.charAt(at + 1) === '{' && at < last,
      name = at + (braced ? 2 : 1);
    const end = braced ? path.indexOf('}', name) : skip(path, isWord, name),
      behind = braced ? end + 1 : end;
    result += path.slice(from, at) + ((behind > name ? disk.variable(path.slice(name, end)) : undefined) ?? path.slice(at, behind));
    from = behind;
  }
  return result + path.slice(from);
}

const isWord = (c: string): boolean => /^\w$/.test(c);

export const hasGlob = (path: string): boolean => /[*?[]/.test(path);

/** The most paths that one pattern stands for here. */
const mostPaths = 10_000;

/** The paths that a pattern stands for, as Python's glob.glob(). */
export function globbed(path: string, folder: string, disk: FileSystem): string[] {
  if (!hasGlob(path)) return disk.kind(resolve(folder, path)) === undefined ? [] : [path];
  let found = [path.startsWith('/') ? '/' : ''];
  const parts = path.split('/').filter((p) => p !== '');
  for (let i = 0; i < parts.length && found.length > 0; i++) {
    const part = parts[i] ?? '',
      below = (dir: string, name: string): string => (dir === '' || dir.endsWith('/') ? dir + name : `${dir}/${name}`);
    if (!hasGlob(part)) {
      found = found.map((dir) => below(dir, part)).filter((p) => i + 1 < parts.length || disk.kind(resolve(folder, p)) !== undefined);
      continue;
    }
    const fits = pattern(part);
    found = found
      .flatMap((dir) =>
        disk
          .names(resolve(folder, dir === '' ? '.' : dir))
          .filter((n) => (part.startsWith('.') || !n.startsWith('.')) && fits(n))
          .map((n) => below(dir, n)),
      )
      .slice(0, mostPaths);
  }
  return found;
}
