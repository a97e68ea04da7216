import { families } from '../../families';
import { isTrusted } from '../../model';
import type { HostFiles } from '../../model/host-files';
import { Document, newest } from '../../schema';
import type { LintInput } from '../rule';

/**
 * Files that a host has; a folder ends in a slash. What the path of one says of folders is there as well.
 * @param paths absolute
 * @param texts of some of them
 */
export function filesOf(paths: readonly string[], texts: ReadonlyMap<string, string> = new Map()): HostFiles {
  return {
    text: (path) => texts.get(path),
    exists: (path) => paths.some((p) => p === path || p === `${path}/` || p.startsWith(`${path}/`)),
    entries: (folder) => {
      const below = paths.filter((p) => p.startsWith(`${folder}/`)).map((p) => p.slice(folder.length + 1));
      return below.filter((b) => b !== '').map((b) => ({ name: b.split('/')[0] ?? '', folder: b.includes('/') }));
    },
  };
}

/**
 * A `.nspawn` text as its first line says that it is to be checked, which is a comment such as
 * `# checked by systemd 247, launch command, untrusted, at /etc/systemd/nspawn/x.nspawn, beside /run/y.nspawn, beside /etc/z saying 1`.
 * Default: the newest release, the template unit, trusted, and no host around it.
 */
export function lintInputOf(text: string): LintInput {
  const how = /^# checked (.*)/.exec(text)?.[1] ?? '';
  const systemd = Number(/by systemd (\d+)/.exec(how)?.[1] ?? newest.systemd);
  const path = /\bat (\/[^\s,]+)/.exec(how)?.[1];
  const beside = [...how.matchAll(/\bbeside (\/[^\s,]+)(?: saying ([^\s,]+))?/g)].map(([, file = '', text]) => [file, text] as const);
  const texts = new Map(beside.flatMap(([file, text]) => (text === undefined ? [] : [[file, text] as const])));
  return {
    document: Document.of(`file://${path ?? '/etc/systemd/nspawn/x.nspawn'}`, families.nspawn, text, { ...newest, systemd }),
    launch: how.includes('launch command') ? 'command' : 'unit',
    trusted: !how.includes('untrusted') && isTrusted(path ?? ''),
    onHost: path === undefined ? undefined : { path, files: filesOf([path, ...beside.map(([file]) => file)], texts) },
  };
}
