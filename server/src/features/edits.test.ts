import assert from 'node:assert/strict';
import { enter, refactorings } from './index';
import { after, applied, at, type How } from './testing/marked';

const mkosi: How = { kind: 'mkosi' };

describe('Enter', () => {
  /** The text after Enter was pressed at the mark; indentation of the editor left out. */
  const pressed = (marked: string, how?: How): string => {
    const { document, position } = at(marked.replace('|', '\n|'), how);
    return applied(document, enter(document, position));
  };

  it('goes on with a value that is split', () => {
    assert.equal(pressed('[Exec]\nParameters=a |b\nBoot=yes\n'), '[Exec]\nParameters=a \\\n    b\nBoot=yes\n');
    assert.equal(pressed('[Exec]\nEnvironment=A=1| B=2\n'), '[Exec]\nEnvironment=A=1 \\\n B=2\n');
    assert.equal(pressed('[Content]\nPackages=a|b\n', mkosi), '[Content]\nPackages=a\n    b\n');
  });

  it('indents the line below a continuation and below a list that begins', () => {
    assert.equal(pressed('[Exec]\nParameters=a \\|\nBoot=yes'), '[Exec]\nParameters=a \\\n    \nBoot=yes');
    assert.equal(pressed('[Content]\nPackages=|\nBootable=yes\n', mkosi), '[Content]\nPackages=\n    \nBootable=yes\n');
  });

  it('goes on with a comment that is split', () => {
    assert.equal(pressed('# some |words\n[Exec]\n'), '# some \n# words\n[Exec]\n');
  });

  it('does nothing at the end of a line, or in front of a setting', () => {
    for (const marked of ['[Exec]\nBoot=yes|\n', '[Exec]\nBoot=yes|User=a\n', '[Exec]|\nBoot=yes\n', '# a|\nBoot=yes\n', '|[Exec]\n']) {
      assert.equal(pressed(marked), marked.replace('|', '\n'));
    }
  });
});

describe('refactorings', () => {
  const changed = (marked: string, title: RegExp, how?: How): string | undefined => {
    const { document, range } = at(marked, how);
    const action = refactorings(document, range).find((a) => title.test(a.title));
    return action === undefined ? undefined : after(document, action.edit);
  };

  it('spreads a list out and puts it together again', () => {
    const short = '[Exec]\nCapability=|CAP_KILL CAP_CHOWN\n',
      long = '[Exec]\nCapability=|CAP_KILL \\\n    CAP_CHOWN\n';
    assert.equal(changed(short, /own line/), long.replace('|', ''));
    assert.equal(changed(long, /one line$/), short.replace('|', ''));
    assert.equal(changed('[Content]\nPackages=|a,b\n', /own line/, mkosi), '[Content]\nPackages=\n    a\n    b\n');
    assert.equal(changed('[Content]\nPackages=|\n    a\n    b\n', /one line$/, mkosi), '[Content]\nPackages=a b\n');
    assert.equal(changed('[Content]\nPackages=|\n    a\n    b\n', /one line$/, { ...mkosi, mkosi: 25 }), '[Content]\nPackages=a,b\n');
  });

  it('sorts sets in place, and nothing whose order counts', () => {
    assert.equal(changed('[Exec]\nSystemCallFilter=~|b \\\n  a\n', /Sort/), '[Exec]\nSystemCallFilter=~a \\\n  b\n');
    assert.equal(changed('[Exec]\nParameters=|b a\n', /Sort/), undefined);
  });

  it('writes one assignment for every item', () => {
    assert.equal(changed('[Exec]\nEnvironment=|A=1 "B=x y"\n', /for every item/), '[Exec]\nEnvironment=A=1\nEnvironment="B=x y"\n');
    assert.equal(changed('[Exec]\nSystemCallFilter=|~a b\n', /for every item/), '[Exec]\nSystemCallFilter=~a\nSystemCallFilter=~b\n');
    assert.equal(changed('[Exec]\nParameters=|b a\n', /for every item/), undefined);
  });

  it('has nothing for a single value', () => assert.equal(changed('[Exec]\nBoot=|yes no\n', /./), undefined));
});
