import assert from 'node:assert/strict';
import { open } from '../../features/testing/marked';
import { globbed, only } from './file-system';
import { pattern } from './glob';

/** What Python 3.12 says: fnmatch.fnmatchcase(text, pattern). */
const said: readonly (readonly [glob: string, yes: readonly string[], no: readonly string[]])[] = [
  ['', [''], ['a']],
  ['a', ['a'], ['', 'aa', 'A']],
  ['*', ['', 'a', 'a\nb'], []],
  ['?', ['a', '\n', '\u{1f600}'], ['', 'ab']],
  ['a*b*c', ['abc', 'axbxc', 'abcbc'], ['ab', 'abcb']],
  ['**a**', ['a', 'bab'], ['b']],
  ['[ab]', ['a', 'b'], ['c', '', 'ab']],
  ['[!ab]', ['c', '!'], ['a', 'b']],
  ['[^a]', ['^', 'a'], ['b']],
  ['[a-c]', ['a', 'b', 'c'], ['d', '-']],
  ['[!a-c]', ['d', '-'], ['b']],
  ['[]', ['[]'], ['', ']']],
  ['[]]', [']'], ['[']],
  ['[!]]', ['a'], [']']],
  ['[!]', ['[!]'], ['a']],
  ['[', ['['], ['a']],
  ['a[', ['a['], ['a']],
  ['[a', ['[a'], ['a']],
  ['[-a]', ['-', 'a'], ['b']],
  ['[a-]', ['-', 'a'], ['b']],
  ['[!-a]', ['b'], ['-', 'a']],
  ['[a-c-e]', ['b', '-', 'e'], ['d']],
  ['[c-a]', [], ['a', 'b', 'c', '-']],
  ['[!c-a]', ['a', 'x'], ['']],
  ['[c-ax]', ['x'], ['a', 'c']],
  ['[c-a!b]', ['a'], ['b']],
  ['[\\]', ['\\'], ['a']],
  ['\\*', ['\\', '\\a'], ['*']],
  ['[*]', ['*'], ['a']],
  ['[?]a', ['?a'], ['ba']],
  ['[[]', ['['], ['a']],
  ['[a]]', ['a]'], ['a']],
  ['a.c', ['a.c'], ['abc']],
  ['(a|b)+', ['(a|b)+'], ['a']],
  ['$', ['$'], ['']],
  ['[a-\u{1f600}]', ['é'], ['A']],
];

describe('patterns', () => {
  it('stand for what they stand for in Python', () => {
    for (const [glob, yes, no] of said) {
      const fits = pattern(glob);
      assert.deepEqual([yes.filter((t) => !fits(t)), no.filter(fits)], [[], []], glob);
    }
  });

  it('end, whatever they are held against', () => {
    const fits = pattern(`${'*a'.repeat(500)}b`);
    assert.ok(!fits('a'.repeat(1000)));
    assert.ok(!pattern('['.repeat(1 << 20))('['));
    assert.ok(!pattern(`${'[a-'.repeat(1 << 18)}]`)('b'));
  });

  it('of paths are looked up step by step, however many there are', () => {
    const document = open('', { kind: 'mkosi', uri: 'file:///work/mkosi.conf' }),
      disk = {
        ...only(document, '/work/mkosi.conf'),
        kind: (path: string) => (path.endsWith('.conf') ? ('file' as const) : ('folder' as const)),
        names: (folder: string) => (folder === '/work' ? ['.a', 'b', 'mkosi.conf'] : folder === '/work/b' ? ['c.conf'] : []),
      };
    assert.deepEqual(globbed('*', '/work', disk), ['b', 'mkosi.conf']);
    assert.deepEqual(globbed('.*', '/work', disk), ['.a']);
    assert.deepEqual(globbed('b/*.conf', '/work', disk), ['b/c.conf']);
    assert.deepEqual(globbed('/work/*/c.conf', '/', disk), ['/work/.a/c.conf', '/work/b/c.conf', '/work/mkosi.conf/c.conf'].slice(1));
    assert.deepEqual(globbed('*/'.repeat(100_000), '/work', disk), []);
  });
});
