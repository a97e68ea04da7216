import { type Dirent, lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  type Action,
  fromCommand,
  fromShell,
  isConfiguration,
  type Migration,
  migrate as migrated,
  type Note,
  toCommand,
} from '../convert';
import { decode, read } from '../node/files';
import { patiently } from '../node/shared/mounts';
import { entryOf, type Prepared, placeOf, prepareFile, replaceFile, stampOf, UnwritableFile } from '../node/shared/replace-file';
import { explainCode, mostBytes, readSmallFile, UnreadableFile } from '../node/shared/small-file';
import { readStandardInput } from '../node/shared/standard-input';
import { visibleLine, visibleLines } from '../node/shared/visible';
import { Document, isTrusted, mkosi, newest } from '../schema';

/** The verbs `convert` and `migrate`; errors are thrown as one line for standard error. */

export const convertUsage = `Usage: cli.js convert [--format text|json] FILE.nspawn
       cli.js convert [--format text|json] -- systemd-nspawn OPTION... [COMMAND...]
       cli.js convert [--format text|json] - < TEXT

Prints the command line that starts a machine as a .nspawn file has it, or the .nspawn file for a command line, also
one pasted with quotes, sudo and line continuations. Standard error says what differs and what belongs elsewhere.
`;
export const migrateUsage = `Usage: cli.js migrate [--mkosi N] [--from N] [--write] [--format text|json] PATH

Rewrites the mkosi configuration of a folder, or one file, for release N (default: the newest known): mkosi.default
becomes mkosi.conf, settings get their present names and sections, partitions their definitions. What cannot be carried
over stays as a comment and is listed. Nothing is changed without --write. Exit status 0: nothing was lost, 1: some.
`;

/** `--systemd N` and `--format` before the file, the dash or the command. */
export function convert(args: readonly string[]): void {
  if (args.includes('--help') && !args.includes('--')) {
    process.stdout.write(convertUsage);
    return;
  }
  const dashes = args.indexOf('--'),
    command = dashes < 0 ? undefined : args.slice(dashes + 1);
  const {
    values,
    positionals: [file, ...more],
  } = parseArgs({
    args: [...(dashes < 0 ? args : args.slice(0, dashes))],
    allowPositionals: true,
    options: { format: { type: 'string', default: 'text' }, systemd: { type: 'string' } },
  });
  if (more.length > 0 || (file === undefined) === (command === undefined))
    throw new Error('convert needs a .nspawn file, -, or -- and a command');
  const json = asked('format', values.format, ['text', 'json']) === 'json';
  const systemd = release('systemd', values.systemd, newest.systemd, 226);
  if (file !== undefined && file !== '-') {
    const { text, undecodable } = read(file);
    const document = Document.of(pathToFileURL(file).href, 'nspawn', text, { ...newest, systemd }, undecodable);
    const result = toCommand(document, path.basename(file).replace(/\.nspawn$/, ''), isTrusted(path.resolve(file)));
    print(json, result, `${result.shell}\n`, result.notes);
    return;
  }
  const [program = '', ...rest] = command ?? [];
  const result =
    command === undefined || !/(^|\/)systemd-nspawn$/.test(program)
      ? fromShell(command?.join(' ') ?? readStandardInput(mostBytes.configuration).toString(), systemd)
      : fromCommand(rest, systemd);
  if (result === undefined) throw new Error('there is no systemd-nspawn in this command');
  const { name, dropIn, notes } = result;
  const beside: Note[] = [
    ...(name === undefined ? [] : [{ about: 'file', message: `/etc/systemd/nspawn/${name}.nspawn` }]),
    ...(dropIn === undefined
      ? []
      : [{ about: `systemd-nspawn@${name ?? 'NAME'}.service.d/convert.conf`, message: `\n${dropIn.trimEnd()}` }]),
  ];
  print(json, result, result.text, [...beside, ...notes]);
}

function print(json: boolean, result: object, text: string, notes: readonly Note[]): void {
  process.stdout.write(json ? `${JSON.stringify(result, null, 1)}\n` : text);
  if (!json) process.stderr.write(notes.map(({ about, message }) => `${visibleLines(`${about}: ${message}`)}\n`).join(''));
}

export function migrate(args: readonly string[]): void {
  if (args.includes('--help')) {
    process.stdout.write(migrateUsage);
    return;
  }
  const {
    values,
    positionals: [named, ...more],
  } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'text' },
      mkosi: { type: 'string' },
      from: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  if (named === undefined || more.length > 0) throw new Error('migrate needs one folder or file');
  const json = asked('format', values.format, ['text', 'json']) === 'json';
  const target = release('mkosi', values.mkosi, newest.mkosi, mkosi.data.oldest);
  const from = values.from === undefined ? undefined : release('from', values.from, newest.mkosi, 1);
  const isFolder = asking(named, () => statSync(named)).isDirectory(),
    folder = isFolder ? named : path.dirname(named);
  const there = isFolder ? present(folder) : [path.basename(named)];
  const files = there.flatMap((file) => (!isFolder || isConfiguration(file) ? readIn(folder, file) : []));
  const result = migrated(files, target, { present: there, ...(from === undefined ? {} : { from }) });
  const change = changeOf(folder, result, files);
  if (values.write) write(change);
  process.stdout.write(json ? `${JSON.stringify(result, null, 1)}\n` : report(result, values.write));
  if (result.losses.some((l) => l.kind === 'lost')) process.exitCode = 1;
}

/** A file as it was read, and what it was then. */
interface Read {
  readonly path: string;
  readonly text: string;
  readonly was: string;
}

/** A file of a folder, unless it is a folder itself. @throws Error, also when a link leads out of the folder */
function readIn(folder: string, file: string): Read[] {
  return naming(path.join(folder, file), (full) => {
    const { path: real, stats } = placeOf(full, folder);
    if (stats?.isDirectory() === true) return [];
    const { text, undecodable } = decode(readSmallFile(real, mostBytes.configuration));
    if (undecodable.length > 0) throw new Error(`${full} is not valid UTF-8; nothing was changed`);
    return [{ path: file, text, was: stampOf(stats) }];
  });
}

/** Errors about a file come with its name. */
function naming<T>(file: string, act: (file: string) => T): T {
  try {
    return act(file);
  } catch (error) {
    if (!(error instanceof UnreadableFile || error instanceof UnwritableFile)) throw error;
    throw new Error(`${file}: ${error.message} Nothing was changed.`, { cause: error });
  }
}

/** The most entries that a project has, and how deep. A thousand public projects have at most 4,000 and 12. */
const most = { entries: 100_000, depth: 64 };

/** What a build or a package manager puts into a project. */
const built = /^(\.git|node_modules|mkosi\.(cache|pkgcache|output|builddir|workspace|extra|skeleton|tools))$/;

/** Names of everything in a project, but not what a build left there. Links are not followed. @throws Error when it has no end */
function present(folder: string): string[] {
  const found: string[] = [];
  const visit = (below: string, depth: number): void => {
    for (const entry of entriesOf(path.join(folder, below))) {
      const at = below === '' ? entry.name : `${below}/${entry.name}`;
      if (found.push(at) > most.entries || depth > most.depth)
        throw new Error(
          `${folder} has more than ${most.entries} files, or folders deeper than ${most.depth}; name the folder of a project`,
        );
      if (entry.isDirectory() && !built.test(entry.name)) visit(at, depth + 1);
    }
  };
  visit('', 1);
  return found;
}

/** Half a project is none, so what cannot be looked at ends it. */
function asking<T>(file: string, ask: () => T): T {
  try {
    return patiently(file, ask);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`${file} cannot be read: ${explainCode(code)}; nothing was changed`, { cause: error });
  }
}

const entriesOf = (folder: string): Dirent[] => asking(folder, () => readdirSync(folder, { withFileTypes: true }));

const sayAction = ({ kind, path: file, to, message }: Action): string =>
  `${visibleLine(kind === 'rename' ? `rename ${file} to ${to ?? ''} (${message})` : `by hand: ${file}: ${message}`)}\n`;

const report = ({ actions, losses, files }: Migration, done: boolean): string =>
  [
    ...actions.map(sayAction),
    ...losses.map((l) => `${visibleLine(`${l.path}:${l.line + 1}: ${l.kind}: ${l.message}`)}\n`),
    ...files.map((f) => (done ? `wrote ${visibleLine(f.path)}\n` : `\n==> ${visibleLine(f.path)} <==\n${visibleLines(f.text)}`)),
  ].join('');

/** What a migration does to a folder. Paths are real ones below it. */
interface Change {
  readonly folder: string;
  readonly texts: readonly NewText[];
  readonly renames: readonly { readonly from: string; readonly to: string }[];
}

interface NewText {
  /** As the file is called before anything is renamed. */
  readonly path: string;
  readonly text: string;
  /** What was read there; undefined: nothing stands there. */
  readonly before: Read | undefined;
  readonly mode: number | undefined;
}

/**
 * Where a migration writes.
 * @throws Error if any of it would replace a file that was not read, or leave the folder
 */
function changeOf(folder: string, { actions, files }: Migration, known: readonly Read[]): Change {
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
 * All texts lie ready beside their files before the first one takes its place, which needs no room; so all is done or nothing.
 * @throws Error; nothing has changed then
 */
function write({ folder, texts, renames }: Change): void {
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

function asked<const T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((c) => c === value);
  if (choice === undefined) throw new Error(`--${option} takes ${choices.join(' or ')}, not "${value}"`);
  return choice;
}

function release(option: string, value: string | undefined, or: number, oldest: number): number {
  if (value === undefined) return or;
  const n = Number(value);
  if (!Number.isFinite(n) || n < oldest) throw new Error(`--${option} takes a release from ${oldest} on, not "${value}"`);
  return n;
}
