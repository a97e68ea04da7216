import type { Project } from '../model';
import { type Document, pathOf } from '../schema';
import { inDocument } from '../syntax';
import type { Name, NameKind } from './names';

/** What the names of a kind stand for in a project: the path of each, a folder or a file. */
export const pathsOf = (project: Project, kind: NameKind): ReadonlyMap<string, string> =>
  kind === 'image' ? project.images : project.profiles;

/** The file of configuration that a path in a project leads to: the file itself, or that of a folder. */
export function configurationAt(project: Project, path: string): string | undefined {
  const inside = `${path}/mkosi.conf`,
    { disk } = project;
  return disk.kind(path) === 'file' ? path : disk.kind(inside) === 'file' ? inside : undefined;
}

/** Where an image or profile is described. */
export function homeOf(project: Project, { kind, name }: Pick<Name, 'kind' | 'name'>): string | undefined {
  const path = pathsOf(project, kind).get(name);
  return path === undefined ? undefined : (configurationAt(project, path) ?? path);
}

/** In the file that describes an image or a profile, that one; the line stands for it, unless something is set there. */
export function ownName(document: Document, offset: number, project: Project | undefined): Name | undefined {
  const path = pathOf(document.uri),
    placed = document.tree.at(document.tree.indexAt(offset));
  if (project === undefined || path === undefined || placed === undefined || placed.line.kind === 'assignment') return undefined;
  const { line, start } = placed,
    span = inDocument(start, line.kind === 'header' ? line.whole.span() : { start: 0, end: 0 });
  for (const kind of ['image', 'profile'] as const) {
    for (const name of pathsOf(project, kind).keys()) if (homeOf(project, { kind, name }) === path) return { kind, name, span };
  }
  return undefined;
}
