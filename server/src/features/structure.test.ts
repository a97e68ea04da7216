import assert from 'node:assert/strict';
import type { DocumentSymbol } from 'vscode-languageserver-types';
import { documentSymbols, folding, highlights, legend, selection, tokenEdits, tokens } from './index';
import { at, covered, type How, open } from './testing/marked';

const mkosi: How = { kind: 'mkosi' };

describe('folding', () => {
  const folds = (text: string, how?: How) =>
    folding(open(text, how))
      .map((f) => `${f.startLine}-${f.endLine}${f.kind ? ` ${f.kind}` : ''}`)
      .sort();

  it('folds sections, long values and comments', () => {
    assert.deepEqual(folds('[Exec]\nParameters=a \\\n  b\n\n# a\n# b\n[Files]\nBind=/x\n\n'), ['0-2', '1-2', '4-5 comment', '6-7']);
    assert.deepEqual(folds('[Content]\nPackages=\n  a\n  b\n', mkosi), ['0-3', '1-3']);
  });

  it('folds regions', () => assert.deepEqual(folds('# region x\n[Exec]\nBoot=yes\n# endregion\n'), ['0-3 region', '1-3']));
});

describe('document symbols', () => {
  const outline = (symbols: readonly DocumentSymbol[]): unknown =>
    symbols.map((s) => [s.name, ...(s.detail === undefined ? [] : [s.detail]), ...(s.children === undefined ? [] : [outline(s.children)])]);

  it('lists settings below their sections, with values', () => {
    assert.deepEqual(outline(documentSymbols(open('Boot=1\n[Exec]\nBoot=yes\nParameters=a \\\n b\n[Files]\n'))), [
      ['Boot', '1'],
      [
        '[Exec]',
        [
          ['Boot', 'yes'],
          ['Parameters', 'a b'],
        ],
      ],
      ['[Files]', []],
    ]);
  });

  it('ends a section with its last setting', () => {
    const document = open('[Exec]\nBoot=yes\n\n\n[Files]\n');
    assert.equal(covered(document, documentSymbols(document)[0]!.range), '[Exec]\nBoot=yes');
  });
});

describe('selection', () => {
  it('grows from a part of a value to the document', () => {
    const { document, position } = at('[Exec]\nBoot=yes\n[Files]\nBind=/a:/b|b:idmap\n');
    const steps: string[] = [];
    for (let s = selection(document, [position])[0]; s !== undefined; s = s.parent) steps.push(covered(document, s.range));
    assert.deepEqual(steps, ['/bb', '/a:/bb:idmap', 'Bind=/a:/bb:idmap', '[Files]\nBind=/a:/bb:idmap\n', document.text.getText()]);
  });
});

describe('highlights', () => {
  const marked = (text: string) => {
    const { document, position } = at(text);
    return highlights(document, position).map((h) => `${h.range.start.line} ${covered(document, h.range)}`);
  };

  it('marks the same setting in its section, the same word, the same header', () => {
    assert.deepEqual(marked('[Files]\nBi|nd=/a\nBind=/b\n[Exec]\nBind=/c\n'), ['1 Bind', '2 Bind']);
    assert.deepEqual(marked('[Exec]\nCapability=CAP_CH|OWN\nDropCapability=cap_chown CAP_KILL\n'), ['1 CAP_CHOWN', '2 cap_chown']);
    assert.deepEqual(marked('[Ex|ec]\n[Files]\n[Exec]\n'), ['0 [Exec]', '2 [Exec]']);
  });
});

describe('semantic tokens', () => {
  const coloured = (text: string, how?: How): string[] => {
    const document = open(text, how),
      data = tokens(document),
      shown: string[] = [];
    for (let i = 0, line = 0, character = 0; i < data.length; i += 5) {
      const [lines = 0, characters = 0, length = 0, type = 0] = data.slice(i, i + 4);
      character = lines > 0 ? characters : character + characters;
      line += lines;
      shown.push(
        `${covered(document, { start: { line, character }, end: { line, character: character + length } })} ${legend.tokenTypes[type] ?? ''}`,
      );
    }
    return shown;
  };

  it('colours the parts of values', () => {
    assert.deepEqual(coloured('[Network]\nPort=tcp:8080:80\n[Exec]\nResolvConf=copy-host\n'), [
      'tcp enumMember',
      ': operator',
      '8080 number',
      ': operator',
      '80 number',
      'copy-host enumMember',
    ]);
    assert.deepEqual(coloured('[Output]\nFormat=disk\n', mkosi), ['disk enumMember']);
  });

  it('marks what is deprecated', () => assert.ok(coloured('[Files]\nPrivateUsersChown=yes\n').includes('PrivateUsersChown property')));

  it('colours only the range, and tells what changed', () => {
    const { document, range } = at('[Exec]\nBoot=yes\n|Timezone=off\n|ResolvConf=off\n');
    assert.deepEqual(tokens(document, range).slice(0, 3), [2, 9, 3]);
    const before = [0, 1, 2, 3, 4],
      after = [0, 1, 7, 8, 3, 4],
      edits = tokenEdits(before, after);
    assert.deepEqual(edits, [{ start: 2, deleteCount: 1, data: [7, 8] }]);
    assert.deepEqual(tokenEdits(after, after), []);
  });
});
