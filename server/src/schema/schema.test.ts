import assert from 'node:assert/strict';
import { mkosi, mkosiLegacy, nspawn, type Schema, type Setting, similar } from './index';

const all: [string, Schema][] = [
  ['nspawn', nspawn],
  ['mkosi', mkosi],
  ['mkosi-legacy', mkosiLegacy],
];

/** What the section of a setting lacks, as things to write. */
function undocumented({ documentation }: Schema, { section, name, value }: Setting): string[] {
  const entry = documentation.setting(section, name);
  if (!entry?.summary) return [`a section \`### ${name}=\` in \`## [${section}]\`, with a sentence that says what it does`];
  const long = entry.summary.length > 140 ? [`a first sentence for ${name}= below 140 characters (it has ${entry.summary.length})`] : [];
  const chapter = value.params?.words;
  const shared = typeof chapter === 'string' ? documentation.setting('Values', chapter)?.words : undefined;
  const words = (value.words ?? []).filter(({ word }) => !entry.words.has(word) && shared?.has(word) !== true);
  return [...long, ...words.map(({ word }) => `what \`${word}\` means: a line "- \`${word}\`: ..." in \`### ${name}=\``)];
}

describe('schema', () => {
  it('has every setting from the start', () => {
    assert.equal(nspawn.at(262).sections.flatMap((s) => nspawn.at(262).settings(s)).length, 65);
    assert.ok(mkosi.data.settings.filter((s) => s.until === undefined || s.until >= 27.1).length >= 194);
    assert.ok(mkosiLegacy.data.settings.length >= 122);
  });

  for (const [name, schema] of all) {
    const { settings, sections } = schema.data;
    it(`${name}: documents every section, setting and fixed word, and nothing else`, () => {
      const missing = sections.filter((s) => !schema.documentation.section(s.name)?.summary).map((s) => `a chapter \`## [${s.name}]\``);
      for (const s of settings) missing.push(...undocumented(schema, s));
      assert.deepEqual(missing, [], `Write in server/src/schema/${name}.md:\n${missing.join('\n')}`);
      const known = new Set([...sections.map((s) => s.name), ...settings.map((s) => `${s.section}/${s.name}`)]);
      const unknown = schema.documentation.headings().filter((h) => !known.has(h) && !h.startsWith('Values'));
      assert.deepEqual(unknown, [], `server/src/schema/${name}.md has sections for what is not in tools/schema/facts/${name}.json`);
    });

    it(`${name}: has consistent records`, () => {
      const names = new Set<string>();
      const everywhere = new Set(sections.map((s) => s.name));
      for (const s of settings) {
        const key = `${s.section}/${s.name}/${s.since ?? ''}`;
        assert.ok(!names.has(key), `${key} is there twice`);
        names.add(key);
        assert.ok(everywhere.has(s.section), `${key}: no such section`);
        assert.ok((s.since ?? schema.data.oldest) <= (s.until ?? schema.data.newest), key);
        assert.ok(['replace', 'append', 'merge', 'conflict'].includes(s.repeat), key);
        assert.equal(typeof s.value.type, 'string', key);
        for (const p of s.places ?? []) assert.ok(everywhere.has(p.section), `${key}: no section ${p.section}`);
      }
    });
  }

  it('knows what each release has', () => {
    assert.equal(nspawn.at(240).setting('Exec', 'SuppressSync'), undefined);
    assert.equal(nspawn.at(262).setting('Exec', 'SuppressSync')?.since, 250);
    assert.equal(nspawn.at(240).inOtherVersions('SuppressSync').length, 1);
    assert.equal(nspawn.at(999).version, nspawn.data.newest);
    assert.ok(mkosi.at(27.1).setting('Match', 'Distribution'));
    assert.equal(mkosi.at(27.1).setting('Match', 'Packages'), undefined);
  });

  it('guesses what was meant', () => {
    const names = nspawn
      .at(262)
      .settings('Exec')
      .map((s) => s.name);
    assert.equal(similar('boot', names), 'Boot');
    assert.equal(similar('Enviroment', names), 'Environment');
    assert.equal(similar('Hsotname', names), 'Hostname');
    assert.equal(similar('Memory', names), undefined);
  });
});
