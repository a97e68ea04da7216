import type { DocumentLink } from 'vscode-languageserver-types';
import { expandedPath, type FileReading, type Project, resolve } from '../model';
import { type Assigned, type Document, pathOf, type ValueType } from '../schema';
import { skipBack, Text } from '../syntax';
import { mostWords, split } from '../values';
import { type FeatureContext, uriOf } from './context';
import { itemsOf } from './items';
import { isKnown, type Known, rangeOf, readingOf, spanOf } from './lookup';
import { isOfProject, namesIn } from './names';
import { configurationAt, homeOf } from './project-names';

/** Paths that lead to something that exists, images and profiles of a project, and manual pages that comments name. */
export function links(document: Document, world: FeatureContext): DocumentLink[] {
  const found: DocumentLink[] = [];
  for (const { line, start } of document.tree) {
    for (const comment of line.comments) {
      for (const page of manualPages(document, start + comment.start, start + comment.end)) found.push(page);
    }
  }
  const ground = groundOf(document, world),
    { project } = ground;
  let looked = 0;
  for (const assigned of document.assignments()) {
    for (const { start, end, path } of linkedPaths(document, assigned, ground)) {
      if (looked++ === mostPaths) return found;
      if (!world.exists(path)) continue;
      // A folder with configuration is opened at that.
      const target = (project && configurationAt(project, path)) ?? path;
      found.push({ range: rangeOf(document, spanOf(assigned, { start, end })), target: uriOf(target), tooltip: target });
    }
  }
  if (project === undefined) return found;
  for (const name of namesIn(document).filter((n) => isOfProject(n.kind))) {
    const home = homeOf(project, name);
    if (home !== undefined) found.push({ range: rangeOf(document, name.span), target: uriOf(home), tooltip: home });
  }
  return found;
}

interface Path {
  readonly start: number;
  readonly end: number;
  readonly path: string;
}

/** The most paths of one document that are looked for. */
const mostPaths = 10_000;

/** What paths of a document follow from; found once, for there may be many paths. */
export interface LinkContext {
  readonly project: Project | undefined;
  /** The times that the document is read. */
  readonly passages: readonly FileReading[];
  readonly folder: string;
}

export function groundOf(document: Document, world: FeatureContext): LinkContext {
  const project = world.project(document);
  return { project, passages: project?.readings(document) ?? [], folder: document.format.inProject ? folderOf(document, world) : '/' };
}

/** The paths of the host in a value, absolute; offsets in the value's text. */
export function linkedPaths(document: Document, assigned: Assigned, ground: LinkContext): Iterable<Path> {
  if (!isKnown(assigned)) return [];
  return document.format.inProject ? projectPaths(document, assigned, ground) : hostPaths(document, assigned);
}

/** Paths of the host in a value, as the grammar distinguishes them from those of the machine. */
function* hostPaths(document: Document, assigned: Known): Generator<Path> {
  const reading = readingOf(document, assigned);
  for (const part of reading?.parts ?? []) {
    if (part.role !== 'path' || !part.text.startsWith('/')) continue;
    if (part.wants === 'host-path' || part.label === 'source') yield { ...part, path: part.text };
  }
}

/** Paths of a mkosi project, with specifiers replaced; only the source of `source:target`. */
function* projectPaths(document: Document, assigned: Known, { project, passages, folder }: LinkContext): Generator<Path> {
  const {
    setting: { value },
    line,
    start: at,
  } = assigned;
  if (pathOf(document.uri) === undefined || !isPath(value, assigned.setting.name)) return;
  const passage = passages.find((p) => p.reads.has(at));
  const text = line.value.text,
    read = passage?.reads.get(at)?.text ?? text;
  const items = value.list === undefined ? [{ start: 0, end: text.length }] : itemsOf(document, assigned);
  // Specifiers do not change how many items there are, unless what they stand for has separators in it.
  const values =
    value.list === undefined
      ? [read]
      : split(Text.plain(read, 0), value.list, document.edition.version, mostWords).items.map((i) => i.text);
  for (const [i, { start, end }] of items.slice(0, mostWords).entries()) {
    const written = text.slice(start, end).split(':', 1)[0] ?? '';
    const plain = (values.length === items.length ? (values[i] ?? '') : text.slice(start, end)).split(':', 1)[0] ?? '';
    const path = project === undefined ? plain : (expandedPath(plain, project.disk) ?? '');
    if (written === '' || path === '' || /[%$~]/.test(path) || value.of?.words?.some((w) => w.word === written) === true) continue;
    yield { start, end: start + written.length, path: resolve(folder, path) };
  }
}

/** Values that are paths, or may be: credentials without an equals sign, and conditions that ask for one. */
const isPath = ({ type, of }: ValueType, name: string): boolean =>
  ['path', 'tree'].includes(of?.type ?? type) || type === 'credentials' || name === 'PathExists';

/** The folder that paths in a document of mkosi are relative to: as it is read, else by where it lies. */
export function folderOf(document: Document, world: FeatureContext): string {
  const project = world.project(document),
    path = pathOf(document.uri) ?? '/';
  const [passage] = project?.readings(document) ?? [];
  return passage?.folder ?? project?.supposed(document, path).folder ?? projectFolder(path);
}

/** Where relative paths of a mkosi file start: beside it, or beside the folder of drop-ins that it lies in. */
const projectFolder = (path: string): string => path.replace(/\/[^/]*$/, '').replace(/\/mkosi\.(conf|default)\.d(\/.*)?$/, '') || '/';

/** `name(8)` in a comment; as long a name has no page. */
function* manualPages(document: Document, start: number, end: number): Generator<DocumentLink> {
  const text = document.text.getText().slice(start, end),
    longest = 80;
  for (let open = text.indexOf('('); open >= 0; open = text.indexOf('(', open + 1)) {
    const chapter = text.charAt(open + 1);
    if (chapter < '1' || chapter > '8' || text.charAt(open + 2) !== ')') continue;
    const before = skipBack(text, (c) => /[\w.@-]/.test(c), open, Math.max(0, open - longest));
    const name = /\b[a-z].*$/i.exec(text.slice(before, open))?.[0];
    if (name === undefined || open - before === longest) continue;
    yield {
      range: rangeOf(document, { start: start + open - name.length, end: start + open + 3 }),
      tooltip: `Manual page ${name}(${chapter})`,
      target: /^(systemd|machinectl|importctl|journalctl|networkctl|nspawn|os-release|machine-)/.test(name)
        ? `https://www.freedesktop.org/software/systemd/man/latest/${encodeURIComponent(name)}.html`
        : `https://man7.org/linux/man-pages/man${chapter}/${encodeURIComponent(name)}.${chapter}.html`,
    };
  }
}
