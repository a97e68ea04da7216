import fc from 'fast-check';
import { families as byKind, type Kind } from '../../families';
import { type Decoded, decode } from '../../node/files';
import { Document, has, newest, type Setting } from '../../schema';
import { grammarOf } from '../../values';

/** How many documents of a family a property is tried on; `PROPERTY_RUNS` in the environment asks for more, in both together. */
export const runs = Math.ceil(Number(process.env.PROPERTY_RUNS ?? 300) / 2);

/** Timeout of a property in milliseconds; not a measurement. */
export const patience = 30_000 + runs * 200;

const soup = fc
  .array(
    fc.constantFrom(
      '[Exec]',
      '[',
      ']',
      'Boot',
      '=',
      'yes',
      '\\',
      '\n',
      '\n',
      '\r\n',
      '\r',
      '\0',
      ' ',
      '  ',
      '\t',
      '#',
      ';',
      'é',
      '\u2028',
      '\ufeff',
      '"',
      '𝒳',
      ':',
      ',',
      '/',
      '~',
      '@',
      '%',
      '\xa0',
      '\x1f',
      '\nKey=a\\\n b',
      '\n[Content]\nPackages=v\n  w\n',
      '\n  # c\n',
      '[Match]\n',
      '\n# nspawn-ignore: bad-value\n',
      'Bind=/a:/b:',
      'Port=tcp:',
    ),
    { maxLength: 40 },
  )
  .map((p) => p.join(''));

const blanks = fc.constantFrom('', '', '', ' ', '\t', '  ');
const junk = fc.constantFrom(
  '',
  '-1',
  'maybe',
  '/srv:/data',
  '/a b',
  'tcp:80:80',
  '8080',
  'CAP_CHOWN CAP_FOO',
  '~@mount @foo',
  '1G:2G',
  'A=1 "B=2',
  'a\\ b',
  '0',
  '1',
  '0:65536',
  'lab',
  'infinity',
  'é',
  '%d %%',
  '%',
  'a,b',
  'a\n   b',
  'a \\\n  b',
  'a \\\n # c\n  b',
  'x # y',
  'x;y',
  '"quoted"',
  '+/x:/y',
);

/** Values of a setting: what its grammar offers, its words, and what it does not take. */
function valuesOf(setting: Setting, kind: Kind, version: number): fc.Arbitrary<string> {
  const edition = byKind[kind].at(version);
  const value = setting.value,
    asked = { value, edition };
  const offered = ['', ' '].flatMap(
    (text) =>
      grammarOf(value)
        ?.propose(text, text.length, asked)
        .map((p) => p.label) ?? [],
  );
  const words = [...offered, ...(value.words ?? value.of?.words ?? []).map((w) => w.word)];
  if (words.length === 0) return junk;
  const list = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    junk,
    list.map((l) => l.join(' ')),
    list.map((l) => l.join(edition.schema.reader.dialect(version).continuation === 'backslash' ? ' \\\n  ' : '\n  ')),
  );
}

/** Files as people write them, and as they should not: sections and settings of the schema, mixed up. */
function written(kind: Kind, version: number): fc.Arbitrary<string> {
  const edition = byKind[kind].at(version);
  const settings = edition.schema.data.settings.filter((s) => has(s, version));
  const assignment = fc
    .constantFrom(...settings)
    .chain((s) =>
      fc
        .tuple(
          blanks,
          fc.constantFrom(s.name, s.name, s.name, s.name.toLowerCase(), `${s.name}s`),
          blanks,
          blanks,
          valuesOf(s, kind, version),
          blanks,
        )
        .map(([indent, name, a, b, value, end]) => `${indent}${name}${a}=${b}${value}${end}`),
    );
  const header = fc.constantFrom(...edition.sections.map((s) => `[${s}]`), '[Foo]', '[Exce]', '[Exec] # no');
  const other = fc.constantFrom('', '', '# comment', '#Boot=yes', '; old', '# nspawn-ignore: bad-value', 'stray', '  ');
  const line = fc.oneof({ weight: 6, arbitrary: assignment }, { weight: 2, arbitrary: header }, { weight: 1, arbitrary: other });
  return fc
    .tuple(header, fc.array(line, { maxLength: 15 }), fc.constantFrom('\n', '\n', '\n', '\r\n', '\r'), fc.boolean())
    .map(([first, rest, end, last]) => [first, ...rest].join(end) + (last ? end : ''));
}

/** Kinds of files that one tool reads. */
export type Family = 'nspawn' | 'mkosi';
export const families: readonly Family[] = ['nspawn', 'mkosi'];

/** Releases that read files differently. */
const releases: Readonly<Record<Family, readonly (readonly [Kind, readonly number[]])[]>> = {
  nspawn: [['nspawn', [262, 257, 252, 247, 242, 240, 239, 238, 230]]],
  mkosi: [
    ['mkosi', [27.1, 25.3, 24.3, 20, 15]],
    ['mkosi-legacy', [14, 12, 9, 5, 2]],
  ],
};

/** What a document is made of; short to print when it is a counterexample. */
export interface Sample {
  readonly kind: Kind;
  readonly version: number;
  readonly text: string;
  /** Offsets of replacement characters that stand for bytes that are not UTF-8. */
  readonly undecodable?: readonly number[];
}

/** Bytes, of which some are not text. */
const bytes: fc.Arbitrary<Decoded> = fc
  .array(
    fc.oneof(
      fc
        .constantFrom('[Exec]\n', '[Content]\n', 'Boot=yes\n', 'Packages=a\n  b\n', '=', '\n', '\ufffd', '\u{1f600}')
        .map((t) => [...Buffer.from(t)]),
      fc.array(fc.nat(255), { maxLength: 6 }),
    ),
    { maxLength: 25 },
  )
  .map((pieces) => decode(Buffer.from(pieces.flat())));

/** A file in the middle of being edited: pieces cut out, doubled and put in anywhere. */
const mutated = (whole: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(whole, fc.array(edits, { minLength: 1, maxLength: 4 })).map(([text, changes]) => changes.reduce(edit, text));

/** A change of a text: where, how much goes, and what comes. */
export interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly put: string;
}

/** Changes of any text. */
export const edits: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(1 << 20),
  removed: fc.oneof(fc.constant(0), fc.nat(8), fc.nat(200)),
  put: fc.oneof(fc.constant(''), soup, junk),
});

/** Where a change is in a text of this length. */
export const placed = ({ at, removed }: Edit, length: number): { readonly start: number; readonly end: number } => {
  const start = at % (length + 1);
  return { start, end: Math.min(length, start + removed) };
};

function edit(text: string, change: Edit): string {
  const { start, end } = placed(change, text.length);
  return text.slice(0, start) + change.put + text.slice(end);
}

/** Samples of a family: files as they are written, changed ones, the parts of the syntax in any order, and bytes. */
export const samplesOf = (family: Family): fc.Arbitrary<Sample> =>
  fc.constantFrom(...releases[family]).chain(([kind, versions]) =>
    fc.constantFrom(...versions).chain((version) => {
      const file = written(kind, version),
        plain = (text: string): Decoded => ({ text, undecodable: [] });
      return fc
        .oneof(
          { weight: 6, arbitrary: file.map(plain) },
          { weight: 2, arbitrary: mutated(file).map(plain) },
          { weight: 2, arbitrary: soup.map(plain) },
          { weight: 1, arbitrary: bytes },
        )
        .map(({ text, undecodable }) => ({ kind, version, text, ...(undecodable.length > 0 ? { undecodable } : {}) }));
    }),
  );

/** The document of a sample, with another text if one is given. */
export function documentOf({ kind, version, text: own, undecodable = [] }: Sample, text = own): Document {
  const family = byKind[kind];
  return Document.of(`file:///work/x.${kind}`, family, text, { ...newest, [family.release]: version }, text === own ? undecodable : []);
}

/** A place in a text. */
export const places = fc.nat(1 << 20);
