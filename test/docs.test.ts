import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { families, type Kind } from '../server/src/families';
import { isLevel, shown } from '../server/src/features';
import { decode } from '../server/src/node/files';
import { type LintInput, rules } from '../server/src/rules';
import { lintInputOf } from '../server/src/rules/testing/lint-input';
import { projectOf } from '../server/src/rules/testing/project';
import { Document, newest } from '../server/src/schema';

const folder = 'docs/rules';
const pages = readdirSync(folder)
  .filter((f) => f !== 'README.md')
  .map((f) => f.replace(/\.md$/, ''));

/** What is below a heading of a page, up to the next one. */
function chapter(page: string, heading: string): string {
  const [, text = ''] = page.split(`\n## ${heading}\n`);
  return text.split('\n## ')[0] ?? '';
}

interface Example {
  readonly kind: Kind;
  readonly text: string;
}

function example(page: string, heading: string): Example {
  const found = /^```(nspawn|mkosi|mkosi-legacy)\n(.*?)^```$/ms.exec(chapter(page, heading));
  assert.ok(found, `The page has no example under "## ${heading}": write one, between lines "\`\`\`nspawn" or "\`\`\`mkosi" and "\`\`\`"`);
  return {
    kind: found[1] as Kind,
    text: (found[2] ?? '').replaceAll('…', 'x'.repeat(1 << 20)).replace(/^(.*\n)⋮\n/m, (_, line: string) => line.repeat(12_000)),
  };
}

/** An example as it is to be checked; `\xfc` in it is a byte. */
function caseOf({ kind, text }: Example): LintInput {
  const bytes = Buffer.concat(
    text.split(/(\\x[0-9a-f]{2})/).map((part) => (/^\\x/.test(part) ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part))),
  );
  const decoded = decode(bytes);
  if (kind !== 'nspawn') {
    const mkosi = Number(/^# checked by mkosi ([\d.]+)/.exec(text)?.[1] ?? (kind === 'mkosi' ? newest.mkosi : 14));
    const name = /^# checked .*?\bin (\S+)/.exec(text)?.[1] ?? (kind === 'mkosi' ? 'mkosi.conf' : 'mkosi.default');
    const [, beside, mode = ''] = /^# checked with (\S+), mode (\d+)/.exec(text) ?? [],
      target = /^# checked for mkosi ([\d.]+)/.exec(text)?.[1];
    const files = { [name]: decoded.text, ...(beside === undefined ? {} : { [beside]: '' }) };
    const modes = beside === undefined ? {} : { [beside]: Number.parseInt(mode, 8) };
    if (decoded.undecodable.length === 0) return projectOf(files, Number(target ?? mkosi), modes).caseOf(name);
    const document = Document.of(`file:///work/${name}`, families[kind], decoded.text, { ...newest, mkosi });
    return { document, launch: 'unit', trusted: true };
  }
  const here = lintInputOf(decoded.text),
    { document } = here;
  if (decoded.undecodable.length === 0) return here;
  return { ...here, document: Document.of(document.uri, families[kind], decoded.text, newest, decoded.undecodable) };
}

describe('SECURITY.md', () => {
  it('names for each promise the tests that hold it', () => {
    const [, promises = ''] = readFileSync('SECURITY.md', 'utf8').split('## What the extension promises\n');
    const paragraphs = (promises.split('\n## ')[0] ?? '').split(/\n\n+/).filter((text) => text.trim() !== '');
    assert.ok(paragraphs.length > 12);
    for (const text of paragraphs) {
      const promise = /^\n*\*\*(.*?)\*\*/.exec(text)?.[1];
      assert.ok(promise !== undefined, `This is no promise: ${text}`);
      const holders = [...(text.split('\nHeld by ')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
      assert.ok(holders.length > 0, `Nothing holds "${promise}" Write "Held by" and the tests behind it.`);
      // A test is something that npm test runs; see test/mocha.mjs and test/run.mjs.
      for (const file of holders)
        assert.ok(
          existsSync(file) && /\.test\.ts$|^test\/.*\.mjs$|^eslint\.config\.mjs$/.test(file),
          `${file}, which is to hold "${promise}", is no test`,
        );
    }
  });
});

describe('docs/architecture.md', () => {
  const text = readFileSync('docs/architecture.md', 'utf8');
  const listed = [...text.matchAll(/^- `((?:client|server)\/src\/[^`]+)\/`: /gm)].map(([, folder = '']) => folder);

  it('lists every folder of client and server, and no other', () => {
    const folders = ['client/src', 'server/src'].flatMap((top) =>
      readdirSync(top, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
        .map((entry) => entry.parentPath),
    );
    const there = [...new Set(folders)].filter((folder) => !/\/src$|\/testing(\/|$)|\/fixtures(\/|$)/.test(folder));
    assert.deepEqual(
      there.filter((folder) => !listed.includes(folder)),
      [],
      'Say in docs/architecture.md, "The map", what these folders are for',
    );
    assert.deepEqual(
      listed.filter((folder) => !existsSync(folder)),
      [],
      'docs/architecture.md, "The map", lists folders that do not exist',
    );
  });

  it('names for each invariant the tests that hold it', () => {
    const invariants = chapter(text, 'What must stay true').split(/\n- /).slice(1);
    assert.ok(invariants.length > 8);
    for (const invariant of invariants) {
      const holders = [...(invariant.split('Held by')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
      assert.ok(holders.length > 0, `Add "Held by" and a test: ${invariant}`);
      for (const file of holders)
        assert.ok(existsSync(file) && /\.test\.ts$|^test\/.*\.mjs$/.test(file), `${file} is not a test: ${invariant}`);
    }
  });
});

describe('documents for contributors', () => {
  for (const file of ['CONTRIBUTING.md', 'docs/architecture.md', 'tools/schema/facts/README.md']) {
    const text = readFileSync(file, 'utf8');

    it(`${file} names only files, folders and scripts that exist`, () => {
      const built = ['server/dist/cli.js'];
      const paths = [...text.matchAll(/\b((?:client|server|test|tools|docs|syntaxes)\/[\w./@-]*\w\/?)/g)]
        .map(([, named = '']) => named)
        .filter((named) => !/NAME/.test(named) && !built.includes(named));
      assert.deepEqual(
        paths.filter((named) => !existsSync(named) && !existsSync(path.join(path.dirname(file), named))),
        [],
      );
      const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
      const run = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
      assert.deepEqual(
        run.filter((name) => scripts[name] === undefined),
        [],
      );
    });
  }
});

describe('pages of rules', () => {
  it('are there for every rule, and for nothing else', () => {
    for (const { id } of rules) assert.ok(pages.includes(id), `The rule ${id} has no page: write ${folder}/${id}.md`);
    for (const id of pages)
      assert.ok(
        rules.some((r) => r.id === id),
        `There is no rule for ${folder}/${id}.md: delete the page or make the rule`,
      );
  });

  it('leave to the README how a rule is silenced', () => {
    const how = chapter(readFileSync(`${folder}/README.md`, 'utf8'), 'Silence a rule');
    const commented = /^```nspawn\n(.*?)^```$/ms.exec(how)?.[1] ?? '',
      [, rule = ''] = /^# nspawn-ignore: (\S+)$/m.exec(commented) ?? [];
    const rulesIn = (text: string): string[] => shown(lintInputOf(text)).map(({ finding }) => finding.rule);
    assert.deepEqual(rulesIn(commented), []);
    assert.deepEqual(rulesIn(commented.replace(/^# nspawn-ignore.*\n/m, '')), [rule]);
    const setting = JSON.parse(`{${/^```json\n(.*?)^```$/ms.exec(how)?.[1] ?? ''}}`) as Record<string, Record<string, string>>;
    const chosen = Object.entries(setting['nspawn.rules'] ?? {});
    assert.ok(chosen.length > 0);
    for (const [id, level] of chosen) {
      assert.ok(pages.includes(id), `There is no rule ${id}`);
      assert.ok(isLevel(level), `There is no severity ${level}`);
    }
    for (const id of pages) assert.doesNotMatch(readFileSync(`${folder}/${id}.md`, 'utf8'), /nspawn-ignore|"nspawn\.rules"/, id);
  });

  for (const id of pages) {
    describe(id, () => {
      const page = readFileSync(`${folder}/${id}.md`, 'utf8');
      const found = (e: Example) => shown(caseOf(e)).filter(({ finding }) => finding.rule === id);

      it('says what happens, why, and what to do', () => {
        assert.ok(page.startsWith(`# ${id}\n\n`), `${folder}/${id}.md must start with the line "# ${id}"`);
        assert.doesNotMatch(page, /TODO/, `${folder}/${id}.md is not finished: replace each TODO`);
        for (const heading of ['What happens', 'Why', 'How to fix it']) {
          assert.ok(chapter(page, heading).trim().length > 20, `${folder}/${id}.md says nothing under "## ${heading}"`);
        }
      });

      it('has a wrong example, with a verdict that it names', () => {
        const findings = found(example(page, 'Wrong'));
        assert.ok(findings.length > 0, `The rule ${id} finds nothing in the example under "## Wrong"`);
        const named = [...chapter(page, 'What happens').matchAll(/\*\*(\w+)\*\*/g)].map((m) => m[1]);
        for (const { finding } of findings) {
          assert.ok(named.includes(finding.verdict), `"## What happens" does not say what **${finding.verdict}** means`);
        }
      });

      it('has a right example, in which nothing is wrong', () => {
        const here = caseOf(example(page, 'Right'));
        assert.deepEqual(
          shown(here)
            .filter(({ finding: f }) => f.rule === id || f.verdict !== 'advice')
            .map((f) => f.finding.message),
          [],
        );
      });

      it('is about a rule that the documented comment silences', () => {
        const { kind, text } = example(page, 'Wrong'),
          lines = text.split('\n');
        const { document } = caseOf({ kind, text });
        for (const { finding } of found({ kind, text }).toReversed()) {
          lines.splice(document.text.positionAt(finding.start).line, 0, `# nspawn-ignore: ${id}`);
        }
        assert.deepEqual(found({ kind, text: lines.join('\n') }), []);
      });
    });
  }
});
