import assert from 'node:assert/strict';
import { has, mkosi, mkosiLegacy, type SchemaVersion, type Setting } from '../schema';
import { completion } from './completion';
import { at } from './testing/marked';

/** What can be chosen at the mark. */
const offered = (marked: string, edition: SchemaVersion): string[] => {
  const kind = edition.modern ? ('mkosi' as const) : ('mkosi-legacy' as const);
  const { document, position } = at(marked, {
    kind,
    mkosi: edition.version,
    uri: `file:///work/mkosi.${edition.modern ? 'conf' : 'default'}`,
  });
  return completion(document, position)
    .map((i) => i.label)
    .sort();
};

const lists = (edition: SchemaVersion): Setting[] =>
  edition.schema.data.settings
    .filter((s) => has(s, edition.version))
    .flatMap((s) => edition.setting(edition.sectionOf(s), s.name) ?? [])
    .filter((s) => s.value.list !== undefined);

describe('values of mkosi', () => {
  for (const edition of [mkosi.at(27.1), mkosi.at(25.3), mkosi.at(16), mkosiLegacy.at(14), mkosiLegacy.at(9)]) {
    describe(`mkosi ${edition.version}`, () => {
      it('offer in every item of a list what they offer in the first, but not what stands there already', () => {
        const settings = lists(edition);
        assert.ok(settings.length > 5);
        for (const setting of settings) {
          const head = `[${edition.sectionOf(setting)}]\n${setting.name}=`,
            glue = setting.value.list?.separators.find((s) => has(s, edition.version))?.chars ?? ',';
          const first = offered(`${head}|`, edition),
            between = glue.includes(',') ? ',' : glue.includes(' ') ? ' ' : '\n    ';
          for (const text of [`zzz${between}|`, `zzz${between}|${between}yyy`, `zzz${between}yyy${between}|`, `zzz\n    |`]) {
            assert.deepEqual(offered(head + text, edition), first, `${setting.name}=${text}`);
          }
          // The item under the cursor is replaced by what is chosen.
          assert.deepEqual(offered(`${head}zz|`, edition), first, `${setting.name}=zz|`);
          for (const text of [`zzz${between}yy|`, `zzz${between}y|y${between}xxx`])
            assert.deepEqual(offered(head + text, edition), first, `${setting.name}=${text}`);
          const [word] = first;
          if (word !== undefined && !setting.value.of?.params?.['prefixes'] && setting.value.of?.type === 'enum') {
            assert.deepEqual(offered(`${head}${word}${between}|`, edition), first.slice(1), setting.name);
          }
        }
      });

      it('offer every word of every enumeration, and nothing that the release does not know', () => {
        let seen = 0;
        for (const record of edition.schema.data.settings) {
          const setting = edition.setting(edition.sectionOf(record), record.name),
            type = setting?.value.of ?? setting?.value;
          if (setting === undefined || type?.words === undefined) continue;
          seen++;
          const labels = offered(`[${edition.sectionOf(setting)}]\n${setting.name}=|`, edition);
          // The words of a drive are flags at its very end.
          if (type.type === 'drive') continue;
          for (const word of type.words)
            assert.equal(labels.includes(word.word), has(word, edition.version), `${setting.name}=${word.word}`);
        }
        assert.ok(seen >= 5);
      });
    });
  }

  it('offer something for every type that has fixed words, booleans or sizes', () => {
    const edition = mkosi.at(27.1);
    for (const setting of edition.schema.data.settings.filter(
      (s) => has(s, 27.1) && ['boolean', 'feature', 'enum', 'size', 'source', 'uuid'].includes((s.value.of ?? s.value).type),
    )) {
      assert.notDeepEqual(offered(`[${edition.sectionOf(setting)}]\n${setting.name}=|`, edition), [], setting.name);
    }
    assert.deepEqual(
      offered('[Content]\nBootable=|', edition),
      ['auto', 'disabled', 'enabled', 'no', 'yes'].filter((w) => offered('[Content]\nBootable=|', edition).includes(w)),
    );
    assert.ok(offered('[Content]\nBootable=|', edition).includes('auto'));
  });

  it('offer the specifiers with what they stand for, anywhere in a value', () => {
    const edition = mkosi.at(27.1);
    for (const text of [
      '[Output]\nOutput=%|',
      '[Output]\nOutput=a-%|',
      '[Content]\nExtraTrees=a,%|',
      '[Content]\nExtraTrees=a\n    %|',
      '[Match]\nImageVersion=%|',
      '[Match]\nPathExists=!%|',
    ]) {
      assert.ok(offered(text, edition).includes('%v') && offered(text, edition).includes('%%'), text);
    }
    assert.deepEqual(
      offered('[Output]\nOutput=%%|', edition).filter((l) => l.startsWith('%')),
      [],
    );
    const { document, position } = at('[Output]\nOutput=%|', { kind: 'mkosi' });
    for (const item of completion(document, position)) assert.ok(item.detail !== undefined && item.detail !== '', item.label);
  });

  it('offer the signs of conditions, and behind them what they ask for', () => {
    const edition = mkosi.at(27.1),
      all = offered('[Match]\nDistribution=|', edition);
    assert.ok(all.includes('fedora') && all.includes('!') && all.includes('|'));
    const words = all.filter((l) => l !== '!' && l !== '|');
    const settings = edition.settings('Match');
    assert.ok(settings.length >= 14);
    for (const section of ['Match', 'TriggerMatch', 'Assert', 'TriggerAssert'])
      assert.deepEqual(
        edition.settings(section).map((s) => s.name),
        settings.map((s) => s.name),
      );
    assert.deepEqual(offered('[Match]\nDistribution=!|', edition), words);
    assert.deepEqual(offered('[Assert]\nDistribution=!fe|', edition), words);
    for (const operator of ['==', '!=', '>=', '<=', '<', '>']) assert.ok(offered('[Match]\nSystemdVersion=|', edition).includes(operator));
    assert.deepEqual(
      offered('[Match]\nSystemdVersion=>=|', edition).filter((l) => l.includes('=')),
      [],
    );
  });
});
