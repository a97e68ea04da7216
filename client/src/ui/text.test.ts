import assert from 'node:assert/strict';
import { inert, inertDialog, inertLine, joined, markdown, say } from './text';
import { assertInert, harmless, hostile } from './testing/hostile';

describe('text for people', () => {
  it('is no link, no command, no icon and no escape, and can be read all the same', () => {
    for (const [text, seen] of hostile) {
      for (const shown of [inert(text), inertDialog(say`Delete ${text}?`), inertLine(text), inert(`A: ${text}\n${text}`)]) assertInert(shown);
      assert.match(inertLine(text), seen);
      assert.ok(inert(text).length < 10_000 && inertLine(text).length < 3000, 'a length that can be shown');
    }
  });

  it('leaves letters of all scripts, and signs that mean nothing', () => {
    for (const text of harmless) for (const shown of [inert(text), inertDialog(text), inertLine(text), say`${text}`]) assert.equal(shown, text);
  });

  it('keeps our lines, and none of somebody else\'s', () => {
    assert.equal(inertDialog(joined('\n', [say`Delete ${'a\nb'}?`, say`  ${'c\r\nd'}`])), 'Delete a\\x0Ab?\n  c\\x0D\\x0Ad');
    assert.equal(say`${['a', 'b\u2029']} and ${3}`, 'a, b\\u{2029} and 3');
  });

  it('tells names apart that look alike', () => {
    const alike = ['web', 'web\u200b', 'web\u2060', '\u202dweb', 'web\u00ad', 'web\ufeff', 'web\u3164', 'web\n', 'w\u034feb', 'web\u00a0', 'web\u3000', 'web '];
    for (const show of [(name: string) => say`${name}`, inertLine, markdown]) assert.equal(new Set(alike.map(show)).size, alike.length);
  });

  it('keeps the beginning and the end of what is too long, and no half of a sign', () => {
    const [start, end] = inert(`start ${'💾'.repeat(5000)} end`).split(' … ');
    assert.match(start ?? '', /^start (💾)+$/u);
    assert.match(end ?? '', /^(💾)+ end$/u);
    assert.equal(inertLine('💾'.repeat(100)), '💾'.repeat(100));
  });

  it('means nothing in Markdown', () => {
    for (const [text] of hostile) assert.match(markdown(text), /^(?:[^!-/:-@[-`{-~\n]|&#\d{2,3};|&nbsp;)*$/u);
    for (const text of ['web', 'файл', '设置']) assert.equal(markdown(text), text);
    assert.equal(markdown(' a  b '), '&nbsp;a &nbsp;b&nbsp;');
  });
});
