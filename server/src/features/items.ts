import { type Document, has, type Reader } from '../schema';
import type { Span } from '../syntax';
import type { Known } from './lookup';

/** Types whose value is always a list of words between white space, and whether quotes hold a word together. */
const lists: Readonly<Record<Reader['grammars'], Readonly<Partial<Record<string, boolean>>>>> = {
  systemd: {
    capabilities: false,
    'syscall-filter': false,
    'interface-pairs': false,
    'user-names': false,
    words: true,
    environment: true,
    'address-families': true,
    'cpu-set': true,
  },
  mkosi: {},
};

/** How the items of a value are separated; undefined for a value that is not a list. */
export interface Separation {
  readonly separators: string;
  readonly quotes: boolean;
  /** What to put between two items. */
  readonly glue: string;
}

export function separationOf({ edition }: Document, { setting: { value } }: Known): Separation | undefined {
  const quotes = lists[edition.schema.reader.grammars][value.type];
  if (quotes !== undefined) return { separators: value.type === 'cpu-set' ? ' \t\n\r,' : ' \t\n\r', quotes, glue: ' ' };
  const chars = value.list?.separators.find((s) => has(s, edition.version))?.chars;
  if (value.list === undefined || chars === undefined) return undefined;
  return { separators: `${chars}\n`, quotes: value.list.quoting !== 'none', glue: chars.includes(' ') ? ' ' : ',' };
}

/** The items of a list, quotes included; offsets in the value's text. A leading `~` or `!` is part of none. */
export function itemsOf(document: Document, assigned: Known): readonly Span[] {
  const separation = separationOf(document, assigned);
  if (separation === undefined) return [];
  const { text } = assigned.line.value,
    { separators, quotes } = separation,
    items: Span[] = [];
  let start = -1,
    quote = '';
  for (let i = text.startsWith('~') ? 1 : 0; i <= text.length; i++) {
    const c = text.charAt(i);
    if (i === text.length || (quote === '' && separators.includes(c))) {
      if (start >= 0) items.push(trimmed(text, start, i));
      start = -1;
      continue;
    }
    if (start < 0) start = i;
    if (quotes && quote === '' && (c === '"' || c === "'")) quote = c;
    else if (c === quote) quote = '';
  }
  return items.filter((s) => s.end > s.start);
}

function trimmed(text: string, start: number, end: number): Span {
  while (start < end && /\s/.test(text.charAt(start))) start++;
  while (end > start && /\s/.test(text.charAt(end - 1))) end--;
  return { start, end };
}
