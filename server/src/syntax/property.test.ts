import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Dialect, type LogicalLine, mkosiDialect, nspawnDialect, parse, reparse } from './index';

const runs = Number(process.env.PROPERTY_RUNS ?? 1000);

const piece = fc.constantFrom(
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
  '\nKey=a\\\n b',
  '\n[S]\nK=v\n  w\n',
);
const pieces = fc.array(piece, { maxLength: 60 }).map((p) => p.join(''));
const documents = fc.oneof({ weight: 4, arbitrary: pieces }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) });
const place = fc.nat(1 << 20);

const families: Readonly<Record<string, readonly Dialect[]>> = {
  systemd: [262, 242, 240, 239, 238].map(nspawnDialect),
  mkosi: [{ ...mkosiDialect(27), sections: ['Exec', 'Content'] }, ...[5, 12, 15, 20, 27].map(mkosiDialect)],
};

for (const [family, dialects] of Object.entries(families)) {
  describe(`any text as ${family} reads it`, function () {
    this.timeout(30_000 + runs * 10);

    it('loses nothing, and places every part inside its line', () => {
      fc.assert(
        fc.property(documents, fc.constantFrom(...dialects), (text, dialect) => {
          const tree = parse(text, dialect);
          assert.equal(
            tree.lines.reduce((n, l) => n + l.length, 0),
            text.length,
          );
          for (const { line, start } of tree) {
            assert.ok(line.length > 0);
            for (const { start: s, end } of spans(line)) assert.ok(s >= 0 && s <= end && end <= line.length, `${start}`);
          }
        }),
        { numRuns: runs },
      );
    });

    it('is re-read after any edits as if read from scratch', () => {
      const edits = fc.array(fc.tuple(documents, place, place), { minLength: 1, maxLength: 3 });
      fc.assert(
        fc.property(documents, edits, fc.constantFrom(...dialects), (first, changes, dialect) => {
          let text = first,
            tree = parse(text, dialect);
          for (const [put, a, b] of changes) {
            const start = a % (text.length + 1),
              end = start + (b % (text.length - start + 1));
            text = text.slice(0, start) + put + text.slice(end);
            tree = reparse(tree, text, { start, end, newLength: put.length });
            assert.deepEqual(tree, parse(text, dialect));
          }
        }),
        { numRuns: runs },
      );
    });
  });
}

function spans(line: LogicalLine): { start: number; end: number }[] {
  const all = [...line.comments];
  if (line.kind === 'assignment') all.push(line.key.span(), line.value.span(), { start: line.equals, end: line.equals + 1 });
  if (line.kind === 'header') all.push(line.name.span(), line.whole.span());
  if (line.kind === 'stray') all.push(line.text.span());
  return all;
}
