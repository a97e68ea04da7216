import type { Location, Position, Range, RenameFile, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import type { Document } from '../schema';
import { grammarOf } from '../values';
import { bridgesOf } from './bridges';
import { type FeatureContext, machineName, uriOf } from './context';
import { groundOf, linkedPaths } from './links';
import { rangeOf, spanOf, within } from './lookup';
import { isOfProject, type Name, nameAt, namesIn, type Use } from './names';
import { configurationAt, homeOf, ownName, pathsOf } from './project-names';

/**
 * Every file that counts for a name: those of the project for its images and profiles, else those of the world; and the one
 * that is asked about, which may belong to no folder.
 */
function* everywhere(document: Document, name: Name, world: FeatureContext): Generator<Document> {
  yield document;
  const others = isOfProject(name.kind) ? (world.project(document)?.files ?? []) : world.documents();
  for (const other of others) if (other.uri !== document.uri) yield other;
}

function* uses(document: Document, name: Name, world: FeatureContext): Generator<Location> {
  for (const other of everywhere(document, name, world)) {
    for (const { kind, name: same, span } of namesIn(other)) {
      if (kind === name.kind && same === name.name) yield { uri: other.uri, range: rangeOf(other, span) };
    }
  }
}

/** The shared name at a position: one that is used there, else that of the image or profile which the file describes. */
function meant(document: Document, position: Position, world: FeatureContext): Use | Name | undefined {
  const offset = document.text.offsetAt(position);
  return nameAt(document, offset) ?? ownName(document, offset, world.project(document));
}

/** All uses of the shared name at a position, in all files. */
export function references(document: Document, position: Position, world: FeatureContext): Location[] {
  const name = meant(document, position, world);
  return name === undefined ? [] : [...uses(document, name, world)];
}

const top: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/**
 * Where the thing at a position comes from: the configuration of an image or a profile, the file that a path leads to. A bridge
 * is made by a file of systemd-networkd, if by any. Zones and ports are declared nowhere: the first file by machine name that uses one stands for all; the editor shows the
 * references when that is the place itself.
 */
export function definition(document: Document, position: Position, world: FeatureContext): Location | undefined {
  const offset = document.text.offsetAt(position),
    name = meant(document, position, world),
    project = world.project(document);
  if (name !== undefined && isOfProject(name.kind)) {
    const home = project && homeOf(project, name);
    return home === undefined ? undefined : { uri: uriOf(home), range: top };
  }
  if (name !== undefined) {
    const made = name.kind === 'bridge' ? bridgesOf(world).find((b) => b.name === name.name) : undefined;
    return made?.location ?? firstOf(references(document, position, world));
  }
  const assigned = document.assignedAt(document.tree.indexAt(offset));
  if (assigned === undefined) return undefined;
  const path = [...linkedPaths(document, assigned, groundOf(document, world))].find((p) => within(spanOf(assigned, p), offset))?.path;
  if (path === undefined || !world.exists(path)) return undefined;
  const file = project === undefined ? path : configurationAt(project, path);
  return file === undefined ? undefined : { uri: uriOf(file), range: top };
}

/** The first of some places by machine name; those of one file come in their order. */
function firstOf(places: readonly Location[]): Location | undefined {
  const byFile = new Map<string, Location>();
  for (const place of places) if (!byFile.has(place.uri)) byFile.set(place.uri, place);
  return [...byFile.values()].sort((a, b) => machineName(a.uri).localeCompare(machineName(b.uri)))[0];
}

/** The text that a rename at a position would replace, or the place that stands for a name which is written elsewhere. */
export function prepareRename(
  document: Document,
  position: Position,
  world: FeatureContext,
): Range | { range: Range; placeholder: string } | undefined {
  const name = meant(document, position, world);
  if (name === undefined) return undefined;
  const range = rangeOf(document, name.span);
  return 'assigned' in name ? range : { range, placeholder: name.name };
}

/**
 * Renames a zone, bridge or port in all files; an image or profile in all files of its project, and its folder or file with it.
 * @returns the edit, or in words why the new name is invalid
 */
export function rename(document: Document, position: Position, newName: string, world: FeatureContext): WorkspaceEdit | string {
  const name = meant(document, position, world);
  if (name === undefined) return 'Only names of zones, bridges, ports of the host, images and profiles can be renamed here';
  const wrong = faultOf(document, name, newName);
  if (wrong !== undefined) return wrong;
  const changes: Record<string, { range: Range; newText: string }[]> = {};
  for (const { uri, range } of uses(document, name, world)) (changes[uri] ??= []).push({ range, newText: newName });
  const project = world.project(document);
  if (!isOfProject(name.kind) || project === undefined) return { changes };
  const paths = pathsOf(project, name.kind),
    path = paths.get(name.name);
  if (paths.has(newName)) return `There is already ${name.kind === 'image' ? 'an image' : 'a profile'} ${newName} in this project`;
  const edits = Object.entries(changes).map(([uri, texts]): TextDocumentEdit => ({ textDocument: { uri, version: null }, edits: texts }));
  return { documentChanges: [...edits, ...(path === undefined ? [] : [moved(path, newName)])] };
}

/** A folder or file under its new name; the ending stays. */
function moved(path: string, newName: string): RenameFile {
  const to = `${path.slice(0, path.lastIndexOf('/') + 1)}${newName}${path.endsWith('.conf') ? '.conf' : ''}`;
  return { kind: 'rename', oldUri: uriOf(path), newUri: uriOf(to), options: { overwrite: false } };
}

/** Why the value with the new name in it would not be taken. */
function faultOf(document: Document, name: Use | Name, newName: string): string | undefined {
  const { edition } = document,
    { kind } = name;
  if (newName === '' || /\s/.test(newName)) return 'A name has no blanks';
  if (isOfProject(kind) && /[/,#"'%]|^\.|^[!|]/.test(newName))
    return 'A name of an image or profile has none of / , # % and no quotes, and does not begin with . ! or |';
  if (!('assigned' in name)) return undefined;
  const {
    part,
    assigned: {
      setting,
      line: {
        value: { text },
      },
    },
  } = name;
  const after = text.slice(0, part.start) + newName + text.slice(part.end);
  return grammarOf(setting.value)
    ?.check(after, { value: setting.value, edition })
    .find((p) => p.effect !== 'advice')?.message;
}
