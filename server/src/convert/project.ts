import { families, familyAt } from '../families';
import { Document, mkosiLegacy, newest, type Version } from '../schema';
import { fileMoves, legacyMove, onlyLegacy } from './migrations';

/** A file of a project: path with slashes, relative to wherever the caller counts from. */
export interface File {
  readonly path: string;
  readonly text: string;
}

/** A change of the project's files: a rename that the caller can do, or a note for the user. */
export interface Action {
  readonly kind: 'rename' | 'by-hand';
  readonly path: string;
  readonly to?: string;
  readonly message: string;
}

/** A file with what its path and its text show about it. */
export interface Source {
  readonly path: string;
  /** Folder of the project, with a slash at its end, or empty. */
  readonly root: string;
  readonly document: Document;
  /** Written for mkosi 14 or older. */
  readonly legacy: boolean;
  /** The release it was written for, where that is known. */
  readonly from: Version | undefined;
  readonly crlf: boolean;
  /** Read only for images of this distribution. */
  readonly distribution: string | undefined;
}

const distributions = new Set(mkosiLegacy.data.settings.find((s) => s.name === 'Distribution')?.value.words?.map((w) => w.word));
const formats = new Set(
  mkosiLegacy.data.settings
    .find((s) => s.name === 'Format')
    ?.value.words?.map((w) => w.word)
    .filter((w) => /_|subvolume/.test(w)),
);

/** Whether a migration has to see a file of a project, also where mkosi 14 was the last to read it. */
export const isConfiguration = (path: string): boolean => familyAt(path)?.inProject === true;

/** A path as the address of a document. */
export const uri = (path: string): string => `file:///${path.split('/').map(encodeURIComponent).join('/')}`;

/** The path before the first name that is mkosi's own, or else before the file. */
function rootOf(path: string): string {
  const names = path.split('/'),
    own = names.findIndex((name) => name.startsWith('mkosi.'));
  return names
    .slice(0, own < 0 ? -1 : own)
    .map((name) => `${name}/`)
    .join('');
}

/** Sorts out which files belong together and for which mkosi each was written. */
export function sources(files: readonly File[], from: Version | undefined): Source[] {
  const old = new Set(files.filter((f) => isLegacy(f, from)).map((f) => rootOf(f.path)));
  return files.map(({ path, text }) => {
    const root = rootOf(path),
      below = path.slice(root.length),
      crlf = text.includes('\r\n');
    // Only these share a reader with mkosi.default; other files came with mkosi 15.
    const legacy =
      (from !== undefined && from < 15) ||
      (old.has(root) && !/^mkosi\.(images|profiles|presets|local|tools|initrd)\b/.test(below)) ||
      isLegacy({ path, text }, from);
    const release = legacy ? 14 : (from ?? written(text));
    const kind = legacy ? families['mkosi-legacy'] : families.mkosi;
    const document = Document.of(uri(path), kind, text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'), {
      ...newest,
      mkosi: release ?? newest.mkosi,
    });
    const distribution = legacy ? /^mkosi\.(?:default|conf)\.d\/([^/]+)\/[^/]+$/.exec(below)?.[1] : undefined;
    return {
      path,
      root,
      document,
      legacy,
      from: release,
      crlf,
      distribution: distribution !== undefined && distributions.has(distribution) ? distribution : undefined,
    };
  });
}

/** Whether a file is one that mkosi 14 could read and mkosi 15 could not. */
function isLegacy({ path, text }: File, from: Version | undefined): boolean {
  if (/(^|\/)mkosi\.default(\.d\/|$)/.test(path)) return true;
  if (from !== undefined) return from < 15;
  if (/^\[(Match|TriggerMatch|Config|Include|Build|Runtime|Preset|UKIProfile)\]/m.test(text)) return false;
  if (/^\[(Partitions|Packages)\]/m.test(text)) return true;
  const { tree } = Document.of(uri(path), families['mkosi-legacy'], text, { ...newest, mkosi: 14 });
  return [...tree].some(
    ({ line }) => line.kind === 'assignment' && ((line.key.text === 'Format' && formats.has(line.value.text)) || onlyLegacy(line.key.text)),
  );
}

/** The release that a modern file asks for, or must have been written for. */
function written(text: string): Version | undefined {
  const minimum = Number(/^MinimumVersion=(\d+(\.\d+)?)/m.exec(text)?.[1]);
  if (minimum >= 25) return minimum;
  if (/^\[Preset\]/m.test(text)) return 23.1;
  return /^[ \t]*;|^\[Host\]/m.test(text) ? 24.3 : undefined;
}

/** Where a file is moved to, or why it has no place. */
export function destination(source: Source, all: readonly Source[], target: Version): { path: string; match?: string } | { lost: string } {
  const { path, root, legacy, distribution } = source,
    below = path.slice(root.length);
  if (!legacy) return { path: target >= 19 ? path.replace(/(^|\/)mkosi\.presets\//, '$1mkosi.images/') : path };
  if (below === 'mkosi.default') {
    return all.some((s) => s.path === `${root}mkosi.conf`)
      ? { lost: 'mkosi 14 and newer read mkosi.conf instead' }
      : { path: `${root}mkosi.conf` };
  }
  const plain = /^mkosi\.(?:default|conf)\.d\/([^/]+)$/.exec(below)?.[1];
  if (plain !== undefined) return { path: `${root}mkosi.conf.d/${withConf(plain)}` };
  if (distribution !== undefined) {
    const match = legacyMove('Distribution', distribution);
    if (match?.lost !== undefined) return { lost: match.lost };
    const here = all.filter((s) => s.root === root && s.distribution === distribution);
    const name = here.length === 1 ? `${distribution}.conf` : `${distribution}-${withConf(below.slice(below.lastIndexOf('/') + 1))}`;
    // These were read after all others, and still are.
    const later = all.some(
      (s) => s.root === root && s.legacy && s.distribution === undefined && (/\.d\/([^/]+)$/.exec(s.path)?.[1] ?? '') > name,
    );
    return { path: `${root}mkosi.conf.d/${later ? 'zz-' : ''}${name}`, match: match?.as ?? distribution };
  }
  const job = /^mkosi\.files\/mkosi\.(.+)$/.exec(below)?.[1];
  if (job !== undefined)
    return target >= 19 ? { path: `${root}mkosi.profiles/${withConf(job)}` } : { lost: 'profiles were added in mkosi 19' };
  return { path: withConf(path) };
}

const withConf = (name: string): string => (name.endsWith('.conf') ? name : `${name}.conf`);

/** What happens to the files beside the configuration. @param present paths of what there is, folders without slash */
export function fileActions(all: readonly Source[], present: ReadonlySet<string>, target: Version): Action[] {
  const actions: Action[] = [];
  for (const root of new Set(all.map((s) => s.root))) {
    const project = all.filter((s) => s.root === root),
      legacy = project.some((s) => s.legacy);
    const values = project.flatMap((s) => [...s.document.assignments()].map((a) => a.line.value.text));
    const named = new Set(values.flatMap((value) => value.split(/[\s,:]+/)).map((w) => w.replace(/^\.\/|\/$/g, '')));
    for (const { path, to, since, before, from, modern } of fileMoves) {
      if (!present.has(root + path) || (!legacy && !modern)) continue;
      if (to !== undefined && since !== undefined && target >= since) {
        if (named.has(path)) actions.push({ kind: 'by-hand', path: root + path, message: `a setting refers to it; its name is now ${to}` });
        else if (present.has(root + to))
          actions.push({ kind: 'by-hand', path: root + path, message: `${to} exists already; merge the two` });
        else actions.push({ kind: 'rename', path: root + path, to: root + to, message: `mkosi ${target} reads ${to}` });
      } else if (before !== undefined && target >= (from ?? 0)) {
        actions.push({ kind: 'by-hand', path: root + path, message: before });
      }
    }
    const secrets = ['mkosi.rootpw', 'mkosi.passphrase', 'mkosi.secure-boot.key'].filter((name) => legacy && present.has(root + name));
    for (const name of secrets) {
      actions.push({
        kind: 'by-hand',
        path: root + name,
        message: 'make it readable for its owner only (chmod 600); otherwise mkosi 15 and newer fail',
      });
    }
  }
  return actions;
}

/** The main file first, then its drop-ins, then those of a distribution: as mkosi 14 read them. */
export const order = ({ path, distribution }: Source): number => (distribution !== undefined ? 2 : /\.d\/[^/]+$/.test(path) ? 1 : 0);
