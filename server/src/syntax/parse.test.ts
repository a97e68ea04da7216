import assert from 'node:assert/strict';
import { type Dialect, mkosiDialect, nspawnDialect, parse, reparse, Tree } from './index';

/** The lines in short: what a reader would say is there. */
function short(text: string, dialect: Dialect): string[] {
  return [...parse(text, dialect)].map(({ line }) => {
    switch (line.kind) {
      case 'assignment':
        return `${line.key.text}=${line.value.text}`;
      case 'header':
        return line.closed ? `[${line.name.text}]` : `[${line.name.text}`;
      case 'stray':
        return `?${line.text.text}`;
      case 'comment':
        return '#';
      case 'blank':
        return '';
    }
  });
}

describe('syntax', () => {
  it('reads sections, settings, comments and stray text of systemd', () => {
    assert.deepEqual(short('# a\n[Exec]\n  Boot = yes \n; b\n\nBoot\nBoot=yes # no comment', nspawnDialect(262)), [
      '#',
      '[Exec]',
      'Boot=yes',
      '#',
      '',
      '?Boot',
      'Boot=yes # no comment',
    ]);
  });

  it('joins lines that end in an unescaped backslash, and leaves comments between them out since 240', () => {
    const text = 'Parameters=a \\\n# c\n   b\\\\\nx=1';
    assert.deepEqual(short(text, nspawnDialect(262)), ['Parameters=a     b\\\\', 'x=1']);
    assert.deepEqual(short(text, nspawnDialect(239)), ['Parameters=a  # c', '?b\\\\', 'x=1']);
  });

  it('reads continuations and comments as the older releases of systemd did', () => {
    const blank = 'Parameters=a \\\n\nb=1\n';
    assert.deepEqual(short(blank, nspawnDialect(243)), ['Parameters=a', 'b=1']);
    assert.deepEqual(short(blank, nspawnDialect(242)), ['Parameters=a  b=1']);
    assert.deepEqual(short('  # c\n', nspawnDialect(240)), ['?# c']);
    assert.deepEqual(short('# c \\\na=1\nb=2', nspawnDialect(239)), ['#', 'b=2']);
    assert.deepEqual(short('a=1 \\', nspawnDialect(239)), ['a=1']);
    assert.deepEqual(short('a=1 \\', nspawnDialect(238)), ['']);
    assert.deepEqual(short('a=1\rb=2\r\n', nspawnDialect(239)), ['a=1\rb=2']);
  });

  it('takes every kind of line end that systemd takes', () => {
    assert.deepEqual(short('a=1\rb=2\n\rc=3\r\nd=4\0e=5', nspawnDialect(262)), ['a=1', 'b=2', 'c=3', 'd=4', 'e=5']);
  });

  it('skips one byte order mark, at the start of any line that is no comment', () => {
    assert.deepEqual(short('\ufeff[Exec]\n\ufeffBoot=1', nspawnDialect(262)), ['[Exec]', '\ufeffBoot=1']);
    assert.deepEqual(short('\ufeff# no comment', nspawnDialect(262)), ['?# no comment']);
    assert.deepEqual(short('[Exec]\nA=b\n\ufeff[Exec]\n\ufeffBoot=1', nspawnDialect(262)), ['[Exec]', 'A=b', '[Exec]', '\ufeffBoot=1']);
    assert.deepEqual(short('[Exec]\nA=b\\\n\ufeffc', nspawnDialect(262)), ['[Exec]', 'A=b c']);
  });

  it('gives indented lines of mkosi to the value above, headers too', () => {
    assert.deepEqual(short('[Content]\nPackages=a # x\n\n  b\n  # c\n  [Output]\nSeed=1', mkosiDialect(27)), [
      '[Content]',
      'Packages=a\nb\n[Output]',
      'Seed=1',
    ]);
  });

  it('cuts mkosi values at # wherever it stands, at ; before 25, and only after a space in old releases', () => {
    assert.deepEqual(short('A=b#c', mkosiDialect(27)), ['A=b']);
    assert.deepEqual(short('A=b;c', mkosiDialect(27)), ['A=b;c']);
    assert.deepEqual(short('A=b;c', mkosiDialect(24)), ['A=b']);
    assert.deepEqual(short('A=b#c #d', mkosiDialect(14)), ['A=b#c']);
  });

  it('takes the margin of a mkosi file off before it looks at indentation', () => {
    assert.deepEqual(short('  [A]\n  B=1\n    2\n', mkosiDialect(27)), ['[A]', 'B=1\n2']);
  });

  it('knows where joined text stands in the document', () => {
    const text = 'Environment=A=1 \\\n  B=2';
    const line = parse(text, nspawnDialect(262)).lines[0];
    assert.ok(line?.kind === 'assignment');
    const at = line.value.text.indexOf('B=2');
    const { start, end } = line.value.span(at, at + 3);
    assert.equal(text.slice(start, end), 'B=2');
    assert.equal(line.value.offsetOf(start), at);
  });

  it('keeps the lines that an edit did not touch', () => {
    const text = '[Exec]\n' + 'Boot=yes\n'.repeat(1000);
    const tree = parse(text, nspawnDialect(262));
    const at = tree.starts[500]!;
    const after = text.slice(0, at) + 'X' + text.slice(at);
    const again = reparse(tree, after, { start: at, end: at, newLength: 1 });
    assert.equal(again.lines.filter((l) => !tree.lines.includes(l)).length, 2);
    assert.ok(again instanceof Tree);
  });
});
