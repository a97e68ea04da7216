import { type CompletionItem, CompletionItemKind, TextEdit } from 'vscode-languageserver-types';
import { familyOf } from '../families';
import { resolve } from '../model';
import { type Document, has, pathOf } from '../schema';
import { endsInBackslash, inDocument, type Span, skipBack } from '../syntax';
import { type Choice, type CompletionSite, grammarOf, type Reading } from '../values';
import { bridgesOf } from './bridges';
import { subjectOf, suggestAgain } from './completion-data';
import { type FeatureContext, type FolderEntry, imageOf, machineName } from './context';
import { folderOf } from './links';
import { isKnown, type Known, rangeOf, readingOf } from './lookup';
import { wordSummary } from './markdown';
import { isOfProject, kindOfNames, type NameKind, namesIn } from './names';
import { pathsOf } from './project-names';

/**
 * What can be at a place of a value: words of the grammar, then what only the host and other files know.
 * @param offset in the document, after the equals sign of the assignment at `index`
 */
export function values(document: Document, index: number, offset: number, world: FeatureContext): CompletionItem[] {
  const assigned = document.assignedAt(index);
  if (!isKnown(assigned)) return [];
  const spot = new Spot(document, assigned, offset);
  if (spot.outside) return [];
  const specifiers = specifiersAt(spot);
  if (specifiers.length > 0) return specifiers;
  const reading = readingOf(document, assigned, spot.text),
    place = reading?.placeAt(spot.at);
  if (reading === undefined || place === undefined)
    return isPath(assigned) ? paths(spot, { start: 0, end: spot.text.length }, world, '') : [];
  const there = new Others(reading, place);
  return [
    ...place
      .offers()
      .filter((o) => !there.have(o.word))
      .map((o) => offered(spot, place, o)),
    ...wanted(spot, reading, place, world).filter((i) => !there.have(i.label)),
    ...ofProject(spot, reading, place, world),
  ]
    .filter(onOneLine)
    .map((i, n) => ({ ...i, sortText: String(n).padStart(4, '0') }));
}

/** Editors put in place of a word only what is on one line. */
const onOneLine = ({ textEdit }: CompletionItem): boolean => TextEdit.is(textEdit) && textEdit.range.start.line === textEdit.range.end.line;

/** A cursor in a value. The tool does not see white space after a value, but the next word of a list will be there. */
class Spot {
  /** The value, with one blank more if the cursor is in white space after it. */
  readonly text: string;
  /** The cursor, in the text. */
  readonly at: number;
  /** The cursor is where nothing of the value can be: in front of it, or after the backslash that breaks a line. */
  readonly outside: boolean;

  constructor(
    readonly document: Document,
    readonly assigned: Known,
    private readonly offset: number,
  ) {
    const {
      start,
      line: { value },
    } = assigned;
    const here = offset - start,
      behind = value.length > 0 && here > value.span().end;
    this.text = behind ? `${value.text}${document.tree.dialect.continuation === 'backslash' ? ' ' : '\n'}` : value.text;
    const at = behind ? this.text.length : value.length === 0 ? 0 : value.offsetOf(here);
    this.at = at ?? value.length;
    this.outside = at === undefined || (document.tree.dialect.continuation === 'backslash' && breaks(document, offset));
  }

  /** The text between the start of a stretch and the cursor. */
  before(start: number): string {
    return this.text.slice(start, this.at);
  }

  replace({ start, end }: Span, newText: string): TextEdit {
    const {
      start: line,
      line: { value },
    } = this.assigned;
    // Where no text is, the cursor is the place.
    if (value.length === 0 || (start >= value.length && this.at > value.length)) {
      return TextEdit.replace(rangeOf(this.document, { start: this.offset, end: this.offset }), newText);
    }
    return TextEdit.replace(rangeOf(this.document, inDocument(line, value.span(start, end))), newText);
  }
}

/** Whether the backslash that breaks a line is right in front of an offset. */
function breaks({ text }: Document, offset: number): boolean {
  const content = text.getText(),
    { line } = text.positionAt(offset);
  return (
    endsInBackslash(content, offset, text.offsetAt({ line, character: 0 })) &&
    (offset === content.length || '\r\n'.includes(content.charAt(offset)))
  );
}

/** What a list already has somewhere else. */
class Others {
  private readonly words = new Set<string | undefined>();

  constructor(reading: Reading, place: CompletionSite) {
    for (const { label, start, end, word, text } of reading.parts) {
      if (label === undefined || label !== place.label || (end >= place.start && start <= place.end)) continue;
      this.words.add(word).add(text).add(nameOf(text));
    }
  }

  have(word: string): boolean {
    return this.words.has(word) || (word.includes('=') && this.words.has(nameOf(word)));
  }
}

/** `size=10%` is the same option as `size=`, `LANG=C` the same variable as `LANG=C.UTF-8`. */
const nameOf = (word: string): string => word.slice(0, word.indexOf('=') + 1) || word;

function offered(spot: Spot, place: CompletionSite, offer: Choice): CompletionItem {
  const {
    document,
    assigned: { setting, section },
  } = spot;
  const detail = offer.detail ?? (offer.sample === true ? undefined : wordSummary(setting, offer.word, document.edition));
  return {
    label: offer.word,
    kind: offer.sample === true ? CompletionItemKind.Text : CompletionItemKind.EnumMember,
    textEdit: spot.replace(place, offer.word),
    data: subjectOf(document, section ?? '', setting.name, offer.word),
    ...(detail === undefined ? {} : { detail }),
    ...(/[:=]$/.test(offer.word) ? { command: suggestAgain } : {}),
  };
}

/** Where files of a project mostly go. */
const imageFolders: readonly string[] = ['/', '/etc/', '/opt/', '/root/', '/usr/', '/usr/lib/', '/usr/share/'];

/** Proposals for a place that the grammar cannot know. */
function wanted(spot: Spot, reading: Reading, place: CompletionSite, world: FeatureContext): CompletionItem[] {
  const { document } = spot,
    { wants } = place;
  if (wants === undefined) return [];
  switch (wants) {
    case 'command':
      return familyOf(document).machine ? programs(spot, place, world) : [];
    case 'host-path':
      return spot.text.charAt(place.start) === '+'
        ? inMachine(spot, { start: place.start + 1, end: place.end }, world)
        : paths(spot, place, world, '');
    case 'machine-path':
      return familyOf(document).machine
        ? [...twins(spot, reading, place), ...inMachine(spot, place, world)]
        : named(spot, place, imageFolders, 'folder of the image');
    case 'interface':
      return named(
        spot,
        place,
        world
          .interfaces()
          .filter((i) => i.name !== 'lo')
          .map((i) => i.name),
        'interface of the host',
      );
    case 'bridge':
      return [
        ...named(
          spot,
          place,
          world
            .interfaces()
            .filter((i) => i.bridge)
            .map((i) => i.name),
          'bridge of the host',
        ),
        ...named(
          spot,
          place,
          bridgesOf(world).map((b) => b.name),
          'bridge of systemd-networkd',
        ),
        ...named(spot, place, used(document, world, 'bridge'), 'used in other files'),
      ].filter(once());
    case 'zone':
      return named(spot, place, used(document, world, 'zone'), 'zone of other files');
    case 'host-user':
      return named(spot, place, world.users(), 'user of the host');
    case 'machine-user':
      return named(spot, place, ['root'], 'user of the machine');
    case 'hostname':
      return named(spot, place, [machineName(document.uri)], 'name of the machine');
  }
}

/** Images and profiles of the project, without those that the list already has; an image does not depend on itself. */
function ofProject(spot: Spot, reading: Reading, place: CompletionSite, world: FeatureContext): CompletionItem[] {
  const kind = kindOfNames(spot.assigned),
    project = world.project(spot.document);
  if (kind === undefined || !isOfProject(kind) || project === undefined) return [];
  const there = new Set(reading.parts.filter((p) => p.end < place.start || p.start > place.end).map((p) => p.text));
  const names = [...pathsOf(project, kind)]
    .filter(
      ([name, path]) => !there.has(name) && pathOf(spot.document.uri) !== path && !(pathOf(spot.document.uri) ?? '').startsWith(`${path}/`),
    )
    .map(([name]) => name);
  return named(spot, place, names, `${kind} of this project`);
}

/** Passes the first item of each label. */
function once(): (item: CompletionItem) => boolean {
  const seen = new Set<string>();
  return ({ label }) => {
    const news = !seen.has(label);
    seen.add(label);
    return news;
  };
}

/** Names of a kind that other files use. */
const used = (document: Document, world: FeatureContext, kind: NameKind): string[] =>
  [
    ...new Set(
      [...world.documents()]
        .filter((d) => d.uri !== document.uri)
        .flatMap((d) =>
          namesIn(d)
            .filter((n) => n.kind === kind)
            .map((n) => n.name),
        ),
    ),
  ].sort();

const named = (spot: Spot, place: CompletionSite, names: readonly string[], detail: string): CompletionItem[] =>
  names.map((name) => ({ label: name, kind: CompletionItemKind.Value, detail, textEdit: spot.replace(place, name) }));

/** The destination of a mount is mostly the same as its source. */
function twins(spot: Spot, reading: Reading, place: CompletionSite): CompletionItem[] {
  if (place.label !== 'destination') return [];
  return [...new Set(reading.parts.filter((p) => p.role === 'path' && p.end < place.start).map((p) => p.text.replace(/^\+/, '')))]
    .filter((t) => t.startsWith('/'))
    .map((t) => ({ label: t, kind: CompletionItemKind.Folder, detail: 'as on the host', textEdit: spot.replace(place, escaped(spot, t)) }));
}

/** Paths inside the machine, for which the image has to be at hand. */
const inMachine = (spot: Spot, place: Span, world: FeatureContext): CompletionItem[] =>
  spot.at < place.start ? [] : paths(spot, place, world, imageOf(spot.document.uri, world) ?? nowhereRoot);

/** A word of a command line that begins like a path; what would need quotes there is left out. */
function programs(spot: Spot, place: Span, world: FeatureContext): CompletionItem[] {
  return !spot.before(place.start).startsWith('/') ? [] : inMachine(spot, place, world).filter(({ label }) => !/[\s"'\\]/.test(label));
}

/** A root directory that cannot be read. */
const nowhereRoot = '/\0';
/** What every system has in its root directory, for one that cannot be looked into. */
const usual: readonly FolderEntry[] = ['dev', 'etc', 'home', 'mnt', 'opt', 'root', 'run', 'srv', 'tmp', 'usr', 'var'].map((name) => ({
  name,
  folder: true,
}));

/** What lies in a folder below a root directory; of a root that cannot be looked into, what is mostly there. */
function entriesOf(world: FeatureContext, root: string, folder: string): readonly FolderEntry[] {
  const found = root === nowhereRoot ? [] : world.entries(`${root}${folder}`);
  return found.length === 0 && folder === '/' ? usual : found;
}

const mostEntries = 1000;

/**
 * What lies in the folder that the text before the cursor leads to. Only the last step of the path is replaced.
 * @param root where the root directory of the path lies on the host
 */
function paths(spot: Spot, { start, end }: Span, world: FeatureContext, root: string): CompletionItem[] {
  const before = spot.before(start),
    slash = before.lastIndexOf('/');
  const own = pathOf(spot.document.uri);
  const relative = spot.document.format.inProject && own !== undefined && !before.startsWith('/');
  if (slash < 0 && before !== '' && !relative) return [];
  const entries = relative
    ? world.entries(resolve(folderOf(spot.document, world), before.slice(0, slash + 1)))
    : entriesOf(world, root, unescaped(before.slice(0, slash + 1)) || '/');
  const behind = spot.text.slice(spot.at, end).indexOf('/');
  const step = { start: start + slash + 1, end: behind < 0 ? end : spot.at + behind };
  const lead = before === '' && !relative ? '/' : '';
  return entries.slice(0, mostEntries).map(({ name, folder: isFolder }) => ({
    label: `${lead}${name}${isFolder ? '/' : ''}`,
    kind: isFolder ? CompletionItemKind.Folder : CompletionItemKind.File,
    textEdit: spot.replace(step, `${lead}${escaped(spot, name)}${isFolder && behind < 0 ? '/' : ''}`),
    ...(isFolder ? { command: suggestAgain } : {}),
  }));
}

/** Where colons separate fields, those of a name are escaped. */
const escaped = ({ assigned }: Spot, name: string): string =>
  grammarOf(assigned.setting.value)?.form?.includes(':') === true ? name.replace(/[\\:]/g, '\\$&') : name;
const unescaped = (path: string): string => path.replace(/\\(.)/g, '$1');

const isPath = ({ setting: { value } }: Known): boolean => /path|tree/.test(value.type === 'list' ? (value.of?.type ?? '') : value.type);

/** After a % in a value of a tool that has specifiers. */
function specifiersAt(spot: Spot): CompletionItem[] {
  const { edition } = spot.document,
    { specifiers } = edition.schema.data;
  const before = spot.before(0),
    isPercent = (c: string): boolean => c === '%';
  if (specifiers === undefined || (before.length - skipBack(before, isPercent)) % 2 === 0) return [];
  return specifiers
    .filter((s) => has(s, edition.version))
    .map(({ char, setting, means }) => ({
      label: `%${char}`,
      kind: CompletionItemKind.Variable,
      detail: means ?? `the value of ${setting ?? ''}=`,
      textEdit: spot.replace({ start: spot.at - 1, end: spot.at }, `%${char}`),
    }));
}
