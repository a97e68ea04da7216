import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

describe('the verb migrate', () => {
  const cli = path.resolve('server/dist/cli.js');
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-migrate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('changes nothing where there is no room for all of it', () => {
    const texts: Readonly<Record<string, string>> = {
      'mkosi.default': '[Output]\nFormat=gpt_ext4\n',
      'mkosi.default.d/20-many': `[Content]\nPackages=${Array.from({ length: 2000 }, (_, i) => `package-${i}`).join('\n    ')}\nQCow2=yes\n`,
    };
    mkdirSync(path.join(folder, 'mkosi.default.d'));
    for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(folder, name), text);
    const before = readdirSync(folder, { recursive: true }).sort();
    const run = (limit: string) =>
      spawnSync('sh', ['-c', `ulimit -f ${limit}; exec "$@"`, 'sh', process.execPath, cli, 'migrate', '--write', folder], {
        encoding: 'utf8',
      });
    const { status, stderr } = run('8');
    assert.equal(status, 2);
    assert.match(stderr, /20-many: It was not changed: .*EFBIG.*Nothing was changed\.\n$/);
    assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), before);
    for (const [name, text] of Object.entries(texts)) assert.equal(readFileSync(path.join(folder, name), 'utf8'), text);
    assert.deepEqual(run('unlimited').stderr, '');
    assert.equal(readFileSync(path.join(folder, 'mkosi.conf'), 'utf8'), '[Output]\nFormat=disk\n');
    assert.match(readFileSync(path.join(folder, 'mkosi.conf.d/20-many.conf'), 'utf8'), /package-1999/);
    assert.deepEqual(readdirSync(folder).sort(), ['mkosi.conf', 'mkosi.conf.d', 'mkosi.repart']);
  });
});
