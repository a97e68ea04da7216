import type { Project } from '../model';
import type { FileRange } from '../protocol';
import { type Assigned, type Document, pathOf } from '../schema';
import { inDocument, type LogicalLine } from '../syntax';
import { uriOf } from './context';
import type { MkosiMessage } from './mkosi-messages';

/** A value, or one line of one, and where it is. */
interface ValueLine {
  readonly text: string;
  readonly at: FileRange;
}

/** A setting in a file. */
interface SettingLine {
  readonly name: string;
  readonly at: FileRange;
  readonly values: readonly ValueLine[];
}

/** A file of configuration as the model reads it, prepared for being asked about many messages. */
interface SourceFile {
  readonly path: string;
  readonly document: Document;
  readonly settings: readonly SettingLine[];
}

/** The files of a project: the main one, the others that are read in their order, then those that are not read. */
export function configurationOf(project: Project): Document[] {
  const { disk, folder } = project,
    main = ['mkosi.conf', 'mkosi.default'].flatMap((name) => {
      const path = `${folder}/${name}`;
      return (disk.kind(path) === 'file' ? disk.document(path) : undefined) ?? [];
    });
  return [...new Set([...main, ...project.documents, ...project.files])];
}

/**
 * Finds the place that caused a message: the setting or the line it names, else the value it quotes. Files that come first
 * win, the file that the message names wins over all.
 * @returns undefined: mkosi did not say enough
 */
export function messageLocator(project: Project): (message: MkosiMessage) => FileRange | undefined {
  const files = configurationOf(project).map((document): SourceFile => {
    const path = pathOf(document.uri) ?? '';
    return { path, document, settings: document.assignments().map((assigned) => settingLine(document, path, assigned)) };
  });
  return (message) => locate(message, files);
}

function settingLine(document: Document, path: string, assigned: Assigned): SettingLine {
  const { line, start } = assigned,
    values: ValueLine[] = [];
  let at = 0;
  for (const part of line.value.text.split('\n')) {
    const text = part.trim(),
      lead = part.length - part.trimStart().length;
    values.push({ text, at: rangeOf(document, path, inDocument(start, line.value.span(at + lead, at + lead + text.length))) });
    at += part.length + 1;
  }
  return { name: line.key.text, at: rangeOf(document, path, inDocument(start, line.key.span())), values };
}

/** A span of a document as part of one line. */
function rangeOf({ text }: Document, path: string, { start, end }: { readonly start: number; readonly end: number }): FileRange {
  const { line, character } = text.positionAt(start);
  return { uri: uriOf(path), line, character, end: character + Math.max(0, end - start) };
}

/** Settings by what mkosi calls the kind of their values: "'x' is not a valid OutputFormat". */
const kinds: Readonly<Record<string, string>> = {
  OutputFormat: 'Format',
  ArtifactOutput: 'SplitArtifacts',
  ManifestFormat: 'ManifestFormat',
};

/** The range of a message among files. */
function locate(message: MkosiMessage, files: readonly SourceFile[]): FileRange | undefined {
  const named = files.filter((f) => f.path === message.file);
  const among = named.length > 0 ? named : files;
  if (message.line !== undefined) {
    const file = among.find((f) => message.text.includes(`'${f.path.split('/').at(-1) ?? ''}'`)) ?? among[0];
    if (file !== undefined) return whole(file, message.line);
  }
  return (
    byLine(message.text, among) ??
    bySetting(message, among) ??
    byValue(
      message.text,
      among.flatMap(({ settings }) => settings),
    ) ??
    (named[0] === undefined ? undefined : whole(named[0], 0))
  );
}

/** A line of a file without the white space around it. */
function whole({ path, document: { text } }: SourceFile, line: number): FileRange {
  const content = text.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }).replace(/[\r\n]+$/, '');
  return { uri: uriOf(path), line, character: content.length - content.trimStart().length, end: content.trimEnd().length };
}

/** Messages about syntax quote the line: "Setting Seed must be followed by '='". */
function byLine(text: string, files: readonly SourceFile[]): FileRange | undefined {
  const quoted =
    /^Setting (.+) (?:must be followed by '='|is located outside of section)/.exec(text) ??
    /^Missing setting name before '=' in (.+)$/.exec(text) ??
    /^(.+) is not a valid section$/.exec(text);
  const wanted = quoted?.[1]?.trim();
  if (wanted === undefined) return undefined;
  for (const file of files) {
    for (const { line, start } of file.document.tree) {
      if (line.kind === 'blank' || line.kind === 'comment' || shown(file.document, line, start) !== wanted) continue;
      return whole(file, file.document.text.positionAt(start + lead(file.document, line, start)).line);
    }
  }
  return undefined;
}

/** The first physical line of a logical one, as a message quotes it: without its comment. */
function shown({ text }: Document, line: LogicalLine, start: number): string {
  const raw = text.getText().slice(start, start + line.length),
    from = raw.length - raw.trimStart().length,
    rest = raw.slice(from),
    end = from + (/[\r\n]/.exec(rest)?.index ?? rest.length),
    comment = line.comments.find((c) => c.start >= from && c.start < end);
  return raw.slice(from, comment?.start ?? end).trim();
}

const lead = ({ text }: Document, line: LogicalLine, start: number): number => {
  const raw = text.getText().slice(start, start + line.length);
  return raw.length - raw.trimStart().length;
};

function bySetting({ text }: MkosiMessage, files: readonly SourceFile[]): FileRange | undefined {
  const all = files.flatMap(({ settings }) => settings);
  const plain = (name: string): string => name.replace(/[-_]/g, '').toLowerCase();
  const option = /(?:argument (?:-\w\/)?|unrecognized arguments: )--([\w-]+)/.exec(text)?.[1];
  const name =
    /Unknown setting (\S+)/.exec(text)?.[1] ??
    /^Setting (\S+?)=? /.exec(text)?.[1] ??
    /option '([^']+)' in section/.exec(text)?.[1] ??
    /^(\S+) cannot be (?:used|matched)/.exec(text)?.[1] ??
    /^(\w+)=.* in \[Assert\]/.exec(text)?.[1] ??
    /^([A-Z]\w+)= /.exec(text)?.[1];
  if (name === undefined && option === undefined) return undefined;
  const wanted = all.filter((a) => (name === undefined ? plain(a.name) === plain(option ?? '') : a.name.replace(/^[@|!]+/, '') === name));
  if (/by specifier/.test(text)) {
    // The setting that is not set is named; the one that is to blame holds the specifier.
    const inside = / in (.+) is not yet set/.exec(text)?.[1];
    return all.flatMap((a) => a.values).find((v) => inside !== undefined && v.text.includes(inside))?.at ?? wanted[0]?.at;
  }
  return byValue(text, wanted) ?? wanted.at(-1)?.at;
}

/** Messages about values quote them, and begin with paths: "'Disk' is not a valid OutputFormat", "x does not exist". */
function byValue(text: string, among: readonly SettingLine[]): FileRange | undefined {
  const kind = /is not a valid (\w+)$/m.exec(text)?.[1] ?? '';
  const setting = kinds[kind] ?? kind,
    suited = among.filter((a) => a.name === setting);
  const quoted = /'([^']+)'|"([^"]+)"/.exec(text);
  const word =
    /found in (.+), ignoring/.exec(text)?.[1] ??
    quoted?.[1] ??
    quoted?.[2] ??
    /^(\S+) (?:does not exist|must be|can not be|is not)/.exec(text)?.[1];
  if (word === undefined || word === '=') return undefined;
  const values = (suited.length > 0 ? suited : among).flatMap((a) => a.values),
    name = word.split('/').at(-1) ?? word;
  const items = (value: string): string[] => value.split(/[\s,:=]+/);
  return (
    values.find((v) => v.text === word) ??
    values.find((v) => items(v.text).includes(word)) ??
    (word.includes('/')
      ? values.find((v) => v.text.split(/[\s,:=]+/).some((i) => (i !== '' && word.endsWith(i.replace(/^\.?\//, '/'))) || i === name))
      : undefined) ??
    (word.length > 2 ? values.find((v) => v.text.includes(word)) : undefined)
  )?.at;
}
