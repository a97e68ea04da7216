import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Document } from '../schema';
import {
  completion, definition, diagnostics, documentSymbols, enter, fixAll, fixes, folding, formatting, highlights, hover, inlayHints, links,
  references, rename, selection, signature, tokens, workspaceSymbols,
} from './index';
import { Cost } from './testing/cost';
import { documentOf, families, patience, runs, samplesOf } from './testing/documents';
import { shapes } from './testing/large';
import { fakeWorld, open } from './testing/marked';

const world = fakeWorld({ paths: ['/etc/passwd'] });

/** Everything that is asked of a document, in the middle of it. */
const work: Readonly<Record<string, (document: Document) => unknown>> = {
  reading: (d) => documentOf({ kind: d.kind, version: d.edition.version, text: d.text.getText() }),
  editing: (d) => {
    const at = d.text.offsetAt(middle(d)), range = { start: middle(d), end: middle(d) };
    const text = TextDocument.create(d.uri, d.kind, 0, d.text.getText());
    return d.edited(TextDocument.update(text, [{ range, text: 'x' }], 1), { start: at, end: at, newLength: 1 });
  },
  diagnostics: (d) => diagnostics({ document: d, launch: 'unit', trusted: true }),
  fixes: (d) => fixes({ document: d, launch: 'unit', trusted: true }, { start: middle(d), end: middle(d) }),
  fixAll: (d) => fixAll({ document: d, launch: 'unit', trusted: true }),
  completion: (d) => completion(d, middle(d), world),
  hover: (d) => hover(d, middle(d)),
  signature: (d) => signature(d, middle(d)),
  formatting: (d) => formatting(d),
  range: (d) => formatting(d, { start: middle(d), end: { line: middle(d).line + 5, character: 0 } }),
  enter: (d) => enter(d, middle(d)),
  folding: (d) => folding(d),
  symbols: (d) => documentSymbols(d),
  workspaceSymbols: (d) => workspaceSymbols(fakeWorld({ documents: [d] }), ''),
  highlights: (d) => highlights(d, middle(d)),
  links: (d) => links(d, world),
  selection: (d) => selection(d, [middle(d)]),
  definition: (d) => definition(d, middle(d), world),
  references: (d) => references(d, middle(d), world),
  rename: (d) => rename(d, middle(d), 'x', world),
  inlay: (d) => inlayHints(d, { start: { line: 0, character: 0 }, end: { line: d.text.lineCount, character: 0 } }),
  tokens: (d) => tokens(d),
};

const middle = ({ text }: Document) => text.positionAt(Math.floor(text.getText().length / 2));

describe('what a document costs', function () {
  this.timeout(patience);
  const cost = new Cost();
  before(() => cost.start());
  after(() => cost.stop());

  /** What everything that is asked costs on a text of one size, and on one of four times that size. */
  function compare(sized: (n: number) => Document): void {
    const all = (n: number): ReadonlyMap<string, number> => {
      const documents = Object.values(work).map((does) => [does, sized(n)] as const);
      return cost.of(() => { for (const [does, document] of documents) does(document); });
    };
    all(2); // what is read once for all is not counted
    const small = all(8), large = all(32);
    for (const [name, count] of large) {
      // Lists of findings are sorted, which takes a little more than in proportion.
      assert.ok(count <= (small.get(name) ?? 0) * 4 * 1.5 + 500, `${name}: ${small.get(name) ?? 0} blocks, then ${count}`);
    }
  }

  for (const { name, text, ...how } of shapes) {
    it(`grows with the number of ${name} in a file of ${how.kind}, not faster`, () => { compare((n) => open(text(n), how)); });
  }

  for (const family of families) {
    it(`grows with the size of a file of ${family}, not faster`, () => {
      fc.assert(fc.property(samplesOf(family), (sample) => {
        compare((n) => documentOf({ ...sample, undecodable: [] }, `${sample.text}\n`.repeat(n)));
      }), { numRuns: 2 + Math.ceil(runs / 200) });
    });

    it(`grows with the length of a line of a file of ${family}, not faster`, () => {
      const start = family === 'nspawn' ? '[Exec]\nEnvironment=' : '[Content]\nPackages=';
      fc.assert(fc.property(samplesOf(family), (sample) => {
        const once = sample.text.replace(/[\n\r\0]+/g, ' ');
        const line = once.repeat(Math.ceil(100 / Math.max(1, once.length))); // what short values mean is remembered
        compare((n) => documentOf({ ...sample, undecodable: [] }, `${start}${line.repeat(n)}\n`));
      }), { numRuns: 2 + Math.ceil(runs / 200) });
    });
  }
});
