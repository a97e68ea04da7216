import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  type Action,
  type Migration,
  type Note,
  fromCommand,
  fromShell,
  isConfiguration,
  migrate as migrated,
  toCommand,
} from './convert';
import { read } from './files';
import { mostBytes } from './node/small-file';
import { readStandardInput } from './node/standard-input';
import { Document, isTrusted, mkosi, newest } from './schema';

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
  if (!json) process.stderr.write(notes.map(({ about, message }) => `${about}: ${message}\n`).join(''));
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
  const isFolder = statSync(named).isDirectory(),
    folder = isFolder ? named : path.dirname(named);
  const there = isFolder ? present(folder) : [path.basename(named)];
  const files = there
    .filter((file) => !isFolder || (isConfiguration(file) && statSync(path.join(folder, file)).isFile()))
    .map((file) => {
      const { text, undecodable } = read(path.join(folder, file));
      if (undecodable.length > 0) throw new Error(`${path.join(folder, file)} is not valid UTF-8; nothing was changed`);
      return { path: file, text };
    });
  const result = migrated(files, target, { present: there, ...(from === undefined ? {} : { from }) });
  if (values.write) write(folder, result, new Set(files.map((f) => f.path)));
  process.stdout.write(json ? `${JSON.stringify(result, null, 1)}\n` : report(result, values.write));
  if (result.losses.some((l) => l.kind === 'lost')) process.exitCode = 1;
}

/** Names of everything in a project, but not what a build left there. */
function present(folder: string, below = ''): string[] {
  return readdirSync(path.join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const at = below === '' ? entry.name : `${below}/${entry.name}`;
    const inside =
      entry.isDirectory() &&
      !/^(\.git|node_modules|mkosi\.(cache|pkgcache|output|builddir|workspace|extra|skeleton))$/.test(entry.name);
    return [at, ...(inside ? present(folder, at) : [])];
  });
}

const sayAction = ({ kind, path: file, to, message }: Action): string =>
  kind === 'rename' ? `rename ${file} to ${to ?? ''} (${message})\n` : `by hand: ${file}: ${message}\n`;

const report = ({ actions, losses, files }: Migration, done: boolean): string =>
  [
    ...actions.map(sayAction),
    ...losses.map((l) => `${l.path}:${l.line + 1}: ${l.kind}: ${l.message}\n`),
    ...files.map((f) => (done ? `wrote ${f.path}\n` : `\n==> ${f.path} <==\n${f.text}`)),
  ].join('');

/** Renames, then writes; refuses before the first change if any of it would replace a file that was not read. */
function write(folder: string, { actions, files }: Migration, known: ReadonlySet<string>): void {
  const renames = actions.flatMap(({ kind, path: from, to }) =>
    kind === 'rename' && to !== undefined ? [{ from, to }] : [],
  );
  const at = (file: string): string => path.join(folder, file);
  for (const to of [...renames.map((r) => r.to), ...files.map((f) => f.path).filter((f) => !known.has(f))]) {
    if (existsSync(at(to))) throw new Error(`${at(to)} exists and was not part of the migration; nothing was changed`);
  }
  for (const { from, to } of renames) {
    mkdirSync(path.dirname(at(to)), { recursive: true });
    renameSync(at(from), at(to));
  }
  for (const { path: file, text, mode } of files) {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text, mode === undefined ? {} : { mode });
  }
  for (const { from } of [...renames].sort((a, b) => b.from.length - a.from.length)) {
    for (
      let dir = path.dirname(from);
      dir !== '.' && existsSync(at(dir)) && readdirSync(at(dir)).length === 0;
      dir = path.dirname(dir)
    )
      rmdirSync(at(dir));
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
  if (!Number.isFinite(n) || n < oldest)
    throw new Error(`--${option} takes a release from ${oldest} on, not "${value}"`);
  return n;
}
