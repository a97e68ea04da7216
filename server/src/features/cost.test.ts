import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Document } from '../schema';
import { Cost } from './testing/cost';
import { documentOf, families, patience, runs, samplesOf } from './testing/documents';
import { shapes } from './testing/large';
import { open } from './testing/marked';
import { work } from './testing/work';

describe('what a document costs', function () {
  this.timeout(patience);
  const cost = new Cost();
  before(() => cost.start());
  after(() => cost.stop());

  /** What everything that is asked costs on a text of one size, and on one of four times that size. */
  function compare(sized: (n: number) => Document): void {
    const all = (n: number): ReadonlyMap<string, number> => {
      const documents = Object.values(work).map((does) => [does, sized(n)] as const);
      return cost.of(() => {
        for (const [does, document] of documents) does(document);
      });
    };
    all(2); // what is read once for all is not counted
    // Where a limit is reached between two sizes, such as the most findings of one value, a step is no growth: it does not come again.
    const grown = (small: ReadonlyMap<string, number>, large: ReadonlyMap<string, number>): string[] =>
      [...large]
        // Lists of findings are sorted, which takes a little more than in proportion.
        .filter(([name, count]) => count > (small.get(name) ?? 0) * 4 * 1.5 + 500)
        .map(([name]) => name);
    const small = all(8),
      large = all(32),
      suspects = grown(small, large);
    if (suspects.length === 0) return;
    const largest = all(128),
      again = new Set(grown(large, largest));
    for (const name of suspects) {
      assert.ok(!again.has(name), `${name}: ${small.get(name) ?? 0} blocks, then ${large.get(name) ?? 0}, then ${largest.get(name) ?? 0}`);
    }
  }

  for (const { name, text, ...how } of shapes) {
    it(`grows with the number of ${name} in a file of ${how.kind}, not faster`, () => {
      compare((n) => open(text(n), how));
    });
  }

  for (const family of families) {
    it(`grows with the size of a file of ${family}, not faster`, () => {
      fc.assert(
        fc.property(samplesOf(family), (sample) => {
          compare((n) => documentOf({ ...sample, undecodable: [] }, `${sample.text}\n`.repeat(n)));
        }),
        { numRuns: 2 + Math.ceil(runs / 200) },
      );
    });

    it(`grows with the length of a line of a file of ${family}, not faster`, () => {
      const start = family === 'nspawn' ? '[Exec]\nEnvironment=' : '[Content]\nPackages=';
      fc.assert(
        fc.property(samplesOf(family), (sample) => {
          const once = sample.text.replace(/[\n\r\0]+/g, ' ');
          const line = once.repeat(Math.ceil(100 / Math.max(1, once.length))); // what short values mean is remembered
          compare((n) => documentOf({ ...sample, undecodable: [] }, `${start}${line.repeat(n)}\n`));
        }),
        { numRuns: 2 + Math.ceil(runs / 200) },
      );
    });
  }
});
