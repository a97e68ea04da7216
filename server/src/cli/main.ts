import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { DiagnosticSeverity, type Range } from 'vscode-languageserver-types';
import { executableTitle, formatting, moveTitle, type Shown, shown } from '../features';
import { serve } from '../lsp/server';
import { projectLimits } from '../model';
import { ExitReport } from '../node/exit-report';
import { type Decoded, decode, type Found, filesAt, fileUri, read, searchAt, standardInput } from '../node/files';
import { host } from '../node/host';
import { type Member, Projects } from '../node/projects';
import { patiently } from '../node/shared/mounts';
import { replaceFile, stampOf } from '../node/shared/replace-file';
import { explainCode, mostBytes, readSmallFile, UnreadableFile } from '../node/shared/small-file';
import { visibleLine } from '../node/shared/visible';
import type { Finding } from '../rules';
import { Document, isTrusted, type Kind, newest, type Target } from '../schema';
import { convert, convertUsage, migrate, migrateUsage } from './convert';
import { sarif } from './sarif';

const usage = `Usage: cli.js check [--systemd N] [--mkosi N] [--format text|json|sarif] [--trust auto|trusted|untrusted]
              [--launch unit|command] PATH... | [--stdin-filename NAME] -
       cli.js format [--check] PATH... | [--stdin-filename NAME] -
       cli.js convert ..., cli.js migrate ... (see below)
       cli.js --stdio

check    says what systemd-nspawn and mkosi will make of .nspawn and mkosi files; a folder stands for all of
         them below it. Exit status 0: nothing to warn of, 1: something, 2: wrong use or unreadable input.
format   puts files into their canonical form: comments, order and meaning stay. --check only names those that are
         not in it; then the exit status is 1. A - reads standard input and writes the form to standard output.
-        stands for standard input, as if it were the file NAME: that says which kind of file it is.
--stdio  a language server for any editor.

${convertUsage}
${migrateUsage}`;

/** One line on standard error, exit status 2. */
class Misuse extends Error {}

/** What one run has to say on standard error. */
const troubles = new ExitReport();

/** What is printed of a file; its text is let go at once. */
interface Judged {
  readonly path: string;
  readonly kind: Kind;
  readonly diagnostics: readonly ReturnType<typeof printed>[];
}

function main(args: readonly string[]): void {
  // Beside an editor, and on a disk that somebody else has filled, V8 is to clear up before it takes more memory.
  setFlagsFromString('--optimize-for-size');
  if (args.includes('--stdio') || args.includes('--node-ipc')) {
    serve();
    return;
  }
  const [verb, ...rest] = args;
  const own = verb === 'convert' || verb === 'migrate'; // their --help may be part of a command
  if (verb === undefined || (args.includes('--help') && !own)) {
    process.stdout.write(usage);
    return;
  }
  switch (verb) {
    case 'convert':
      convert(rest);
      break;
    case 'migrate':
      migrate(rest);
      break;
    case 'check':
      check(rest);
      break;
    case 'format':
      format(rest);
      break;
    default:
      throw new Misuse(`unknown verb "${verb}"; --help shows what there is`);
  }
}

function check(args: readonly string[]): void {
  const { values, positionals } = options(args);
  if (positionals.length === 0) throw new Misuse('check needs a file or folder');
  const format = oneOf('format', values.format, ['text', 'json', 'sarif'] as const);
  const trust = oneOf('trust', values.trust, ['auto', 'trusted', 'untrusted'] as const);
  const launch = oneOf('launch', values.launch, ['unit', 'command'] as const);
  const target: Target = {
    systemd: version('systemd', values.systemd, newest.systemd),
    mkosi: version('mkosi', values.mkosi, newest.mkosi),
  };
  const output = { json, text, sarif: scan }[format];
  const finish = (judged: readonly Judged[]): void => {
    process.stdout.write(output(judged));
    process.exitCode = judged.some((j) => j.diagnostics.some((f) => f.verdict !== 'advice')) ? 1 : 0;
  };
  const failing =
    (file: string) =>
    (rule: string, error: unknown): void => {
      troubles.fail(file, `The rule ${rule} failed: ${String(error)}`);
    };
  const judgedAlone = ({ path: file, kind }: Found, { text: content, undecodable }: Decoded): Judged => {
    const absolute = path.resolve(file),
      document = Document.of(fileUri(absolute), kind, content, target, undecodable);
    const trusted = trust === 'auto' ? isTrusted(absolute) : trust === 'trusted';
    const onHost = kind === 'nspawn' ? { path: absolute, files: host } : undefined;
    return {
      path: file,
      kind,
      diagnostics: shown({ document, launch, trusted, onHost, failed: failing(file) }).map((f) => printed(document, f)),
    };
  };
  if (isStandardInput(positionals)) {
    const input = standardInput(values['stdin-filename']);
    finish([judgedAlone(input, input)]);
    return;
  }
  const projects = new Projects(target, undefined, false, false, { ...projectLimits, bytes: 4 << 20, milliseconds: 10_000 }),
    known = new Set<string>(),
    judged: Judged[] = [];
  /** What fails for one file or folder keeps nobody from the others. */
  const each = <T>(
    all: Iterable<T>,
    pathOf: (one: T) => string,
    work: (one: T) => void,
    named: (one: T) => boolean = () => false,
  ): void => {
    for (const one of all)
      trying(pathOf(one), named(one), () => {
        work(one);
      });
  };
  const searches = positionals.map((given) => searchAt(given, troubles)),
    files = searches.flatMap((search) => search.files);
  // A file may belong to a project whose own files come later.
  each(
    files,
    (f) => f.path,
    ({ path: file, kind }) => {
      if (kind !== 'nspawn') projects.of(path.resolve(file));
    },
  );
  each(
    files,
    (f) => f.path,
    (found) => {
      const { path: file, kind } = found;
      if (kind === 'nspawn') {
        judged.push(judgedAlone(found, read(file)));
        return;
      }
      const absolute = path.resolve(file),
        { document: own, project } = projects.reading(absolute) ?? { document: undefined, project: projects.of(absolute) };
      const document = own ?? Document.of(fileUri(absolute), kind, read(file).text, target);
      known.add(absolute);
      judged.push({
        path: file,
        kind,
        diagnostics: shown({ document, launch, trusted: true, project, failed: failing(file) }).map((f) => printed(document, f)),
      });
    },
    (f) => f.named,
  );
  // Where configuration is no file, nobody names it.
  each(
    searches.flatMap((search) => search.folders),
    (folder) => folder,
    (folder) => {
      projects.of(path.resolve(folder, 'x'));
    },
  );
  const relative = positionals.every((given) => !path.isAbsolute(given));
  const further: Member[] = [];
  each(
    projects.all,
    (root) => root,
    (root) => {
      further.push(...projects.members(root));
    },
  );
  each(
    further,
    ({ file }) => file,
    ({ file, document, project }) => {
      if (known.has(file)) return;
      known.add(file);
      const diagnostics = shown({ document, launch, trusted: true, project, failed: failing(file) }).map((f) => printed(document, f));
      judged.push({ path: relative ? path.relative('', file) : file, kind: document.kind, diagnostics });
    },
  );
  finish(judged);
}

/** Whether standard input is asked for; it cannot be one of several. */
function isStandardInput(positionals: readonly string[]): boolean {
  if (!positionals.includes('-')) return false;
  if (positionals.length > 1) throw new Misuse('- stands for standard input and takes no other file beside it');
  return true;
}

const names: Readonly<Record<DiagnosticSeverity, string>> = {
  [DiagnosticSeverity.Error]: 'error',
  [DiagnosticSeverity.Warning]: 'warning',
  [DiagnosticSeverity.Information]: 'information',
  [DiagnosticSeverity.Hint]: 'hint',
};

const rangeOf = ({ text: t }: Document, f: Finding): Range => ({ start: t.positionAt(f.start), end: t.positionAt(f.end) });

const printed = (document: Document, { finding: f, severity }: Shown) => ({
  range: rangeOf(document, f),
  severity: names[severity],
  code: f.rule,
  verdict: f.verdict,
  message: f.message,
  fixes: [
    ...(f.fixes ?? []).map((fix) => fix.title),
    ...(f.moveTo === undefined ? [] : [moveTitle(f.moveTo)]),
    ...(f.makeExecutable === undefined ? [] : [executableTitle(f.makeExecutable)]),
  ],
});

const json = (judged: readonly Judged[]): string => `${JSON.stringify({ files: judged }, null, 1)}\n`;

const scan = (judged: readonly Judged[]): string =>
  sarif(judged.map(({ path: file, diagnostics }) => ({ uri: pathToFileURL(file).href, diagnostics })));

const text = (judged: readonly Judged[]): string =>
  judged
    .flatMap(({ path: file, diagnostics }) =>
      diagnostics.map(
        (d) =>
          `${visibleLine(`${file}:${d.range.start.line + 1}:${d.range.start.character + 1}: ${d.severity}: ${d.message} [${d.code}]`)}\n`,
      ),
    )
    .join('');

function format(args: readonly string[]): void {
  const { values, positionals } = formatOptions(args);
  if (positionals.length === 0) throw new Misuse('format needs a file or folder');
  if (isStandardInput(positionals)) {
    const input = standardInput(values['stdin-filename']),
      formatted = formattedText(input.path, input.kind, input);
    if (!values.check) process.stdout.write(formatted);
    else if (formatted !== input.text) {
      process.stdout.write(`${visibleLine(input.path)}\n`);
      process.exitCode = 1;
    }
    return;
  }
  for (const named of positionals) {
    // What cannot be read or written keeps nothing else from its form.
    trying(named, true, () => {
      const found = filesAt(named, troubles);
      if (found.length === 0) return;
      const within = statSync(named).isDirectory() ? named : path.dirname(named);
      for (const one of found) trying(one.path, one.named, () => formatFile(one.path, one.kind, values.check, within));
    });
  }
}

/** Says what fails of a file, and lets the caller go on. */
function trying(file: string, named: boolean, act: () => void): void {
  try {
    act();
  } catch (error) {
    troubles.unread(file, error, named);
  }
}

/** @param within the folder that was named, which no link leads out of */
function formatFile(file: string, kind: Kind, checkOnly: boolean, within: string): void {
  const was = stampOf(patiently(file, () => statSync(file, { bigint: true })));
  const decoded = decode(readSmallFile(file, mostBytes.configuration)),
    formatted = formattedText(file, kind, decoded);
  if (formatted === decoded.text) return;
  const note = checkOnly ? undefined : replaceFile(file, formatted, { within, was });
  process.stdout.write(`${visibleLine(file)}\n`);
  if (note !== undefined) troubles.note(file, note);
  if (checkOnly) process.exitCode ??= 1;
}

/** The text in its canonical form. */
function formattedText(file: string, kind: Kind, { text: content, undecodable }: Decoded): string {
  // What cannot be decoded could not be written back.
  if (undecodable.length > 0) throw new UnreadableFile(file, 'failed', 'This file is not valid UTF-8; nothing was changed in it.');
  const document = Document.of(pathToFileURL(file).href, kind, content, newest);
  return TextDocument.applyEdits(document.text, formatting(document));
}

function formatOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { check: { type: 'boolean', default: false }, 'stdin-filename': { type: 'string' } },
    });
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error));
  }
}

function options(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        systemd: { type: 'string' },
        mkosi: { type: 'string' },
        format: { type: 'string', default: 'text' },
        trust: { type: 'string', default: 'auto' },
        launch: { type: 'string', default: 'unit' },
        'stdin-filename': { type: 'string' },
      },
    });
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error));
  }
}

function oneOf<const T extends string>(option: string, value: string | undefined, choices: readonly T[]): T {
  const choice = choices.find((c) => c === value);
  if (choice === undefined) throw new Misuse(`--${option} takes ${choices.join(', ')}, not "${value ?? ''}"`);
  return choice;
}

function version(option: string, value: string | undefined, or: number): number {
  if (value === undefined || value === 'auto') return or;
  const n = Number(value);
  if (!Number.isFinite(n) || n <= 0) throw new Misuse(`--${option} takes a release such as ${or}, not "${value}"`);
  return n;
}

process.stdout.on('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => {
  // Whoever reads our output may have read enough (`check ... | head`).
  if (code === 'EPIPE') return;
  process.stderr.write(`The output cannot be written: ${explainCode(code)}\n`);
  process.exitCode = 2;
});
// Nobody is left to be told.
process.stderr.on('error', () => undefined);

try {
  main(process.argv.slice(2));
  troubles.report();
} catch (error) {
  troubles.report();
  const said = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${visibleLine(error instanceof UnreadableFile ? `${error.file}: ${said}` : said)}\n`);
  process.exitCode = 2;
}
