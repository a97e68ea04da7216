import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { billOf, bundledPackages, noticesOf } from '../tools/bundled.mjs';

describe('what others have written of the extension', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'nspawn-bundled-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const put = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  };
  const install = (folder: string, { license = 'MIT' as string | null, file = 'LICENSE', text = 'May be used' }): void => {
    const name = folder.replace(/.*node_modules\//, '');
    put(`${folder}/package.json`, JSON.stringify({ name, version: '1.2.3', license }));
    if (text !== '') put(`${folder}/${file}`, `${text}: ${name}\n`);
  };
  const lock = (...folders: string[]): void =>
    put(
      'package-lock.json',
      JSON.stringify({
        packages: Object.fromEntries(
          folders.map((f) => [
            f,
            { version: '1.2.3', resolved: 'https://packages.example/x.tgz', integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}` },
          ]),
        ),
      }),
    );
  const metafile = (...files: [name: string, bytesInOutput: number][]) => ({
    outputs: {
      'x.js': {
        bytes: 1,
        imports: [],
        exports: [],
        inputs: Object.fromEntries(files.map(([name, bytesInOutput]) => [name, { bytesInOutput }])),
      },
    },
  });

  it('is named once for every package that is really in a bundle, also below another and with a scope', () => {
    const folders = ['node_modules/b', 'node_modules/b/node_modules/@s/c', 'node_modules/a', 'node_modules/unused'];
    lock(...folders);
    for (const folder of folders) install(folder, { file: folder.endsWith('a') ? 'License.txt' : 'LICENSE' });
    put('node_modules/a/NOTICE', 'Say this too');
    const packages = bundledPackages(root, [
      metafile(['client/src/x.ts', 9], ['node_modules/b/lib/x.js', 5], ['node_modules/b/lib/y.js', 5], ['node_modules/unused/x.js', 0]),
      metafile(['node_modules/b/node_modules/@s/c/x.js', 1], ['node_modules/a/x.js', 1], ['node_modules/b/lib/x.js', 5]),
    ]);
    assert.deepEqual(
      packages.map((p) => p.name),
      ['@s/c', 'a', 'b'],
    );
    const notices = noticesOf(packages),
      bill = billOf({ name: 'x', version: '1', license: 'MIT' }, packages);
    for (const text of ['a 1.2.3 (MIT)', 'May be used: a', 'Say this too', 'May be used: @s/c']) assert.ok(notices.includes(text), text);
    assert.deepEqual(
      bill.components.map((c) => c.purl),
      ['pkg:npm/%40s/c@1.2.3', 'pkg:npm/a@1.2.3', 'pkg:npm/b@1.2.3'],
    );
    assert.deepEqual(packages[0]?.hashes, [{ alg: 'SHA-512', content: '07'.repeat(64) }]);
    assert.doesNotMatch(JSON.stringify(bill), /packages\.example/);
  });

  it('fails the build when it is a package without a licence text or without a licence', () => {
    lock('node_modules/a');
    const bundled = [metafile(['node_modules/a/x.js', 1])];
    install('node_modules/a', { text: '' });
    assert.throws(() => bundledPackages(root, bundled), /^Error: a 1\.2\.3 is bundled, but has no file with its licence/);
    put('node_modules/a/LICENSE', ' \n');
    assert.throws(() => bundledPackages(root, bundled), /no file with its licence/);
    install('node_modules/a', { license: null });
    assert.throws(() => bundledPackages(root, bundled), /no licence in its package\.json/);
  });

  it('fails the build when it is not what the lock file names', () => {
    install('node_modules/a', {});
    const bundled = [metafile(['node_modules/a/x.js', 1])];
    lock();
    assert.throws(() => bundledPackages(root, bundled), /package-lock\.json does not name it/);
    put('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '2.0.0' } } }));
    assert.throws(() => bundledPackages(root, bundled), /names 2\.0\.0/);
  });
});
