import { lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Migration } from '../convert';
import { naming, type ReadFile } from '../node/migration-input';
import { entryOf, type Prepared, placeOf, prepareFile, replaceFile, stampOf } from '../node/shared/replace-file';
import { explainCode } from '../node/shared/small-file';
import { visibleLine } from '../node/shared/visible';

/** What a migration does to a folder. Paths are real ones below it. */
export interface Change {
  readonly folder: string;
  readonly texts: readonly NewText[];
  readonly renames: readonly { readonly from: string; readonly to: string }[];
}

interface NewText {
  /** As the file is called before anything is renamed. */
  readonly path: string;
  readonly text: string;
  /** What was read there; undefined: nothing is there. */
  readonly before: ReadFile | undefined;
  readonly mode: number | undefined;
}

/**
 * Where a migration writes.
 * @throws Error if any of it would replace a file that was not read, or leave the folder
 */
export function changeOf(folder: string, { actions, files }: Migration, known: readonly ReadFile[]): Change {
  const moves = actions.flatMap(({ kind, path: from, to }) => (kind === 'rename' && to !== undefined ? [{ from, to }] : []));
  const at = (file: string): string => path.join(folder, file);
  const entry = (file: string): string => naming(at(file), (full) => entryOf(full, folder));
  const demandNothing = (file: string): void => {
    if (naming(at(file), (full) => placeOf(full, folder)).stats !== undefined)
      throw new Error(`${at(file)} exists and was not part of the migration; nothing was changed`);
  };
  const renames = moves.map(({ from, to }) => {
    demandNothing(to);
    const old = entry(from);
    if (path.dirname(from) !== path.dirname(to) && lstatSync(old).isSymbolicLink())
      throw new Error(`${at(from)} is a link, which could not be moved to ${to}; put the file itself there. Nothing was changed`);
    return { from: old, to: entry(to) };
  });
  const texts = new Map<string, NewText>();
  for (const { path: file, text, mode } of files) {
    const move = moves.find(({ to }) => file === to || file.startsWith(`${to}/`));
    const old = move === undefined ? file : move.from + file.slice(move.to.length);
    const before = known.find((each) => each.path === old);
    if (before === undefined) demandNothing(old);
    const { path: real } = naming(at(old), (full) => placeOf(full, folder)),
      same = texts.get(real);
    if (same !== undefined && same.text !== text)
      throw new Error(`${at(old)} is a link to a file that would have to become two; put a file of its own there. Nothing was changed`);
    texts.set(real, { path: real, text, before, mode });
  }
  return { folder, texts: [...texts.values()], renames };
}

/**
 * All new texts are written beside their files before the first rename, which needs no disk space; so all are replaced or none.
 * @throws Error; nothing has changed then
 */
export function write({ folder, texts, renames }: Change): void {
  const made: string[] = [],
    ready: Prepared[] = [],
    undo: (() => void)[] = [];
  try {
    for (const file of [...texts.map((each) => each.path), ...renames.map((each) => each.to)]) makeFolder(path.dirname(file), made);
    for (const { path: file, text, before, mode } of texts) {
      const how = { within: folder, was: before?.was ?? stampOf(undefined), ...(mode === undefined ? {} : { mode }) };
      ready.push(naming(file, () => prepareFile(file, text, how)));
    }
    texts.forEach(({ path: file, before }, i) => {
      naming(file, () => ready[i]?.commit());
      undo.push(() => (before === undefined ? rmSync(file) : replaceFile(file, before.text)));
    });
    for (const { from, to } of renames) {
      rename(from, to);
      undo.push(() => renameSync(to, from));
    }
  } catch (error) {
    for (const { discard } of ready) discard();
    for (const back of undo.reverse()) back();
    for (const empty of made.reverse()) rmdirSync(empty);
    throw error;
  }
  texts.forEach(({ path: file }, i) => {
    if (ready[i]?.note !== undefined) process.stderr.write(`${visibleLine(file)}: ${ready[i].note}\n`);
  });
  for (const { from } of [...renames].sort((a, b) => b.from.length - a.from.length)) removeEmpty(path.dirname(from), folder);
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`${from} could not be renamed to ${to}: ${explainCode(code)}; nothing was changed`, { cause: error });
  }
}

/** @param made gets the folders that were not there, the outermost first */
function makeFolder(folder: string, made: string[]): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  makeFolder(path.dirname(folder), made);
  mkdirSync(folder);
  made.push(folder);
}

/** Removes folders that are empty, up to one that stays. Their paths are real ones. */
function removeEmpty(folder: string, top: string): void {
  const end = realpathSync.native(top);
  for (let dir = folder; dir !== end && lstatSync(dir, { throwIfNoEntry: false }) !== undefined; dir = path.dirname(dir)) {
    if (readdirSync(dir).length > 0) return;
    rmdirSync(dir);
  }
}
