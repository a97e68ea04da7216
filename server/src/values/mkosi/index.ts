import type { ValueType } from '../../schema';
import { shortened, Text } from '../../syntax';
import { type Atom, gaps, operators, take } from '../combinators';
import { mostWords } from '../extract';
import { type Asked, type Choice, type DynamicSource, fromReading, type Grammar, Reading } from '../grammar';
import { boolean } from '../words';
import { atoms } from './atoms';
import { asksForVersion, conditionOf } from './condition';
import { separatorsOf, split } from './split';

/** The types that mkosi's settings have. */
export const mkosiTypes: ReadonlySet<string> = new Set([...Object.keys(atoms), 'list', 'dict', 'credentials', 'tree']);

/** The grammar of a value of mkosi: one item, or a list of them. */
export const mkosiGrammar: Grammar = fromReading((text, asked) => {
  const into = new Reading(asked);
  readValue(Text.plain(text, 0), asked.value, into);
  return into;
});

/** The forms of items that have several fields (config.py make_tree_parser, parse_drive, parse_environment). */
const forms: Readonly<Partial<Record<string, string>>> = {
  tree: 'source:target',
  drive: 'id:size:directory:options:file id:flags',
  pair: 'name=value',
  environment: 'name=value',
  credentials: 'name=value',
};

/** The form of a value of mkosi, or of the items of a list; undefined for one of a single field. */
export const mkosiForm = ({ type, of }: ValueType): string | undefined => forms[of?.type ?? type];

function readValue(text: Text, value: ValueType, into: Reading): void {
  if (!into.asked.edition.modern && asOption(text, into)) return;
  if (text.length === 0 && (into.asked.edition.modern || value.list !== undefined || ['string', 'path'].includes(value.type))) {
    if (value.params?.empty === 'error') into.problem(text, 'An empty value is not allowed');
    readPlaces(text, value, into);
    return;
  }
  if (value.list === undefined) {
    readItem(text, value, into);
    return;
  }
  // A list that was a switch once still takes yes and no, alone.
  if (value.true !== undefined && boolean.read(text.text, into.asked) !== undefined) {
    into.part(text, 'keyword', { word: text.text });
    return;
  }
  // Credentials without an equals sign name a file or a folder of them.
  if (value.type === 'credentials' && !text.text.includes('=')) {
    if (into.version > 20.2) into.part(text, 'path', { label: 'path' });
    return;
  }
  const of = value.of ?? { type: 'pair' },
    { asked } = into;
  const items = split(text, value.list, asked.edition.version, mostWords);
  const atom = atoms[of.type],
    offers = (): readonly Choice[] => atom?.offers?.({ ...asked, value: of }) ?? [];
  into.place(text.slice(text.length), offers, { label: label(of), wants: wantOf(of) });
  if (atom !== undefined)
    gaps(
      text,
      separatorsOf(value.list, asked.edition.version),
      { words: items.items, unfinished: items.unfinished },
      into,
      { ...atom, offers },
      label(of),
    );
  for (const item of items.items) readItem(item, of, into);
  if (of.type === 'environment') loose(items.items, into);
  if (items.unfinished !== undefined) {
    into.problem(
      items.unfinished.at,
      items.unfinished.what === 'quote'
        ? 'The closing quotation mark is missing; a # ends the line even between quotation marks'
        : 'Nothing follows the last backslash',
    );
  }
}

/** Up to 12 a value that begins with a dash was taken for an option; only numbers and texts with blanks were not. */
function asOption(text: Text, into: Reading): boolean {
  if (into.version >= 13 || !/^-[^ ]+$/s.test(text.text) || /^-(\d+|\d*\.\d+)$/.test(text.text)) return false;
  into.problem(text, `mkosi ${into.version} treats a value that starts with a dash as an option`);
  return true;
}

/** Where there is nothing yet, anything can be chosen. */
function readPlaces(text: Text, value: ValueType, into: Reading): void {
  const of = value.list === undefined ? value : (value.of ?? value),
    atom = atoms[of.type];
  into.place(text, () => atom?.offers?.({ ...into.asked, value: of }) ?? [], { wants: wantOf(of) });
}

const condition = (comparing: boolean): Grammar =>
  conditionOf((text, into) => {
    const { value } = into.asked,
      of = value.of ?? value;
    if (text.length === 0) readPlaces(text, value, into);
    else readItem(text, of, into);
  }, comparing);
const comparison = condition(true),
  question = condition(false);

/** The grammar of a condition on a setting, in `[Match]` and its sisters. */
export const conditionGrammar = (name: string): Grammar => (asksForVersion(name) ? comparison : question);

/** What only the host can list for an item. */
const wantOf = ({ type }: ValueType): DynamicSource | undefined =>
  type === 'tree' || type === 'credentials' ? 'host-path' : atoms[type]?.wants;

function readItem(text: Text, value: ValueType, into: Reading): void {
  switch (value.type) {
    case 'tree':
      readTree(text, value, into);
      return;
    case 'pair':
    case 'environment':
      readPair(text, into);
      return;
    default:
      readAtom(text, value, into, atoms[value.type]);
  }
}

/** Blanks around an item are part of it before mkosi 27, when lists were cut at commas only. */
function readAtom(text: Text, value: ValueType, into: Reading, atom: Atom | undefined): void {
  if (atom === undefined) return;
  const asked: Asked = { ...into.asked, value };
  const problems = into.problems.length;
  take(text, atom, into, label(value), undefined, asked);
  if (into.problems.length > problems || into.asked.value.list === undefined) return;
  if (/^\s/.test(text.text) && separatorsOf(into.asked.value.list, into.version) === ',\n') {
    into.problem(text, `mkosi ${into.version} does not remove the space after a comma: the item is "${shortened(text.text)}"`, {
      instead: text.text.trim(),
      effect: 'silent',
    });
  } else if (
    (value.type === 'string' || value.type === 'glob') &&
    / /.test(text.text) &&
    separatorsOf(into.asked.value.list, into.version) === ',\n' &&
    !/[()"'\n]/.test(text.text)
  ) {
    into.problem(text, `mkosi ${into.version} separates items by commas and new lines only; this is one item`, {
      instead: text.text.split(/ +/).join(','),
      effect: 'silent',
    });
  }
}

const label = ({ type }: ValueType): string => (type === 'path' ? 'path' : type === 'pair' || type === 'environment' ? 'name' : 'value');

/** `SOURCE[:TARGET]` (config.py make_tree_parser). */
function readTree(text: Text, { params }: ValueType, into: Reading): void {
  const colon = text.text.indexOf(':');
  const source = colon < 0 ? text : text.slice(0, colon);
  into.place(source, () => [], { label: 'source', wants: 'host-path' });
  if (source.length > 0) into.part(source, 'path', { label: 'source' });
  if (colon < 0) return;
  operators(text, ':', into, 1);
  const target = text.slice(colon + 1);
  into.place(target, () => [], { label: 'target', wants: 'machine-path' });
  if (target.length > 0) into.part(target, 'path', { label: 'target' });
  if (params?.absolute === true && !/^[/$]/.test(target.text)) {
    into.problem(target.length === 0 ? text : target, 'The target after the colon must be an absolute path', {
      instead: target.length === 0 ? undefined : `/${target.text}`,
    });
  }
}

/** A word after `NAME=VALUE` that looks like the rest of the value and not like the name of a variable. */
function loose(items: readonly Text[], into: Reading): void {
  for (const [i, item] of items.entries()) {
    if (i === 0 || !items[i - 1]?.text.includes('=') || item.text.includes('=') || /^[A-Z_][A-Z0-9_]*$/.test(item.text)) continue;
    into.problem(
      item,
      `A space ends the value: ${shortened(item.text)} is a variable of its own, taken from mkosi's environment. Quote the whole: "NAME=some words"`,
      { effect: 'silent' },
    );
  }
}

/** `NAME=VALUE`; a name alone takes its value from mkosi's own environment. */
function readPair(text: Text, into: Reading): void {
  const equals = text.text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name.length > 0) into.part(name, 'name', { label: 'name' });
  if (equals < 0) return;
  operators(text, '=', into, 1);
  if (equals + 1 < text.length) into.part(text.slice(equals + 1), 'string', { label: 'value' });
}

export { parseFloating, parseInteger, strip } from './python';
export { split } from './split';
