import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { rules } from '../server/src/rules';
import { wantsOf } from '../server/src/rules/testing/fixtures';

/** Not bundled: it finds the repository from where it is. */
const load = async () => (await import(pathToFileURL(path.resolve('tools/new-rule.mjs')).href)) as typeof import('../tools/new-rule.mjs');

describe('npm run new:rule', () => {
  it('makes code, a page and a fixture, none of which the tests accept before they are filled in', async () => {
    const { filesOf } = await load();
    for (const [folder, fixture] of [
      ['common', 'twice-shy.nspawn'],
      ['nspawn', 'twice-shy.nspawn'],
      ['mkosi', 'twice-shy/mkosi.conf'],
    ] as const) {
      const files = filesOf('twice-shy', folder);
      assert.deepEqual(
        files.map(([file]) => file),
        [`server/src/rules/${folder}/twice-shy.ts`, 'docs/rules/twice-shy.md', `server/src/rules/${folder}/fixtures/${fixture}`],
      );
      for (const [file, text] of files) assert.match(text, /TODO/, file);
      const [code = '', page = '', shown = ''] = files.map(([, text]) => text);
      assert.match(code, /export const twiceShy: Rule = \{\n {2}id: 'twice-shy',/);
      assert.ok(page.startsWith('# twice-shy\n\n'));
      assert.deepEqual(
        wantsOf(shown).map(({ rule }) => rule),
        ['twice-shy'],
      );
    }
  });

  it('makes no rule that is there already, in whatever folder, and none with a bad name', async () => {
    const { refusal } = await load();
    assert.equal(refusal('twice-shy', 'nspawn'), undefined);
    for (const { id } of rules) assert.match(refusal(id, 'nspawn') ?? '', /already/, id);
    for (const bad of [undefined, '', 'Twice', '../x', 'a--b']) assert.match(refusal(bad, 'nspawn') ?? '', /needs a name/);
    assert.match(refusal('twice-shy', 'systemd') ?? '', /There are no rules for systemd/);
  });
});
