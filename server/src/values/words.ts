import { has, type Word } from '../schema';
import { type Atom, oneOf, single } from './combinators';
import { type Asked, type Grammar, grammar } from './grammar';

/** The fixed words that a type takes in this release. */
function words({ value, edition }: Asked): readonly Word[] {
  return (value.words ?? []).filter((w) => has(w, edition.version));
}

const takesBooleans = ({ value }: Asked): boolean =>
  ['boolean', 'tristate', 'feature'].includes(value.type) || value.true !== undefined || value.false !== undefined;

/** The fixed words of the schema's record, compared exactly. */
export const fixed: Atom = {
  read(text, asked) {
    if (words(asked).some((w) => w.word === text)) return { role: 'keyword', word: text };
    const later = asked.value.words?.find((w) => w.word === text);
    return later === undefined ? undefined : { fault: notNow(later, asked) };
  },
  expects: (asked) => words(asked).map((w) => w.word),
  offers: (asked) => words(asked).map(({ word }) => ({ word })),
};

/** Yes and no in all spellings, without case (systemd v262 parse-util.c:23, mkosi 27.1 config.py parse_boolean). */
export const boolean: Atom = {
  read(text, { value, edition }) {
    const { booleans } = edition.schema.data,
      lower = text.toLowerCase();
    if ((booleans.since?.[lower] ?? 0) > edition.version)
      return { fault: `"${text}" is known since mkosi ${booleans.since?.[lower] ?? ''} only` };
    if (booleans.true.includes(lower)) return { role: 'keyword', word: value.true ?? 'yes' };
    return booleans.false.includes(lower) ? { role: 'keyword', word: value.false ?? 'no' } : undefined;
  },
  expects: () => ['yes', 'no'],
  offers: () => [{ word: 'yes' }, { word: 'no' }],
};

/** Booleans where the record takes them, offered only when no fixed word says the same. */
const booleanToo: Atom = {
  read: (text, asked) => (takesBooleans(asked) ? boolean.read(text, asked) : undefined),
  expects: (asked) => booleanToo.offers?.(asked).map((o) => o.word) ?? [],
  offers: (asked) => {
    if (!takesBooleans(asked)) return [];
    const names = words(asked).map((w) => w.word),
      meant = [asked.value.true, asked.value.false];
    return ['yes', 'no'].filter((b, i) => !names.includes(b) && !names.includes(meant[i] ?? '')).map((word) => ({ word }));
  },
};

/** An empty value, where the tool takes it. */
const empty: Atom = {
  read: (text, { edition }) => (text === '' && edition.schema.reader.emptyIsNoValue ? { role: 'keyword' } : undefined),
  expects: () => '',
};

/** One word out of a fixed list, booleans beside it where the tool takes both. */
export const fixedOrBoolean: Atom = oneOf(fixed, booleanToo, empty);

export const fixedWords: Grammar = grammar(single(fixedOrBoolean));

function notNow(word: Word, { edition }: Asked): string {
  const { tool } = edition.schema.data;
  return word.since !== undefined && edition.version < word.since
    ? `"${word.word}" is known since ${tool} ${word.since} only`
    : `"${word.word}" is known until ${tool} ${word.until ?? ''} only`;
}
