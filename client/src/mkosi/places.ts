import type { Message } from './messages';

/** A configuration file: absolute path and text. */
export interface File {
  readonly path: string;
  readonly text: string;
}

/** Where something stands; lines and characters from 0. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** A setting as it stands in a file, with the lines that continue its value. */
export interface Assignment extends Place {
  readonly section: string;
  readonly name: string;
  readonly values: readonly { readonly text: string; readonly place: Place }[];
}

/** What was found in a file already: every message looks at all of them. */
const known = new WeakMap<File, Assignment[]>();

/** The assignments of a file in order. Comments are left out; a line that begins with white space continues a value. */
export function assignments(file: File): readonly Assignment[] {
  const found = known.get(file) ?? read(file);
  known.set(file, found);
  return found;
}

function read({ path, text }: File): Assignment[] {
  const found: (Assignment & { readonly values: { text: string; place: Place }[] })[] = [];
  let section = '';
  for (const [line, content] of text.split(/\r?\n/).entries()) {
    if (/^\s*([#;]|$)/.test(content)) continue;
    section = /^\[(.*)\]\s*$/.exec(content)?.[1] ?? section;
    const [, lead = '', name = '', gap = ''] = /^(\s*)([^\s=[#]+)(\s*=)?/.exec(content) ?? [];
    const from = lead === '' && gap !== '' ? name.length + gap.length : 0;
    const rest = content.slice(from),
      comment = rest.search(/\s#/),
      value = comment < 0 ? rest : rest.slice(0, comment),
      start = from + value.length - value.trimStart().length;
    const piece = { text: value.trim(), place: { path, line, start, end: start + value.trim().length } };
    if (lead !== '') found.at(-1)?.values.push(piece);
    else if (gap !== '') found.push({ path, line, start: 0, end: name.length, section, name, values: [piece] });
  }
  return found;
}

/** Settings by what mkosi calls the kind of their values: "'x' is not a valid OutputFormat". */
const kinds: Readonly<Record<string, string>> = {
  OutputFormat: 'Format',
  ArtifactOutput: 'SplitArtifacts',
  ManifestFormat: 'ManifestFormat',
};

/**
 * The place that caused a message: the setting or the line it names, else the value it quotes. Files that come first win,
 * the file that the message names wins over all. undefined: mkosi did not say enough.
 */
export function placeOf(message: Message, files: readonly File[]): Place | undefined {
  const named = files.filter((f) => f.path === message.file);
  const among = named.length > 0 ? named : files;
  if (message.line !== undefined) {
    const file = among.find((f) => message.text.includes(`'${f.path.split('/').at(-1) ?? ''}'`)) ?? among[0];
    if (file !== undefined) return whole(file, message.line);
  }
  return (
    byLine(message.text, among) ??
    bySetting(message, among) ??
    byValue(message.text, among.flatMap(assignments)) ??
    (named[0] === undefined ? undefined : whole(named[0], 0))
  );
}

/** A line without the white space around it. */
function whole({ path, text }: File, line: number): Place {
  const content = text.split(/\r?\n/)[line] ?? '';
  return { path, line, start: content.length - content.trimStart().length, end: content.trimEnd().length };
}

/** Messages about syntax quote the line: "Setting Seed must be followed by '='". */
function byLine(text: string, files: readonly File[]): Place | undefined {
  const quoted =
    /^Setting (.+) (?:must be followed by '='|is located outside of section)/.exec(text) ??
    /^Missing setting name before '=' in (.+)$/.exec(text) ??
    /^(.+) is not a valid section$/.exec(text);
  if (quoted?.[1] === undefined) return undefined;
  for (const file of files) {
    const line = file.text.split(/\r?\n/).findIndex((l) => l.split('#', 1)[0]?.trim() === quoted[1]?.trim());
    if (line >= 0) return whole(file, line);
  }
  return undefined;
}

function bySetting({ text }: Message, files: readonly File[]): Place | undefined {
  const all = files.flatMap(assignments);
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
    return all.flatMap((a) => a.values).find((v) => inside !== undefined && v.text.includes(inside))?.place ?? wanted[0];
  }
  return byValue(text, wanted) ?? wanted.at(-1);
}

/** Messages about values quote them, and begin with paths: "'Disk' is not a valid OutputFormat", "x does not exist". */
function byValue(text: string, among: readonly Assignment[]): Place | undefined {
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
  )?.place;
}
