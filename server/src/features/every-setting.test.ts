import assert from 'node:assert/strict';
import { type CompletionItem, type Position, type Range, TextEdit } from 'vscode-languageserver-types';
import { findings } from '../families';
import { type Document, nspawn, type Setting, vocabularyPages } from '../schema';
import { grammarOf } from '../values';
import { completion, hover, legend, signature, tokens } from './index';
import { readingOf, spanOf, within } from './lookup';
import { applied, fakeWorld, open } from './testing/marked';
import { samplesOf } from './testing/samples';

/** A host with something of every kind. */
const world = fakeWorld({
  paths: [
    '/srv/data/',
    '/srv/a b/',
    '/srv/c:d/',
    '/srv/file',
    '/etc/ssh/',
    '/mnt/',
    '/bin/bash',
    '/tmp/',
    '/var/lib/machines/x/opt/',
    '/var/lib/machines/x/etc/ssh/',
  ],
  users: () => ['lena', 'otto'],
  interfaces: () => [
    { name: 'lo', bridge: false },
    { name: 'eth0', bridge: false },
    { name: 'eth1', bridge: false },
    { name: 'br0', bridge: true },
  ],
  documents: [open('[Network]\nZone=lab\nPort=80\n', { uri: 'file:///etc/systemd/nspawn/db.nspawn' })],
});

interface Value {
  readonly document: Document;
  readonly setting: Setting;
  readonly text: string;
  /** Where the value begins in the document. */
  readonly start: number;
}

const written = (setting: Setting, text: string, systemd: number): Value => {
  const head = `[${setting.section}]\n${setting.name}=`;
  return { document: open(`${head}${text}\n`, { systemd }), setting, text, start: head.length };
};

const { settings, newest } = nspawn.data;
const releases = [226, 252, 257, newest];

function* values(systemd: number, which: 'right' | 'unfinished' | 'all' = 'all'): Generator<Value> {
  for (const { name } of settings) {
    for (const setting of nspawn.at(systemd).named(name)) {
      const samples = samplesOf(setting);
      assert.ok(samples, `${name}: no values of type ${setting.value.type} to try`);
      const texts = which === 'all' ? [...samples.right, ...samples.unfinished] : samples[which];
      for (const text of texts) {
        yield written(setting, text, systemd);
        // The same over two lines: the tool puts one blank in place of the break.
        if (text.includes(' ')) yield written(setting, text.replace(' ', '\\\n'), systemd);
      }
    }
  }
}

const places = ({ text }: Value): number[] => Array.from({ length: text.length + 1 }, (_, i) => i);
const position = ({ document, start }: Value, at: number) => document.text.positionAt(start + at);
const show = ({ setting, text, document }: Value, at: number): string =>
  `${setting.name}=${text.slice(0, at)}|${text.slice(at)} for ${document.edition.version}`;

/** Rules about one value. */
const valueRules = new Set(['bad-value', 'inline-comment', 'quoted-value']);
const weights = { fatal: 100, dropped: 10, skipped: 10, silent: 1, advice: 0 } as const;

/** How wrong a value is. */
function wrong(document: Document): number {
  const assigned = document.assignedAt(1);
  return (
    (assigned === undefined ? undefined : readingOf(document, assigned))?.problems.reduce(
      (sum, p) => sum + weights[p.effect ?? 'dropped'],
      0,
    ) ?? 0
  );
}

const editOf = (item: CompletionItem): TextEdit => {
  assert.ok(item.textEdit && TextEdit.is(item.textEdit));
  return item.textEdit;
};

const isIn = ({ start, end }: Range, { line, character }: Position): boolean =>
  start.line === line && end.line === line && start.character <= character && character <= end.character;

describe('every setting of nspawn', () => {
  it('takes its right values without a word', () => {
    for (const value of values(newest, 'right'))
      assert.deepEqual(
        findings({ document: value.document, launch: 'unit', trusted: true }).filter((f) => valueRules.has(f.rule)),
        [],
        show(value, 0),
      );
  });

  for (const systemd of releases) {
    it(`offers values at every place that make nothing worse (${systemd})`, function () {
      this.timeout(60_000);
      const faults: string[] = [];
      for (const value of values(systemd)) {
        const before = wrong(value.document),
          judged = new Map<string, number>();
        for (const at of places(value)) {
          const items = completion(value.document, position(value, at), world);
          assert.equal(new Set(items.map((i) => i.label)).size, items.length, `twice in the list: ${show(value, at)}`);
          for (const item of items) {
            const edit = editOf(item);
            if (!isIn(edit.range, position(value, at)))
              faults.push(`${item.label} replaces ${JSON.stringify(edit.range)}: ${show(value, at)}`);
            const text = applied(value.document, [edit]);
            let after = judged.get(text);
            if (after === undefined) judged.set(text, (after = wrong(open(text, { systemd }))));
            if (after > before) faults.push(`${item.label} makes it worse, ${text.split('\n')[1] ?? ''}: ${show(value, at)}`);
          }
        }
      }
      assert.deepEqual(faults, []);
    });
  }

  it('offers nothing that the value has somewhere else', () => {
    const faults: string[] = [];
    for (const value of values(newest)) {
      const assigned = value.document.assignedAt(1);
      assert.ok(assigned);
      for (const at of places(value)) {
        for (const item of completion(value.document, position(value, at), world)) {
          const { range } = editOf(item),
            start = value.document.text.offsetAt(range.start),
            end = value.document.text.offsetAt(range.end);
          const parts = (readingOf(value.document, assigned)?.parts ?? []).filter(
            (p) => p.role !== 'operator' && p.role !== 'path' && (spanOf(assigned, p).end < start || spanOf(assigned, p).start > end),
          );
          const same = parts.find((p) => p.word === item.label || p.text === item.label);
          // Two fields may say the same, two items of a list may not.
          if (same === undefined || (grammarOf(value.setting.value)?.form?.includes('...') !== true && same.label !== 'options')) continue;
          faults.push(`${item.label} stands there already: ${show(value, at)}`);
        }
      }
    }
    assert.deepEqual(faults, []);
  });

  it('has a page for each name that says all there is to say', () => {
    for (const setting of settings) {
      const { document } = written(setting, '', newest),
        page = pageAt(document, { line: 1, character: 1 });
      const head = `### ${setting.name}=  \n[${setting.section}] of systemd-nspawn`;
      assert.ok(page.startsWith(head), setting.name);
      for (const wanted of [
        '**Default:** ',
        '**Command line:** `-',
        `**Known:** since systemd-nspawn ${setting.since ?? 226}`,
        '**Trust:** ',
        '**Repeated:** ',
        '```nspawn\n',
        `(https://www.freedesktop.org/software/systemd/man/latest/systemd.nspawn.html#${setting.name}=)`,
      ])
        assert.ok(
          page.includes(wanted) || (setting.name === 'Parameters' && wanted.includes('Command line')),
          `${setting.name}= lacks ${wanted} see its section in server/src/schema/nspawn.md and its record in tools/schema/facts/nspawn.json`,
        );
      // The example is one.
      const example = /```nspawn\n(.*?)```/s.exec(page)?.[1] ?? '';
      assert.ok(example.includes(`${setting.name}=`), setting.name);
      const whole = example.startsWith('[') ? example : `[${setting.section}]\n${example}`;
      assert.deepEqual(
        findings({ document: open(whole), launch: 'unit', trusted: true })
          .filter((f) => valueRules.has(f.rule) || f.verdict === 'refused')
          .map((f) => f.message),
        [],
        whole,
      );
    }
  });

  it('explains every piece of a value in words of our own', () => {
    const faults: string[] = [];
    for (const systemd of releases) {
      for (const value of values(systemd, 'right')) {
        const assigned = value.document.assignedAt(1);
        assert.ok(assigned);
        for (const at of places(value)) {
          const parts = (readingOf(value.document, assigned)?.parts ?? []).filter(
            (p) => p.role !== 'operator' && within(spanOf(assigned, p), value.start + at),
          );
          if (parts.length === 0) continue;
          const page = pageAt(value.document, position(value, at));
          const words = page
            .split('\n\n')
            .filter((p) => !/^\*\*.*\*\* of |^`.*`$|^\*\*Known:/.test(p))
            .join(' ');
          if (words.split(' ').length < 3) faults.push(`${JSON.stringify(page)}: ${show(value, at)}`);
        }
      }
    }
    assert.deepEqual([...new Set(faults)], []);
  });

  it('says nothing of fields that no value has', () => {
    const fields = new Set(
      [...values(newest)].flatMap(
        ({ setting, text, document }) =>
          grammarOf(setting.value)
            ?.read(text, { value: setting.value, edition: document.edition })
            .parts.map((p) => `Fields/${setting.value.type} ${p.label ?? ''}`) ?? [],
      ),
    );
    assert.deepEqual(
      vocabularyPages.headings().filter((h) => h.startsWith('Fields/') && !fields.has(h)),
      [],
    );
  });

  it('colours every character of a value but separators', () => {
    const faults: string[] = [];
    for (const value of values(newest, 'right')) {
      const data = tokens(value.document),
        coloured = new Set<number>();
      let line = 0,
        character = 0;
      for (let i = 0; i < data.length; i += 5) {
        const [down = 0, right = 0, length = 0, type = 0] = data.slice(i, i + 4);
        character = down === 0 ? character + right : right;
        line += down;
        assert.ok(legend.tokenTypes[type]);
        const from = value.document.text.offsetAt({ line, character }) - value.start;
        for (let c = from; c < from + length; c++) coloured.add(c);
      }
      const bare = places(value)
        .slice(0, -1)
        .filter((at) => !coloured.has(at) && !/[\s,"'\\-]/.test(value.text.charAt(at)));
      if (bare.length > 0) faults.push(`${bare.map((at) => value.text.charAt(at)).join('')}: ${show(value, bare[0] ?? 0)}`);
    }
    assert.deepEqual(faults, []);
  });

  it('shows the form of every value that has one, with the field at the cursor', () => {
    const seen = new Set<string>();
    for (const value of values(newest)) {
      const form = grammarOf(value.setting.value)?.form ?? '',
        structured = /[:~-]/.test(form);
      for (const at of places(value)) {
        const help = signature(value.document, position(value, at)),
          first = help?.signatures[0];
        assert.equal(first !== undefined, structured, show(value, at));
        if (first === undefined) continue;
        seen.add(value.setting.name);
        assert.equal(first.label, `${value.setting.name}=${form}`);
        const active = help?.activeParameter;
        assert.ok(typeof active === 'number' && first.parameters?.[active] !== undefined, `no field is marked: ${show(value, at)}`);
      }
    }
    for (const name of [
      'Bind',
      'Overlay',
      'TemporaryFileSystem',
      'Port',
      'LimitAS',
      'PrivateUsers',
      'MACVLAN',
      'SystemCallFilter',
      'CPUAffinity',
    ])
      assert.ok(seen.has(name), name);
  });
});

const pageAt = (document: Document, at: Position): string => {
  const contents = hover(document, at)?.contents;
  return contents !== undefined && typeof contents === 'object' && 'value' in contents ? contents.value : '';
};
