import assert from 'node:assert/strict';
import type { Diagnostic } from 'vscode-languageserver-types';
import { diagnostics } from '../index';
import { type Hostile, hostile } from '../testing/hostile';
import { open } from '../testing/marked';
import { work } from '../testing/work';

/** Milliseconds of the processor that something takes. */
function cpu(does: () => unknown): number {
  const before = process.cpuUsage();
  does();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const small = 8_000,
  large = 8 * small;
/** What a text of eight times the size may cost: 2.5 times as much for each doubling. What takes less than this at first is not measured well. */
const most = 2.5 ** 3,
  least = 6;

/** What each kind of work costs on a text of a size; all of it is done on one document, in the same order. */
function costs({ text, ...how }: Hostile, size: number): Map<string, number> {
  const document = open(text(size), how);
  return new Map(Object.entries(work).map(([name, does]) => [name, cpu(() => does(document))]));
}

/** The same for one kind of work, as little as it takes in some tries: others use the processor, and memory is tidied up. */
function atLeast({ text, ...how }: Hostile, size: number, name: string): number {
  const content = text(size);
  return Math.min(
    ...[1, 2, 3, 4].map(() => {
      const document = open(content, how);
      return cpu(() => work[name]?.(document));
    }),
  );
}

const said = ({ message }: Diagnostic): string => (typeof message === 'string' ? message : message.value);

describe('what a hostile document costs', function () {
  this.timeout(120_000);

  for (const each of hostile) {
    it(`grows with its size, not faster: ${each.kind} with ${each.name}`, () => {
      const before = costs(each, small);
      for (const [name, cost] of costs(each, large)) {
        if (cost <= Math.max(least, before.get(name) ?? 0) * most) continue;
        const first = atLeast(each, small, name),
          then = atLeast(each, large, name);
        assert.ok(then <= Math.max(least, first) * most, `${name}: ${first} ms, then ${then} ms`);
      }
    });
  }
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
