import assert from 'node:assert/strict';
import { assertInert, assertUnlinked, harmless, hostile } from './testing/hostile';
import { inert, inertDialog, inertLabel, inertLine, inertPrompt, joined, markdown, say } from './text';

describe('text for people', () => {
  it('is no link, no command, no icon and no escape, and can be read all the same', () => {
    for (const [text, seen] of hostile) {
      for (const shown of [inertLine(text), inertPrompt(text), inertPrompt(`A: ${text}\n${text}`)]) assertInert(shown);
      for (const shown of [inert(text), inertDialog(say`Delete ${text}?`), inertLabel(text), inert(`A: ${text}\n${text}`)])
        assertUnlinked(shown);
      assert.match(inertLine(text), seen);
      assert.ok(inert(text).length < 10_000 && inertLine(text).length < 3000, 'a length that can be shown');
    }
  });

  it('leaves letters of all scripts, and signs that mean nothing', () => {
    for (const text of harmless)
      for (const shown of [inert(text), inertDialog(text), inertLabel(text), inertLine(text), say`${text}`]) assert.equal(shown, text);
  });

  it("keeps our lines, and none of somebody else's", () => {
    assert.equal(inertDialog(joined('\n', [say`Delete ${'a\nb'}?`, say`  ${'c\r\nd'}`])), 'Delete a\\x0Ab?\n  c\\x0D\\x0Ad');
    assert.equal(say`${['a', 'b\u2029']} and ${3}`, 'a, b\\u{2029} and 3');
  });

  it('leaves a name as it is where no icon is made of it', () => {
    for (const show of [inert, inertDialog, inertLabel]) assert.equal(show('$(id) "ü"; -x'), '$(id) "ü"; -x');
  });

  it('tells names apart that look alike', () => {
    const alike = [
      'web',
      'web\u200b',
      'web\u2060',
      '\u202dweb',
      'web\u00ad',
      'web\ufeff',
      'web\u3164',
      'web\n',
      'w\u034feb',
      'web\u00a0',
      'web\u3000',
      'web ',
    ];
    for (const show of [(name: string): string => say`${name}`, inertLine, markdown])
      assert.equal(new Set(alike.map(show)).size, alike.length);
  });

  it('keeps the beginning and the end of what is too long, and no half of a sign', () => {
    const [start, end] = inert(`start ${'💾'.repeat(5000)} end`).split(' … ');
    assert.match(start ?? '', /^start (💾)+$/u);
    assert.match(end ?? '', /^(💾)+ end$/u);
    assert.equal(inertLine('💾'.repeat(100)), '💾'.repeat(100));
  });

  it('means nothing in Markdown', () => {
    for (const [text] of hostile) {
      const [, fence = '', inside = ''] = /^(`+)([^\n]+?)\1$/.exec(markdown(text)) ?? [];
      assert.notEqual(fence, '', text.slice(0, 100));
      assert.ok(!inside.split(/[^`]+/).includes(fence), 'the code ends at its end');
    }
    for (const text of ['web', 'файл', '设置', '10.0.0.2, fe80::1', '/var/lib/machines/web', 'directory, read-only'])
      assert.equal(markdown(text), text);
    assert.deepEqual(['a`b', '`', 'www.x.org', 'ftp://x', 'a@b'].map(markdown), [
      '``a`b``',
      '`` ` ``',
      '`www.x.org`',
      '`ftp://x`',
      '`a@b`',
    ]);
  });
});
