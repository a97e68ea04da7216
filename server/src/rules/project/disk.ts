import type { Document } from '../../schema';
import { Budget, noLimits } from './budget';

/** What mkosi reads besides configuration: whatever lies in and around a project. Nothing here throws. */
export interface Disk {
  /** What stands at an absolute path, behind links. */
  kind(path: string): 'file' | 'folder' | undefined;
  /** Permission bits. */
  mode(path: string): number | undefined;
  /** What lies in a folder, in the order of code points. */
  names(folder: string): readonly string[];
  /** The text of a file such as `mkosi.version`. */
  text(path: string): string | undefined;
  /** A file as configuration; the same one for the same path. */
  document(path: string): Document | undefined;
  /** Why there is no text or document of a file that was asked for, although something stands there. */
  unread(path: string): Unread | undefined;
  /** What may still be looked at. When it is spent, nothing stands anywhere for who asks. */
  readonly budget: Budget;
  /** One name for all paths that lead to the same place. */
  real(path: string): string;
  /** Where a path leads, links followed; the path itself where that is not known. */
  destination(path: string): string;
  /** Home folder of a user, of one's own without a name. */
  home(user?: string): string | undefined;
  variable(name: string): string | undefined;
  readonly host: Host;
}

/** A file that is not read: it is a device, FIFO or socket, larger than its kind may be, or the system says no. */
export interface Unread {
  readonly reason: 'absent' | 'special' | 'large' | 'failed';
  /** One sentence. */
  readonly message: string;
}

/** The computer that mkosi runs on, as far as conditions ask for it. */
export interface Host {
  readonly distribution: string;
  readonly release: string;
  readonly architecture: string;
  readonly systemd: string;
  /** mkosi runs from a clone of its repository, so that it knows its own commits. */
  readonly clone: boolean;
}

/** What is assumed of a host that nobody asked. */
export const someHost: Host = { distribution: 'debian', release: 'bookworm', architecture: 'x86-64', systemd: '252', clone: false };

/** A disk with one file on it, of which nothing else is known. */
export function only(document: Document, path: string): Disk {
  return {
    kind: (p) => (p === path ? 'file' : path.startsWith(p === '/' ? p : `${p}/`) ? 'folder' : undefined),
    mode: () => undefined, names: () => [], text: () => undefined,
    document: (p) => (p === path ? document : undefined),
    unread: () => undefined, budget: new Budget(noLimits), real: (p) => p, destination: (p) => p, home: () => undefined, variable: () => undefined, host: someHost,
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
export function expanded(path: string, disk: Disk): string | undefined {
  const text = path.replace(/\$(?:(\w+)|\{([^}]*)\})/g, (all, plain: string | undefined, braced: string | undefined) =>
    disk.variable(plain ?? braced ?? '') ?? all);
  const user = /^~([^/]*)/.exec(text);
  if (user === null) return text;
  const home = disk.home(user[1] === '' ? undefined : user[1]);
  return home === undefined ? undefined : home + text.slice(user[0].length);
}

/** Python's fnmatch and glob, for one part of a path. */
export function pattern(glob: string): RegExp {
  let source = '';
  for (let i = 0; i < glob.length; i++) {
    const c = glob.charAt(i);
    if (c === '*') source += '.*';
    else if (c === '?') source += '.';
    else if (c === '[' && glob.indexOf(']', i + 2) > 0) {
      const end = glob.indexOf(']', i + 2), set = glob.slice(i + 1, end).replaceAll('\\', '\\\\');
      source += `[${set.startsWith('!') ? `^${set.slice(1)}` : set.replace(/^\^/, '\\^')}]`;
      i = end;
    } else source += c.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return /(?!)/;
  }
}

export const hasGlob = (path: string): boolean => /[*?[]/.test(path);

/** The paths that a pattern stands for, as Python's glob.glob(). */
export function globbed(path: string, folder: string, disk: Disk): string[] {
  if (!hasGlob(path)) return disk.kind(resolve(folder, path)) === undefined ? [] : [path];
  const at = path.lastIndexOf('/'), name = path.slice(at + 1);
  const above = at < 0 ? [''] : at === 0 ? ['/'] : globbed(path.slice(0, at), folder, disk);
  return above.flatMap((dir) => {
    const here = resolve(folder, dir === '' ? '.' : dir), prefix = dir === '' ? '' : dir === '/' ? '/' : `${dir}/`;
    if (!hasGlob(name)) return disk.kind(resolve(here, name)) === undefined ? [] : [prefix + name];
    const form = pattern(name);
    return disk.names(here).filter((n) => form.test(n) && (name.startsWith('.') || !n.startsWith('.'))).map((n) => prefix + n);
  });
}
