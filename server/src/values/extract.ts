import { Text } from '../syntax';

/** White space of systemd's parsers (v262 string-util.h WHITESPACE). */
export const whitespace = ' \t\n\r';

/** How a parser of systemd cuts words out of a value (v262 extract-word.c); each setting has its own flags. */
export interface SplitOptions {
  readonly separators: string;
  /** Separators in a row count as one; otherwise there is an empty word between them. */
  readonly coalesce: boolean;
  /** Quotes hold a word together and are taken off (EXTRACT_UNQUOTE). */
  readonly unquote?: boolean;
  /** A backslash is an ordinary character (EXTRACT_RETAIN_ESCAPE); otherwise it makes the next one ordinary. */
  readonly retainEscape?: boolean;
}

/** Words between white space, quotes not known. */
export const plainWords: SplitOptions = { separators: whitespace, coalesce: true };
/** Fields between colons; `\:` is a colon of the field. */
export const colonFields: SplitOptions = { separators: ':', coalesce: false };

/** The most words of one value that are looked at. A value of a megabyte has more, and is not written by hand. */
export const mostWords = 100_000;

/** Why no word could be cut out: a quote is not closed, or nothing follows the last backslash. */
export interface Unfinished {
  readonly unfinished: 'quote' | 'escape';
  /** Where the quote or backslash is. */
  readonly at: Text;
}

/** A word, and where the next one begins; undefined after the last. */
export interface Word {
  readonly word: Text;
  readonly next: number | undefined;
}

/** The first word at or after `at`, undefined when there is none. */
export function extractWord(text: Text, at: number, cut: SplitOptions): Word | Unfinished | undefined {
  const s = text.text;
  let i = at;
  if (cut.coalesce) {
    while (i < s.length && cut.separators.includes(s.charAt(i))) i++;
    if (i >= s.length) return undefined;
  }
  const runs: Text[] = [],
    start = i;
  let from = i,
    quote = '',
    opened = i;
  const flush = (end: number): void => {
    if (end > from) runs.push(text.slice(from, end));
  };
  const whole = (end: number): Text => {
    flush(end);
    return runs.length === 0 ? text.slice(start, start) : Text.join(runs, '');
  };
  for (; i < s.length; i++) {
    const c = s.charAt(i);
    if (c === '\\' && cut.retainEscape !== true) {
      flush(i);
      if (i + 1 >= s.length) return { unfinished: 'escape', at: text.slice(i, i + 1) };
      from = ++i;
    } else if (quote !== '') {
      if (c !== quote) continue;
      flush(i);
      quote = '';
      from = i + 1;
    } else if (cut.unquote === true && (c === '"' || c === "'")) {
      flush(i);
      quote = c;
      opened = i;
      from = i + 1;
    } else if (cut.separators.includes(c)) {
      const word = whole(i);
      let next = i + 1;
      if (cut.coalesce) {
        while (next < s.length && cut.separators.includes(s.charAt(next))) next++;
        if (next >= s.length) return { word, next: undefined };
      }
      return { word, next };
    }
  }
  if (quote !== '') return { unfinished: 'quote', at: text.slice(opened, s.length) };
  return { word: whole(s.length), next: undefined };
}

/** All words, up to the first that cannot be cut out, or as many as are looked at. */
export function extractWords(text: Text, cut: SplitOptions): { readonly words: readonly Text[]; readonly unfinished?: Unfinished } {
  const words: Text[] = [];
  for (let at: number | undefined = 0; at !== undefined && words.length < mostWords; ) {
    const cutOut = extractWord(text, at, cut);
    if (cutOut === undefined) break;
    if ('unfinished' in cutOut) return { words, unfinished: cutOut };
    words.push(cutOut.word);
    at = cutOut.next;
  }
  return { words };
}

export const unfinishedMessage = ({ unfinished }: Unfinished): string =>
  unfinished === 'quote' ? 'The closing quotation mark is missing' : 'Nothing follows the last backslash; write \\\\ for a backslash';
