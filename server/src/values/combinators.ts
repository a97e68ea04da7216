import { similar } from '../schema';
import { isSpace, shortened, type Text } from '../syntax';
import { extractWords, type SplitOptions, type Unfinished, unfinishedMessage } from './extract';
import type { Asked, Choice, DynamicSource, Effect, Reader, Reading, Rewrite, Role } from './grammar';

/** An atom that the text is. */
export interface Found {
  readonly role: Role;
  readonly word?: string;
  readonly number?: number;
}

/** The text is meant as this atom, but it is wrong. */
export interface Fault {
  readonly fault: string;
  readonly instead?: string;
  readonly rewrite?: Rewrite;
  readonly effect?: Effect;
}

/** The smallest pieces of values: a word of a list, a number, a path ... */
export interface Atom {
  /** undefined: the text is something else. */
  read(text: string, asked: Asked): Found | Fault | undefined;
  /** What would be right, to be read after "use": one thing, or several to choose from. */
  expects(asked: Asked): string | readonly string[];
  offers?(asked: Asked): readonly Choice[];
  readonly wants?: DynamicSource;
}

/** The first of several atoms that the text is. */
export function oneOf(...atoms: readonly Atom[]): Atom {
  const wants = atoms.find((a) => a.wants !== undefined)?.wants;
  return {
    read(text, asked) {
      let fault: Fault | undefined;
      for (const atom of atoms) {
        const result = atom.read(text, asked);
        if (result === undefined) continue;
        if (!('fault' in result)) return result;
        fault ??= result;
      }
      return fault;
    },
    expects: (asked) => atoms.flatMap((a) => a.expects(asked)).filter((e) => e !== ''),
    offers: (asked) => {
      const seen = new Set<string>();
      return atoms.flatMap((a) => a.offers?.(asked) ?? []).filter((o) => !seen.has(o.word) && seen.add(o.word));
    },
    ...(wants === undefined ? {} : { wants }),
  };
}

/** `a, b or c`. */
const alternatives = (choices: readonly string[]): string =>
  choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`;

/** A list to be read: the first eight, and a sign that there are more. */
const some = (choices: readonly string[]): string =>
  choices.length > 8 ? `one of ${choices.slice(0, 8).join(', ')} …` : alternatives(choices);

/**
 * Reads one atom: its part, the place where it can be chosen, and what is wrong with it.
 * @param asked of an item of a list: the item's own type
 */
export function take(text: Text, atom: Atom, into: Reading, label?: string, effect?: Effect, asked: Asked = into.asked): Found | undefined {
  if (into.full) return undefined;
  into.place(text, () => atom.offers?.(asked) ?? [], { label, wants: atom.wants });
  const result = atom.read(text.text, asked);
  if (result !== undefined && !('fault' in result)) {
    if (text.length > 0) into.part(text, result.role, { label, word: result.word, number: result.number, wants: atom.wants });
    return result;
  }
  const choices = atom.expects(asked),
    expects = some(typeof choices === 'string' ? [choices] : choices);
  const meant =
    result?.instead ??
    (text.length === 0 || result?.rewrite !== undefined
      ? undefined
      : similar(
          text.text,
          (atom.offers?.(asked) ?? []).map((o) => o.word),
        ));
  const does = result?.effect ?? effect;
  into.problem(
    text,
    result?.fault ??
      (text.length === 0 ? `A value is missing; use ${expects}` : `"${shortened(text.text)}" is not valid here; use ${expects}`),
    { instead: meant, rewrite: result?.rewrite, effect: does },
  );
  // The tool takes it all the same.
  if (does !== 'silent' && does !== 'advice') return undefined;
  if (text.length > 0) into.part(text, 'string', { label, wants: atom.wants });
  return { role: 'string' };
}

/** A value that is one atom. */
export const single =
  (atom: Atom, label?: string): Reader =>
  (text, into) => {
    take(text, atom, into, label);
  };

/** A list of words; each one is read by `item`, and where there is none yet, `blank` can be chosen. */
export function list(
  cut: SplitOptions,
  item: (word: Text, into: Reading, index: number) => boolean,
  blank: Atom,
  label?: string,
  unfinished?: Effect,
): Reader {
  return (text, into) => {
    const cutOut = extractWords(text, cut);
    gaps(text, cut.separators, cutOut, into, blank, label);
    for (const [i, word] of cutOut.words.entries()) {
      if (item(word, into, i)) continue;
      // The tool stops reading here, but the rest is still checked.
      for (const rest of cutOut.words.slice(i + 1)) into.place(rest, () => blank.offers?.(into.asked) ?? [], { label, wants: blank.wants });
      return;
    }
    if (cutOut.unfinished !== undefined)
      into.problem(cutOut.unfinished.at, unfinishedMessage(cutOut.unfinished), {
        instead: closed(text, cutOut.unfinished),
        effect: unfinished,
      });
  };
}

/** With the quotation mark that is missing, if the open one begins a word; any other may be an apostrophe. */
function closed(text: Text, { unfinished, at }: Unfinished): string | undefined {
  const before = text.length - at.length,
    opens = before === 0 || isSpace(text.text.charAt(before - 1));
  return unfinished === 'quote' && opens ? `${at.text}${at.text.charAt(0)}` : undefined;
}

/** Where there is no word, but one could be: in front, between two words with space for a third, after the last. */
export function gaps(
  text: Text,
  separators: string,
  { words, unfinished }: { readonly words: readonly Text[]; readonly unfinished?: { readonly at: Text } | undefined },
  into: Reading,
  atom: Atom,
  label?: string,
): void {
  const s = text.text,
    end = unfinished === undefined ? Infinity : unfinished.at.span().start;
  const isGap = (i: number): boolean => i < 0 || i >= s.length || separators.includes(s.charAt(i));
  let next = 0;
  for (let i = 0; i <= s.length; i++) {
    if (!isGap(i - 1) || !isGap(i)) continue;
    const { start } = text.slice(i, i).span();
    while (next < words.length && (words[next]?.span().end ?? 0) < start) next++;
    const inWord = (words[next]?.span().start ?? Infinity) < start;
    if (!inWord && start <= end) into.place(text.slice(i, i), () => atom.offers?.(into.asked) ?? [], { label, wants: atom.wants });
  }
}

/** The separators of fields, for colouring; escaped ones are ordinary text. */
export function operators(text: Text, char: string, into: Reading, limit = Infinity): void {
  let n = 0;
  for (let i = 0; i < text.length && n < limit; i++) {
    if (text.text.charAt(i) === '\\') {
      i++;
      continue;
    }
    if (text.text.charAt(i) !== char) continue;
    into.part(text.slice(i, i + 1), 'operator');
    n++;
  }
}
