import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { shown } from '../features';
import { newest } from '../schema';
import { Projects } from './projects';

/** Words that no finding may say. */
const secret = 'SECRETWORD';

describe('what findings say of files outside of a project', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-disclosure-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };

  /** Everything that is said of a project, findings and their fixes, as text; and how often. */
  function said(project: string): { text: string; files: string[] } {
    const projects = new Projects(newest),
      root = path.join(folder, project);
    projects.of(path.join(root, 'mkosi.conf'));
    const found = projects.all
      .flatMap((at) => projects.members(at))
      .flatMap(({ file, document, project: reading }) =>
        shown({ document, launch: 'unit', trusted: true, project: reading }).map(({ finding }) => ({ file, finding })),
      );
    return {
      text: found.map(({ finding }) => JSON.stringify([finding.message, finding.fixes?.map((f) => [f.title, f.edits])])).join('\n'),
      files: found.map(({ file }) => path.relative(folder, file)),
    };
  }

  for (const [what, text] of [
    ['users and passwords', `root:${secret}:19000:0:99999:7:::\n`],
    ['an environment', `TOKEN=${secret}\0HOME=/root\0`],
    ['credentials', `[default]\naws_secret_access_key = ${secret}\n`],
    ['a key', `-----BEGIN KEY-----\n${secret}==\n`],
    ['a script', `#!/bin/sh\nexport ${secret}=1\n`],
  ] as const) {
    it(`is no word of ${what}, included, linked or read as a value`, () => {
      write('outside', text);
      write('a/mkosi.conf', '[Include]\nInclude=../outside\n');
      const included = said('a');
      assert.doesNotMatch(included.text, new RegExp(secret));
      assert.ok(included.files.includes('outside'), 'that mkosi does not accept it is said');

      write('b/mkosi.conf', '[Distribution]\nDistribution=debian\n');
      mkdirSync(path.join(folder, 'b/mkosi.conf.d'), { recursive: true });
      rmSync(path.join(folder, 'b/mkosi.conf.d/x.conf'), { force: true });
      symlinkSync('../../outside', path.join(folder, 'b/mkosi.conf.d/x.conf'));
      rmSync(path.join(folder, 'b/mkosi.seed'), { force: true });
      symlinkSync('../outside', path.join(folder, 'b/mkosi.seed'));
      const linked = said('b');
      assert.doesNotMatch(linked.text, new RegExp(secret));
      assert.ok(linked.files.includes('b/mkosi.conf.d/x.conf'));
      assert.ok(linked.files.includes('b/mkosi.seed'));
    });
  }

  it('is everything of a file that is configuration by its name or its first header', () => {
    write('shared/common.conf', '# for all\n[Content]\nBootable=perhaps\n');
    write('other/mkosi.conf', 'Bootable=perhaps\n');
    write('c/mkosi.conf', '[Include]\nInclude=../shared/common.conf\n');
    assert.match(said('c').text, /perhaps/);
    write('d/mkosi.conf', '[Include]\nInclude=../other\n');
    assert.match(said('d').text, /Bootable/);
  });
});
