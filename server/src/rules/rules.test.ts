import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from '../../../test/support/glob.mjs';
import { families, findings as findingsOfAll } from '../families';
import { runToEnd } from '../model';
import { Document, newest } from '../schema';
import { RuleContextOfDocument } from './context';
import { commonRules, type Finding, type Fix, judging, type LintInput, mkosiRules, nspawnRules, type Rule, rules } from './index';
import { type Fixture, fixturesIn, wantsOf } from './testing/fixtures';
import { lintInputOf as caseOf } from './testing/lint-input';

const root = path.resolve('server/src/rules');

/** What all rules of the kind of file find, or only some. */
const findings = (here: LintInput, only?: readonly Rule[]): Finding[] =>
  only === undefined ? findingsOfAll(here) : runToEnd(judging(here, only));

function applied(text: string, edits: Fix['edits']): string {
  return [...edits]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((t, e) => t.slice(0, e.start) + e.text + t.slice(e.end), text);
}

const hurts = (f: Finding): boolean => f.verdict !== 'advice';
const key = (f: Finding): string => `${f.rule}: ${f.message}`;

/** What is wrong with bytes, lengths and numbers cannot be shown in a file of text; tests below do. */
const withoutFixture = ['invalid-utf8', 'long-line', 'not-judged'];

/** The fixtures beside the rules of a folder, by rule. */
const folders = [
  { folder: 'common', rules: commonRules },
  { folder: 'nspawn', rules: nspawnRules },
  { folder: 'mkosi', rules: mkosiRules },
].map((each) => ({ ...each, fixtures: fixturesIn(root, `${each.folder}/fixtures`) }));

/** Holds the findings in all files of a fixture against what it wants of some rules. @param only rules to run instead of all */
function compare({ files, checked, caseOf }: Fixture, only?: readonly Rule[]): void {
  for (const file of checked) {
    const here = caseOf(file);
    const lineOf = (f: Finding): number => here.document.text.positionAt(f.start).line;
    const rest = findings(here, only);
    for (const want of wantsOf(files[file] ?? '').filter(({ rule }) => only?.some(({ id }) => id === rule) ?? true)) {
      const i = rest.findIndex(
        (f) => lineOf(f) === want.line && f.rule === want.rule && f.message.toLowerCase().includes(want.part.toLowerCase()),
      );
      assert.ok(i >= 0, [`${file}: line ${want.line + 1} lacks ${want.rule} "${want.part}"; there is`, ...rest.map(key)].join('\n'));
      rest.splice(i, 1);
    }
    assert.deepEqual(
      rest.map((f) => `${file}: ${lineOf(f) + 1} ${key(f)}`),
      [],
    );
  }
}

describe('rules', () => {
  it('have an id of their own', () => {
    assert.equal(new Set(rules.map((r) => r.id)).size, rules.length);
  });

  it('are named by no other code than their own', () => {
    // The same words with another meaning: a modifier of LSP and a tag, a value of --trust.
    const elsewhere = new Set(['deprecated', 'untrusted']);
    const generated = 'server/src/rules/registry.ts';
    for (const file of globSync('.', ['server/src'], /\.ts$/).filter((f) => !/\.test\.ts$|\/testing\//.test(f) && f !== generated)) {
      const text = readFileSync(file, 'utf8');
      for (const { id } of rules) {
        if (elsewhere.has(id) || file.endsWith(`/${id}.ts`)) continue;
        assert.doesNotMatch(
          text,
          new RegExp(`['"\`/]${id}['"\`]`),
          `${file} names the rule ${id}: give the rule a tag and ask for that (rule.ts)`,
        );
      }
    }
  });

  for (const { folder, rules: some, fixtures } of folders) {
    for (const rule of some) {
      const { id, summary, verdicts } = rule,
        file = `server/src/rules/${folder}/${id}.ts`,
        own = fixtures.filter((f) => f.rule === id);

      describe(id, () => {
        it('is a complete unit', () => {
          assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
          assert.doesNotMatch(readFileSync(file, 'utf8'), /TODO/, `${file} is not finished: replace each TODO`);
          assert.match(summary, /^\S.*[^.\s]$/, `${file}: write a summary, one sentence without a full stop`);
          const order = ['refused', 'warned', 'silent', 'advice'] as const;
          assert.ok(verdicts.length > 0, `${file}: name the verdicts that check gives`);
          assert.deepEqual(
            verdicts,
            order.filter((v) => verdicts.includes(v)),
            `${file}: name each verdict once, the worst first`,
          );
          if (withoutFixture.includes(id)) return;
          const where = `server/src/rules/${folder}/fixtures/${id}`;
          assert.ok(own.length > 0, `The rule ${id} has no fixture: write ${where}.nspawn, or a folder ${where} for a mkosi project`);
          const texts = own.flatMap((f) => f.checked.map((name) => f.files[name] ?? ''));
          for (const text of texts) assert.doesNotMatch(text, /TODO/, `A fixture of ${id} is not finished: replace each TODO in ${where}*`);
          assert.ok(
            texts.some((text) => wantsOf(text).some((want) => want.rule === id)),
            `No fixture of ${id} wants a finding: write # want ${id} "a part of the message" above a line`,
          );
        });

        for (const fixture of own) {
          it(`finds alone what ${fixture.path} wants, and nothing else`, () => {
            compare(fixture, [rule]);
          });

          it(`gives in ${fixture.path} only verdicts that it names`, () => {
            for (const name of fixture.checked) {
              for (const { verdict } of rule.check(new RuleContextOfDocument(fixture.caseOf(name)))) {
                assert.ok(verdicts.includes(verdict), `${file}: check gives ${verdict}, which is not among its verdicts`);
              }
            }
          });
        }
      });
    }

    it(`in ${folder} have all fixtures that lie beside them`, () => {
      for (const f of fixtures)
        assert.ok(
          some.some(({ id }) => id === f.rule),
          `There is no rule for the fixture ${f.path}: rename or delete it`,
        );
    });
  }

  for (const fixture of [...folders.flatMap(({ fixtures }) => fixtures), ...fixturesIn(root, 'fixtures')]) {
    describe(`all together in ${fixture.path}`, () => {
      it('find what is wanted and nothing else', () => {
        compare(fixture);
      });

      it('point into the document, at something', () => {
        for (const file of fixture.checked) {
          for (const f of findings(fixture.caseOf(file))) {
            assert.ok(f.start >= 0 && f.end > f.start && f.end <= (fixture.files[file] ?? '').length, `${key(f)} at ${f.start}-${f.end}`);
          }
        }
      });

      it('offer fixes that take the finding away and bring no new one', () => {
        for (const file of fixture.checked) {
          const found = findings(fixture.caseOf(file));
          for (const f of found) {
            for (const fix of f.fixes ?? []) {
              const after = applied(fixture.files[file] ?? '', fix.edits);
              const left = findings(fixture.caseOf(file, { ...fixture.files, [file]: after }));
              const before = found.filter((x) => key(x) === key(f)).length;
              assert.ok(left.filter((x) => key(x) === key(f)).length < before, `"${fix.title}" leaves ${key(f)}\n${after}`);
              const known = new Set(found.filter(hurts).map((x) => x.rule));
              assert.deepEqual(left.filter((x) => hurts(x) && !known.has(x.rule)).map(key), [], `"${fix.title}" brings\n${after}`);
              assert.ok(left.filter(hurts).length <= found.filter(hurts).length, `"${fix.title}" adds a finding\n${after}`);
            }
          }
        }
      });
    });
  }

  const judged = (text: string, systemd = newest.systemd, undecodable: number[] = []): string[] =>
    findings({
      document: Document.of('file:///x.nspawn', families.nspawn, text, { ...newest, systemd }, undecodable),
      launch: 'command',
      trusted: true,
    }).map((f) => `${f.verdict} ${f.rule} ${f.start}`);

  it('write another line where that is the one answer', () => {
    const mended = (section: string, line: string, systemd = newest.systemd): string => {
      const text = `[${section}]\n${line}\n`,
        document = Document.of('file:///x.nspawn', families.nspawn, text, { ...newest, systemd });
      const all = findings({ document, launch: 'command', trusted: true }).flatMap((f) => f.fixes ?? []);
      assert.equal(new Set(all.map((f) => f.title)).size, 1, `${line}: ${all.map((f) => f.title).join(', ')}`);
      return applied(text, all[0]!.edits).split('\n').slice(1, -1).join(' | ');
    };
    assert.equal(mended('Files', 'Bind=/a:/b:ro'), 'BindReadOnly=/a:/b');
    assert.equal(mended('Files', 'Bind=/a:/b:norbind,ro'), 'BindReadOnly=/a:/b:norbind');
    assert.equal(mended('Files', String.raw`Bind=/a\:x:ro`), String.raw`BindReadOnly=/a\:x`);
    assert.equal(mended('Files', 'Bind=/a:/b:rw'), 'Bind=/a:/b');
    assert.equal(mended('Files', 'Bind=-/a:/b'), 'Bind=/a:/b');
    assert.equal(mended('Files', 'TemporaryFileSystem=var'), 'TemporaryFileSystem=/var');
    assert.equal(
      mended('Exec', 'SystemCallFilter=@mount ~@swap bpf ~ptrace'),
      'SystemCallFilter=@mount bpf | SystemCallFilter=~@swap ptrace',
    );
    assert.equal(mended('Exec', 'SystemCallFilter=~@mount ~@swap'), 'SystemCallFilter=~@mount @swap');
    assert.equal(mended('Exec', 'Environment=A=1 "B=c d'), 'Environment=A=1 "B=c d"');
    assert.equal(mended('Network', 'VirtualEthernet=yes\nPort=udp:80-82'), 'VirtualEthernet=yes | Port=udp:80 | Port=udp:81 | Port=udp:82');
    assert.equal(mended('Network', 'Zone='), '');
  });

  it('add no lines behind a value that goes on', () => {
    const titles = (text: string): string[] =>
      findings(caseOf(`# checked by systemd 247\n${text}`)).flatMap((f) => (f.fixes ?? []).map((x) => x.title));
    assert.deepEqual(titles('[Exec]\nBoot=yes'), ['Add VirtualEthernet=yes']);
    assert.deepEqual(titles(''), ['Add VirtualEthernet=yes']);
    assert.deepEqual(titles('[Exec]\nUser=web\\\n# a comment'), []);
  });

  it('refuse bytes that are no UTF-8, but not in comments', () => {
    assert.deepEqual(judged('# \ufffd\n[X-a]\nb=\ufffd\n', 262, [2, 11]), ['refused invalid-utf8 11']);
    assert.deepEqual(judged('[X-a]\nb=\ufffd\n'), []);
    assert.deepEqual(judged('[X-a]\nb=\uffff\n'), ['refused invalid-utf8 8']);
    assert.deepEqual(judged('[X-a]\nb=\ud83d\ude00 \u00e9\n'), []);
  });

  it('refuse lines of a megabyte', () => {
    const length = 1024 * 1024;
    assert.deepEqual(judged(`[X-a]\n#${'x'.repeat(length - 2)}\n`), []);
    assert.deepEqual(judged(`[X-a]\n#${'x'.repeat(length - 1)}\n`), ['refused long-line 6']);
    assert.deepEqual(judged(`[X-a]\n#${'\u00e9'.repeat(length / 2)}\n`), ['refused long-line 6']);
    assert.deepEqual(judged(`[X-a]\n#${'x'.repeat(3000)}\n`, 234), ['silent long-line 6']);
  });
});
