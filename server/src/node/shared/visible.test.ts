import assert from 'node:assert/strict';
import { visible, visibleLine, visibleLines } from './visible';

describe('visible text', () => {
  it('shows controls and escapes, and what would begin a line', () => {
    assert.equal(visible('a\n::error file=x::b'), 'a\\x0A::error file=x::b');
    assert.equal(visible('\x1b]0;pwned\x07\x1b[31m'), '\\x1B]0;pwned\\x07\\x1B[31m');
    assert.equal(visible('\0\t\r\x7f\x85\x9b'), '\\x00\\x09\\x0D\\x7F\\x85\\x9B');
    assert.equal(visible('\u2028\u2029'), '\\u{2028}\\u{2029}');
  });

  it('shows what turns the direction of reading, and what is not seen', () => {
    const unseen = [
      0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0x2800,
      0x3164, 0xfeff, 0xffa0, 0xe0001, 0xe0041, 0xe007f, 0xe0100,
    ];
    for (const code of unseen) {
      const hex = code.toString(16).toUpperCase();
      assert.equal(visible(`a${String.fromCodePoint(code)}b`), code < 0x100 ? `a\\x${hex}b` : `a\\u{${hex.padStart(4, '0')}}b`);
    }
  });

  it('is no command to a build server, in a line and in a text', () => {
    for (const [text, shown] of [
      ['::error file=x::y', '\\x3A:error file=x::y'],
      ['  ::warning::y', '  \\x3A:warning::y'],
      ['a: ##[error]y', 'a: \\x23#[error]y'],
      ['##vso[task.x]##[add-mask]', '\\x23#vso[task.x]\\x23#[add-mask]'],
      ['a::b', 'a::b'],
      ['# # ## a [b]', '# # ## a [b]'],
      ['/srv/a.nspawn:2:6', '/srv/a.nspawn:2:6'],
    ] as const) {
      assert.equal(visibleLine(text), shown);
      assert.equal(visibleLines(`[A]\r\n\tb\r\n${text}\n`), `[A]\r\n\tb\r\n${shown}\n`);
    }
    assert.equal(visibleLines('\t::a\nb\rc\n\x1b[2J'), '\t\\x3A:a\nb\\x0Dc\n\\x1B[2J');
  });

  it('shows half of a surrogate pair, and leaves whole ones', () => {
    assert.equal(visible('a\ud800b\udfff'), 'a\\u{D800}b\\u{DFFF}');
    assert.equal(visible('💾'), '💾');
  });

  it('leaves letters of all scripts, signs and blanks', () => {
    for (const text of ['Größe 5 %', 'файл.nspawn', '设置', 'إعداد', 'הגדרה', 'नमस्ते', '한글', '⚠️ e\u0301', 'a/b\\c "d" `e`'])
      assert.equal(visible(text), text);
  });
});
