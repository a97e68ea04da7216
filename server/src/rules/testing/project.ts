import { families, familyInProject } from '../../families';
import { Budget, type FileSystem, noLimits, Project, someBuildHost } from '../../model';
import { Document, newest, type Target } from '../../schema';
import type { LintInput } from '../rule';

/** A disk in memory: paths and what is in them; a path that ends in a slash is an empty folder. */
export function diskOf(files: Readonly<Record<string, string>>, target: Target, modes: Readonly<Record<string, number>> = {}): FileSystem {
  const paths = Object.keys(files),
    documents = new Map<string, Document>();
  const isFolder = (path: string): boolean => paths.some((p) => p.startsWith(path === '/' ? path : `${path}/`));
  return {
    kind: (path) => (files[path] !== undefined ? 'file' : isFolder(path) ? 'folder' : undefined),
    mode: (path) => modes[path] ?? (files[path] === undefined ? undefined : 0o644),
    names: (folder) =>
      [...new Set(paths.filter((p) => p.startsWith(`${folder}/`)).map((p) => p.slice(folder.length + 1).split('/')[0] ?? ''))]
        .filter((name) => name !== '')
        .sort(),
    text: (path) => files[path],
    document(path) {
      const text = files[path];
      if (text === undefined) return undefined;
      let document = documents.get(path);
      if (document === undefined) {
        documents.set(path, (document = Document.of(`file://${path}`, familyInProject(path), text, target)));
      }
      return document;
    },
    unread: () => undefined,
    budget: new Budget(noLimits),
    real: (path) => path,
    destination: (path) => path,
    home: () => '/home/me',
    variable: () => undefined,
    host: someBuildHost,
  };
}

/** The files of a project below /work, each as a case. */
export function projectOf(
  files: Readonly<Record<string, string>>,
  mkosi = newest.mkosi,
  modes: Readonly<Record<string, number>> = {},
): { project: Project; caseOf: (path: string) => LintInput } {
  const target = { ...newest, mkosi },
    below = (path: string): string => `/work/${path}`;
  const all = Object.fromEntries(Object.entries(files).map(([path, text]) => [below(path), text]));
  const disk = diskOf(all, target, Object.fromEntries(Object.entries(modes).map(([path, mode]) => [below(path), mode])));
  const project = new Project('/work', disk, families.mkosi.at(target.mkosi));
  return {
    project,
    caseOf(path) {
      const document = disk.document(below(path));
      if (document === undefined) throw new Error(`There is no ${path}`);
      return { document, launch: 'unit', trusted: true, project };
    },
  };
}
