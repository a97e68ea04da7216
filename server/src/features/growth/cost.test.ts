import assert from 'node:assert/strict';
import type { Diagnostic } from 'vscode-languageserver-types';
import { diagnostics } from '../index';
import { cpu, growsFaster, isSuspect, large, small } from '../testing/growth';
import { type Hostile, hostile } from '../testing/hostile';
import { open } from '../testing/marked';
import { work } from '../testing/work';

/** What each kind of work costs on a text of a size; all of it is done on one document, in the same order. */
function costs({ text, ...how }: Hostile, size: number): Map<string, number> {
  const document = open(text(size), how);
  return new Map(Object.entries(work).map(([name, does]) => [name, cpu(() => does(document))]));
}

const said = ({ message }: Diagnostic): string => (typeof message === 'string' ? message : message.value);

describe('what a hostile document costs', function () {
  this.timeout(120_000);

  for (const each of hostile) {
    it(`grows with its size, not faster: ${each.kind} with ${each.name}`, () => {
      const { text, ...how } = each,
        before = costs(each, small);
      for (const [name, cost] of costs(each, large)) {
        if (!isSuspect(before.get(name) ?? 0, cost)) continue;
        const measured = growsFaster((size) => {
          const document = open(text(size), how);
          return () => work[name]?.(document);
        });
        assert.equal(measured, undefined, name);
      }
    });
  }
});

describe('the measure of growth', () => {
  /** Measures work whose cost is known, on a machine that makes it cost more by some factors, one after the other. */
  const measured = (cost: (size: number) => number, busy: readonly number[] = [1]): string | undefined => {
    let count = 0;
    return growsFaster(
      (size) => () => cost(size),
      (does) => Number(does()) * (busy[count++ % busy.length] ?? 1),
    );
  };

  it('does not complain of work that grows with the size, also on a busy machine', () => {
    for (const each of [(size: number) => size / 1000, (size: number) => (size * Math.log2(size)) / 10_000]) {
      assert.equal(measured(each), undefined);
      assert.equal(measured(each, [1, 12, 1, 9, 2, 11, 1, 3]), undefined);
    }
  });

  it('finds work that grows with the square of the size, also on a busy machine', () => {
    for (const busy of [[1], [1, 3, 2, 4], [4, 1, 3, 2]])
      assert.match(measured((size) => (size / 8000) ** 2 * 2, busy) ?? '', /characters/);
    assert.ok(isSuspect(2, 2 * (large / small) ** 2));
  });
});

describe('a megabyte', function () {
  this.timeout(120_000);
  const chosen = hostile.filter(({ name }) =>
    /SystemCallFilter="mount|Parameters|Overlay="\/a|ExtraTrees="a:b|Packages=x" "|lines of "\[(Exec|Content)\]\\n(Hostname|Packages|stray|# nspawn)|lines of "\\n"|a comment of "a\(1/.test(
      name,
    ),
  );

  for (const { text, ...each } of chosen) {
    it(`ends, and says little: ${each.kind} with ${each.name}`, () => {
      const document = open(text(1 << 20), each);
      for (const does of Object.values(work)) does(document);
      const found = diagnostics({ document, launch: 'unit', trusted: true });
      assert.ok(found.length <= 1001);
      for (const diagnostic of found) assert.ok(said(diagnostic).length < 4000, said(diagnostic).slice(0, 100));
    });
  }

  it('is all that is looked at: a file of more than four is not judged', () => {
    const document = open(`[Exec]\nBoot=maybe\nEnvironment=${'A=b '.repeat(1 << 20)}\n`);
    assert.ok(document.tooLarge);
    assert.deepEqual(
      diagnostics({ document, launch: 'unit', trusted: true }).map((d) => d.code),
      ['not-judged'],
    );
    assert.deepEqual(document.tree.lines, []);
  });

  it('has its worst findings shown, and the number of the others', () => {
    const document = open(`[Exec]\n${'Hostname=a\n'.repeat(3000)}Boot=maybe\n`),
      found = diagnostics({ document, launch: 'unit', trusted: true });
    assert.equal(found.length, 1001);
    assert.ok(found.some((d) => d.code === 'bad-value'));
    assert.match(found.slice(-1).map(said).join(), /^2000 more findings/);
    assert.equal(found.at(-1)?.code, 'not-judged');
    assert.equal(diagnostics({ document, launch: 'unit', trusted: true }, { 'not-judged': 'off' }).length, 1000);
  });
});
