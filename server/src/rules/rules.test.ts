import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { families, findings } from '../families';
import { Document, newest } from '../schema';
import { type Finding, type Fix, rules } from './index';
import { mkosiRules } from './registry';
import { judged as caseOf } from './testing/judged';

const folder = path.resolve('server/src/rules/fixtures');

/** `# want rule-id "text"` above a line: what is to be found in it. */
function wanted(text: string): { line: number; rule: string; part: string }[] {
  const lines = text.split('\n');
  return lines.flatMap((l, i) => {
    const want = /^# want ([a-z0-9-]+) "(.*)"$/.exec(l);
    if (want === null) return [];
    let line = i + 1;
    while (lines[line]?.startsWith('# want ')) line++;
    return [{ line, rule: want[1]!, part: want[2]! }];
  });
}

function applied(text: string, fix: Fix): string {
  return [...fix.edits]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((t, e) => t.slice(0, e.start) + e.text + t.slice(e.end), text);
}

const hurts = (f: Finding): boolean => f.verdict !== 'advice';
const key = (f: Finding): string => `${f.rule}: ${f.message}`;

describe('rules', () => {
  const fixtures = readdirSync(folder).filter((f) => f.endsWith('.nspawn'));

  it('have a name of their own and a fixture each', () => {
    assert.equal(new Set(rules.map((r) => r.id)).size, rules.length);
    const shown = new Set(fixtures.map((f) => f.split('.')[0]));
    for (const { id } of rules) {
      assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      // What is wrong with bytes, lengths and numbers cannot be shown in a file of text; the tests below do.
      if (!mkosiRules.some((r) => r.id === id) && !['invalid-utf8', 'long-line', 'not-judged'].includes(id))
        assert.ok(shown.has(id), `no fixture for ${id}`);
    }
  });

  for (const file of fixtures) {
    describe(file, () => {
      const text = readFileSync(path.join(folder, file), 'utf8'),
        here = caseOf(text);
      const found = findings(here);

      it('finds what is wanted and nothing else', () => {
        const lineOf = (f: Finding): number => here.document.text.positionAt(f.start).line;
        const rest = [...found];
        for (const want of wanted(text)) {
          const i = rest.findIndex(
            (f) => lineOf(f) === want.line && f.rule === want.rule && f.message.toLowerCase().includes(want.part.toLowerCase()),
          );
          assert.ok(i >= 0, [`line ${want.line + 1} lacks ${want.rule} "${want.part}"; there is`, ...rest.map(key)].join('\n'));
          rest.splice(i, 1);
        }
        assert.deepEqual(
          rest.map((f) => `${lineOf(f) + 1} ${key(f)}`),
          [],
        );
      });

      it('points into the document, at something', () => {
        for (const f of found) {
          assert.ok(f.start >= 0 && f.end > f.start && f.end <= text.length, `${key(f)} at ${f.start}-${f.end}`);
        }
      });

      it('offers fixes that take the finding away and bring no new one', () => {
        for (const f of found) {
          for (const fix of f.fixes ?? []) {
            const after = applied(text, fix);
            const left = findings({ ...caseOf(after), launch: here.launch, trusted: here.trusted });
            const before = found.filter((x) => key(x) === key(f)).length;
            assert.ok(left.filter((x) => key(x) === key(f)).length < before, `"${fix.title}" leaves ${key(f)}\n${after}`);
            const known = new Set(found.filter(hurts).map((x) => x.rule));
            assert.deepEqual(left.filter((x) => hurts(x) && !known.has(x.rule)).map(key), [], `"${fix.title}" brings\n${after}`);
            assert.ok(left.filter(hurts).length <= found.filter(hurts).length, `"${fix.title}" adds a finding\n${after}`);
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
      return applied(text, all[0]!).split('\n').slice(1, -1).join(' | ');
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
      findings(caseOf(`# judged by systemd 247\n${text}`)).flatMap((f) => (f.fixes ?? []).map((x) => x.title));
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
