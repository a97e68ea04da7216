import assert from 'node:assert/strict';
import { isTrusted, kindOf, mkosi, mkosiLegacy, nspawn, type Schema, similar } from './index';

const all: [string, Schema][] = [
  ['nspawn', nspawn],
  ['mkosi', mkosi],
  ['mkosi-legacy', mkosiLegacy],
];

describe('schema', () => {
  it('has every setting from the start', () => {
    assert.equal(nspawn.at(262).sections.flatMap((s) => nspawn.at(262).settings(s)).length, 65);
    assert.ok(mkosi.data.settings.filter((s) => s.until === undefined || s.until >= 27.1).length >= 194);
    assert.ok(mkosiLegacy.data.settings.length >= 122);
  });

  for (const [name, schema] of all) {
    const { settings, sections } = schema.data;
    it(`${name}: documents every section, setting and fixed word, and nothing else`, () => {
      const missing: string[] = [];
      for (const s of sections) if (!schema.documentation.section(s.name)?.summary) missing.push(`[${s.name}]`);
      for (const s of settings) {
        const entry = schema.documentation.setting(s.section, s.name);
        if (!entry?.summary) {
          missing.push(`${s.section}/${s.name}`);
          continue;
        }
        if (entry.summary.length > 140) missing.push(`${s.section}/${s.name}: the first sentence has ${entry.summary.length} characters`);
        const shared = s.value.params?.words;
        const words = typeof shared === 'string' ? schema.documentation.setting('Values', shared)?.words : undefined;
        for (const w of s.value.words ?? []) {
          if (!entry.words.has(w.word) && words?.has(w.word) !== true) missing.push(`${s.section}/${s.name}: ${w.word}`);
        }
      }
      assert.deepEqual(missing, []);
      const known = new Set([...sections.map((s) => s.name), ...settings.map((s) => `${s.section}/${s.name}`)]);
      assert.deepEqual(
        schema.documentation.headings().filter((h) => !known.has(h) && !h.startsWith('Values')),
        [],
      );
    });

    it(`${name}: has consistent records`, () => {
      const names = new Set<string>();
      const everywhere = new Set(sections.map((s) => s.name));
      for (const s of settings) {
        const key = `${s.section}/${s.name}/${s.since ?? ''}`;
        assert.ok(!names.has(key), `${key} stands twice`);
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
    assert.equal(nspawn.at(999).version, 262);
    assert.ok(mkosi.at(27.1).setting('Match', 'Distribution'));
    assert.equal(mkosi.at(27.1).setting('Match', 'Packages'), undefined);
  });

  it('knows every file of the family by its name', () => {
    const kinds: Record<string, string | undefined> = {
      '/etc/systemd/nspawn/web.nspawn': 'nspawn',
      'mkosi.nspawn': 'nspawn',
      'a/mkosi.conf': 'mkosi',
      'mkosi.local.conf': 'mkosi',
      'mkosi.tools.conf': 'mkosi',
      'a/mkosi.conf.d/10-a.conf': 'mkosi',
      'mkosi.conf.d/deb/mkosi.conf': 'mkosi',
      'mkosi.conf.d/deb/mkosi.conf.d/x.conf': 'mkosi',
      'mkosi.profiles/a.conf': 'mkosi',
      'mkosi.profiles/a/mkosi.conf': 'mkosi',
      'mkosi.images/a.conf': 'mkosi',
      'mkosi.uki-profiles/a.conf': 'mkosi',
      'mkosi.default': 'mkosi-legacy',
      'mkosi.default.d/10': 'mkosi-legacy',
      'mkosi.default.d/fedora/10-x': 'mkosi-legacy',
      'mkosi.files/mkosi.fedora': 'mkosi-legacy',
      'mkosi.files/README': undefined,
      'mkosi.conf.d/deb/x.conf': 'mkosi',
      'mkosi/mkosi.conf': 'mkosi',
      'mkosi/src/x.conf': undefined,
      'mkosi.images/a/mkosi.extra/etc/x.conf': undefined,
      'mkosi/mkosi.extra/etc/x.conf': undefined,
      'mkosi.images/a/src/deep/x.conf': undefined,
      'mkosi.extra/etc/a.conf': undefined,
      'mkosi.conf.d/README': undefined,
      'mkosi/config.py': undefined,
      'mkosi.conf.bak': undefined,
      nspawn: undefined,
    };
    for (const [path, kind] of Object.entries(kinds)) assert.equal(kindOf(path), kind, path);
  });

  it('trusts no .nspawn file beside an image', () => {
    assert.equal(isTrusted('/etc/systemd/nspawn/web.nspawn'), true);
    assert.equal(isTrusted('/home/me/web.nspawn'), true);
    assert.equal(isTrusted('/var/lib/machines/web.nspawn'), false);
    assert.equal(isTrusted('/home/me/.local/state/machines/web.nspawn'), false);
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
