import assert from 'node:assert/strict';
import type { FolderReading } from '../protocol';
import { type Entry, partsOf } from './project-outline';

const file = (name: string, mode?: number): Entry => ({ name, isFolder: false, ...(mode === undefined ? {} : { mode }) });
const folder = (name: string): Entry => ({ name, isFolder: true });
const shown = (entries: readonly Entry[], reading: FolderReading): string[] =>
  partsOf(entries, reading).map((p) => `${p.name}: ${p.about}`);

describe('the outline of a mkosi project', () => {
  it('has what mkosi reads, in the order in which it does', () => {
    const names = partsOf(
      [
        file('README.md'),
        folder('mkosi.extra'),
        file('mkosi.postinst.chroot', 0o755),
        file('mkosi.nspawn'),
        file('mkosi.build', 0o755),
        folder('src'),
        folder('mkosi.conf.d'),
        file('mkosi.conf'),
        folder('mkosi.images'),
        folder('mkosi.profiles'),
        file('mkosi.local.conf'),
        file('mkosi.md'),
        file('mkosi.postinst', 0o755),
        folder('mkosi.build.d'),
        file('mkosi.version'),
        folder('mkosi.output'),
        file('mkosi.skeleton.tar'),
      ],
      'configuration',
    ).map((p) => p.name);
    assert.deepEqual(names, [
      'mkosi.local.conf',
      'mkosi.conf',
      'mkosi.conf.d',
      'mkosi.profiles',
      'mkosi.images',
      'mkosi.build',
      'mkosi.build.d',
      'mkosi.postinst',
      'mkosi.postinst.chroot',
      'mkosi.version',
      'mkosi.nspawn',
      'mkosi.skeleton.tar',
      'mkosi.extra',
      'mkosi.output',
    ]);
  });

  it('says in words which script mkosi will not run, and which value it will', () => {
    assert.deepEqual(
      shown(
        [
          file('mkosi.build', 0o644),
          file('mkosi.clean', 0o755),
          file('mkosi.sync'),
          file('mkosi.version', 0o755),
          file('mkosi.seed', 0o644),
        ],
        'configuration',
      ),
      [
        'mkosi.sync: fetches sources',
        'mkosi.build: not executable, mkosi will not run it · builds from source',
        'mkosi.clean: runs on clean',
        'mkosi.version: version of the image, executable: mkosi runs it',
        'mkosi.seed: seed of partition ids',
      ],
    );
    const scripts = partsOf([file('20-b', 0o644), file('10-a', 0o755)], 'scripts');
    assert.deepEqual(
      scripts.map((p) => [p.name, p.broken]),
      [
        ['10-a', false],
        ['20-b', true],
      ],
    );
  });

  it('numbers drop-ins, and tells those that are not read', () => {
    assert.deepEqual(shown([file('20-b.conf'), file('notes.txt'), folder('15-arch'), file('10-a.conf')], 'dropins'), [
      '10-a.conf: 1 of 3',
      '15-arch: 2 of 3',
      '20-b.conf: 3 of 3',
      'notes.txt: not read: its name does not end in .conf',
    ]);
    assert.deepEqual(shown([folder('fedora'), file('10-a'), file('20-b.conf')], 'files'), [
      '10-a: 1 of 2',
      '20-b.conf: 2 of 2',
      'fedora: for fedora only, after the others',
    ]);
    assert.equal(partsOf([folder('fedora')], 'files')[0]?.reading, 'files');
  });

  it('takes profiles and images as files and as folders', () => {
    assert.deepEqual(shown([file('dev.conf'), folder('base'), file('README')], 'folders'), ['base: ', 'dev.conf: ']);
    const [base] = partsOf([folder('base')], 'folders');
    assert.equal(base?.reading, 'configuration');
  });

  it('gives every entry of other folders as it is', () => {
    assert.deepEqual(shown([file('b'), folder('etc'), file('a')], 'contents'), ['etc: ', 'a: ', 'b: ']);
  });

  it('takes mkosi.conf.d for no script and a file of that name for nothing', () => {
    assert.deepEqual(
      partsOf([folder('mkosi.conf.d')], 'configuration').map((p) => p.reading),
      ['dropins'],
    );
    assert.deepEqual(
      partsOf([file('mkosi.build.d'), folder('mkosi.build'), file('mkosi.build.chroot', 0o755)], 'configuration').map((p) => p.name),
      ['mkosi.build', 'mkosi.build.chroot'],
    );
    assert.deepEqual(
      partsOf([folder('mkosi.tools.conf')], 'configuration').map((p) => p.reading),
      ['configuration'],
    );
  });
});
