import assert from 'node:assert/strict';
import { has, mkosi, mkosiLegacy, type SchemaVersion, type Setting } from '../schema';
import { hover, signature, tokens } from './index';
import { at, type How } from './testing/marked';

const how = (edition: SchemaVersion): How => ({
  kind: edition.modern ? 'mkosi' : 'mkosi-legacy',
  mkosi: edition.version,
  uri: `file:///work/mkosi.${edition.modern ? 'conf' : 'default'}`,
});

/** What hover says at the mark. */
function page(marked: string, edition: SchemaVersion): string {
  const { document, position } = at(marked, how(edition)),
    contents = hover(document, position)?.contents;
  return contents !== undefined && typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

const settingsOf = (edition: SchemaVersion): Setting[] =>
  edition.schema.data.settings.filter((s) => has(s, edition.version)).flatMap((s) => edition.setting(edition.sectionOf(s), s.name) ?? []);

describe('help for mkosi', () => {
  for (const edition of [mkosi.at(27.1), mkosi.at(25.3), mkosi.at(20), mkosiLegacy.at(14), mkosiLegacy.at(9)]) {
    describe(`mkosi ${edition.version}`, () => {
      it('explains every setting and every word that it takes', () => {
        const poor: string[] = [];
        let words = 0;
        for (const setting of settingsOf(edition)) {
          const section = edition.sectionOf(setting),
            type = setting.value.of ?? setting.value;
          if (!page(`[${section}]\n${setting.name.slice(0, 2)}|${setting.name.slice(2)}=`, edition).includes(`${setting.name}=`))
            poor.push(setting.name);
          for (const { word } of type.type === 'drive' ? [] : (type.words ?? []).filter((w) => has(w, edition.version))) {
            words++;
            const said = page(`[${section}]\n${setting.name}=${word.slice(0, 1)}|${word.slice(1)}`, edition);
            if (!/^\*\*[^*]+\*\* of \w+=\n\n\S/.test(said) || !said.includes(word)) poor.push(`${setting.name}=${word}: ${said}`);
          }
        }
        assert.deepEqual(poor, []);
        assert.ok(words > 40, String(words));
      });

      it('explains the truth values of every switch', () => {
        for (const setting of settingsOf(edition).filter((s) => (s.value.of ?? s.value).type === 'boolean')) {
          for (const word of ['yes', 'no']) {
            assert.notEqual(
              page(`[${edition.sectionOf(setting)}]\n${setting.name}=${word.slice(0, 1)}|${word.slice(1)}`, edition),
              '',
              `${setting.name}=${word}`,
            );
          }
        }
      });

      it('colours every value that it can tell something of', () => {
        const dull: string[] = [];
        for (const setting of settingsOf(edition)) {
          const type = setting.value.of ?? setting.value,
            word = type.words?.find((w) => has(w, edition.version))?.word;
          const value =
            type.type === 'drive'
              ? 'a:1G'
              : (word ?? ({ boolean: 'yes', feature: 'auto', size: '1G', integer: '1024' } as Record<string, string>)[type.type]);
          if (value === undefined) continue;
          const { document } = at(`[${edition.sectionOf(setting)}]\n${setting.name}=${value}|`, how(edition));
          const lines = new Set<number>(),
            data = tokens(document);
          for (let i = 0, line = 0, character = 0; i < data.length; i += 5) {
            line += data[i] ?? 0;
            character = data[i] === 0 ? character + (data[i + 1] ?? 0) : (data[i + 1] ?? 0);
            if (line === 1 && character > setting.name.length) lines.add(character);
          }
          if (lines.size === 0) dull.push(`${setting.name}=${value}`);
        }
        assert.deepEqual(dull, []);
      });
    });
  }

  it('names the fields of values that have several', () => {
    const edition = mkosi.at(27.1),
      plain: string[] = [];
    for (const setting of settingsOf(edition).filter((s) => ['tree', 'drive'].includes((s.value.of ?? s.value).type))) {
      const { document, position } = at(`[${edition.sectionOf(setting)}]\n${setting.name}=x:1G a:|b`, how(edition));
      const help = signature(document, position);
      if ((help?.signatures[0]?.parameters?.length ?? 0) < 2 || help?.activeParameter !== 1) plain.push(setting.name);
    }
    assert.deepEqual(plain, []);
    const field = (marked: string): string => {
      const { document, position } = at(marked, how(edition)),
        help = signature(document, position),
        [form] = help?.signatures ?? [];
      const label = form?.parameters?.[help?.activeParameter ?? -1]?.label;
      return Array.isArray(label) ? (form?.label.slice(...label) ?? '') : '';
    };
    assert.deepEqual(
      [
        field('[Runtime]\nDrives=a:1G:/srv::|'),
        field('[Build]\nEnvironment=A=b C|'),
        field('[Build]\nEnvironment=A=b C=|d'),
        field('[Content]\nExtraTrees=|'),
      ],
      ['file id', 'name', 'value', 'source'],
    );
    assert.equal(field('[Match]\nEnvironment=A|'), '');
  });

  it('says what every specifier stands for', () => {
    const edition = mkosi.at(27.1);
    for (const { char } of edition.schema.data.specifiers ?? []) {
      const said = page(`[Output]\nOutput=a%|${char}`, edition);
      assert.equal(
        said !== '',
        (edition.schema.data.specifiers ?? []).some((s) => s.char === char && has(s, edition.version)),
        char,
      );
    }
  });
});
