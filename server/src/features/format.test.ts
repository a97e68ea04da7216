import assert from 'node:assert/strict';
import { formatting } from './index';
import { applied, at, type How, open } from './testing/marked';

const formatted = (text: string, how?: How): string => {
  const document = open(text, how);
  return applied(document, formatting(document));
};
const mkosi: How = { kind: 'mkosi' };

describe('formatting', () => {
  it('takes space away from around the equals sign, in front of names and behind lines', () => {
    assert.equal(formatted('  [Exec]  \n\tBoot = yes \nUser\t=\n'), '[Exec]\nBoot=yes\nUser=\n');
  });

  it('puts one blank line between sections, and never two in a row', () => {
    assert.equal(
      formatted('\n\n[Exec]\n\nBoot=yes\n\n\nUser=a\n[Files]\nReadOnly=yes\n\n\n'),
      '[Exec]\nBoot=yes\n\nUser=a\n\n[Files]\nReadOnly=yes\n',
    );
    assert.equal(formatted('[Exec]\n\n\n[Files]'), '[Exec]\n\n[Files]\n');
  });

  it('keeps a comment with the section below it, and a setting out of use with the one above', () => {
    assert.equal(formatted('[Exec]\nBoot=yes\n# the disks\n[Files]\n'), '[Exec]\nBoot=yes\n\n# the disks\n[Files]\n');
    assert.equal(formatted('[Exec]\nBoot=yes\n#User=a\n[Files]\n'), '[Exec]\nBoot=yes\n#User=a\n\n[Files]\n');
  });

  it('keeps continuation lines and the comments between them', () => {
    assert.equal(formatted('[Exec]\nParameters = a \\\n  # why\n     b  \n'), '[Exec]\nParameters=a \\\n  # why\n     b\n');
    assert.equal(
      formatted('[Content]\nPackages = \n    a   # why\n\n    b \nBootable=yes', mkosi),
      '[Content]\nPackages=\n    a   # why\n\n    b\nBootable=yes\n',
    );
  });

  it('leaves space behind a last backslash, because without it the lines would join', () => {
    assert.equal(formatted('[Exec]\nUser=a\\ \nBoot=yes\n'), '[Exec]\nUser=a\\ \nBoot=yes\n');
  });

  it('keeps line ends as they are', () => {
    assert.equal(formatted('[Exec]\r\nBoot = yes\r\n[Files]'), '[Exec]\r\nBoot=yes\r\n\r\n[Files]\r\n');
  });

  it('takes the margin of a mkosi file off all of it', () => {
    assert.equal(formatted('  [Content]\n  Packages=a\n    b\n', mkosi), '[Content]\nPackages=a\n    b\n');
  });

  it('takes every kind of white space for indentation that the release does', () => {
    assert.equal(formatted('  Port=80\n\xa0[Exec]\n', { ...mkosi, mkosi: 15 }), 'Port=80\n\n[Exec]\n');
  });

  it('leaves the byte order mark that systemd skips, because it skips no second one', () => {
    assert.equal(formatted('\ufeff\n\ufeff\n'), '\ufeff\n\ufeff\n');
  });

  it('changes only lines of the range, and none whose meaning would change with it', () => {
    const { document, range } = at('[Exec]\nBoot = yes\n|User = a\n|Timezone = off\n');
    assert.equal(applied(document, formatting(document, range)), '[Exec]\nBoot = yes\nUser=a\nTimezone = off\n');
    const other = at('  [Content]\n|  Bootable=yes|\n  Packages=a\n', mkosi);
    assert.deepEqual(formatting(other.document, other.range), []);
  });

  it('has nothing to say about what is in form', () => assert.deepEqual(formatting(open('[Exec]\nBoot=yes\n')), []));
});
