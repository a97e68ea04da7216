import assert from 'node:assert/strict';
import { lintInputOf } from '../rules/testing/lint-input';
import { diagnostics } from './diagnostics';
import { fixAll, fixes, movesFile } from './fixes';

const everything = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
const moved = (text: string): unknown[] =>
  fixes(lintInputOf(text), everything)
    .filter(movesFile)
    .map((a) => [a.title, a.edit]);
const rename = (from: string, to: string) => [
  `Move the file to ${to}`,
  {
    documentChanges: [
      { kind: 'rename', oldUri: `file://${from}`, newUri: `file://${to}`, options: { overwrite: false, ignoreIfExists: false } },
    ],
  },
];

describe('fixes that move the file', () => {
  it('bring a file to where nspawn trusts it', () => {
    const text = '# checked at /var/lib/machines/web.nspawn, beside /var/lib/machines/web/\n[Files]\nBind=/srv\n';
    assert.deepEqual(moved(text), [rename('/var/lib/machines/web.nspawn', '/etc/systemd/nspawn/web.nspawn')]);
  });

  it('keep a file of a user with the user', () => {
    const text =
      '# checked at /home/lena/.local/state/machines/web.nspawn, beside /home/lena/.local/state/machines/web/\n[Files]\nBind=/srv\n';
    assert.deepEqual(moved(text), [rename('/home/lena/.local/state/machines/web.nspawn', '/home/lena/.config/systemd/nspawn/web.nspawn')]);
  });

  it('overwrite nothing', () => {
    assert.deepEqual(moved('# checked at /var/lib/machines/web.nspawn, beside /etc/systemd/nspawn/web.nspawn\n[Files]\nBind=/srv\n'), []);
  });

  it('are not applied unasked', () => {
    assert.equal(fixAll(lintInputOf('# checked at /usr/lib/systemd/nspawn/web.nspawn\n[Exec]\nBoot=yes\n')), undefined);
  });
});

describe('files that have to do with a finding', () => {
  it('are linked', () => {
    const [found] = diagnostics(
      lintInputOf('# checked at /run/systemd/nspawn/web.nspawn, beside /etc/systemd/nspawn/web.nspawn\n[Exec]\nBoot=yes\n'),
    );
    const top = { line: 0, character: 0 };
    assert.equal(found?.code, 'masked-file');
    assert.deepEqual(found.relatedInformation, [
      { message: 'This file is read instead', location: { uri: 'file:///etc/systemd/nspawn/web.nspawn', range: { start: top, end: top } } },
    ]);
  });
});
