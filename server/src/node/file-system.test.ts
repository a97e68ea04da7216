import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { families, findings } from '../families';
import { type Limits, projectLimits } from '../model';
import { Document, newest } from '../schema';
import { Roots } from './file-system';
import { Projects } from './projects';

describe('projects on a disk that somebody else has made', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-disk-'));
    mkdirSync(path.join(folder, '.git'));
  });
  afterEach(() => {
    execFileSync('rm', ['-rf', folder]);
  });

  const at = (name: string): string => path.join(folder, name);
  const put = (name: string, text = ''): void => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  };
  const link = (name: string, target: string): void => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    symlinkSync(target, at(name));
  };
  const fifo = (name: string): void => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    execFileSync('mkfifo', [at(name)]);
  };
  /** `path:line verdict message` of everything that is found in a project. */
  function found(mkosi = newest.mkosi, limits: Limits = projectLimits): string[] {
    const projects = new Projects({ ...newest, mkosi }, () => undefined, false, false, limits);
    return projects
      .members(projects.rootOf(at('mkosi.conf')))
      .flatMap(({ file, document, project }) =>
        findings({ document, launch: 'unit', trusted: true, project }).map(
          (f) => `${path.relative(folder, file)}:${document.text.positionAt(f.start).line + 1} ${f.verdict} ${f.message}`,
        ),
      );
  }
  const main = '[Distribution]\nDistribution=debian\n';
  const isDevice = 'This is a device, not a regular file. mkosi cannot read it to its end',
    isFifo = isDevice.replace('device', 'FIFO');

  describe('what is no file, or too large for one', () => {
    it('is refused where a line names it', () => {
      fifo('fifo');
      put('mkosi.conf', `${main}[Include]\nInclude=/dev/zero\nInclude=fifo\n`);
      assert.deepEqual(found(), [`mkosi.conf:4 refused /dev/zero: ${isDevice}`, `mkosi.conf:5 refused fifo: ${isFifo}`]);
    });

    it('is refused in the line that includes the folder that it lies in', () => {
      link('other/mkosi.conf', '/dev/zero');
      fifo('other/mkosi.conf.d/a.conf');
      put('mkosi.conf', `${main}[Include]\nInclude=other\n`);
      assert.deepEqual(found(), [
        `mkosi.conf:4 refused other/mkosi.conf: ${isDevice}`,
        `mkosi.conf:4 refused other/mkosi.conf.d/a.conf: ${isFifo}`,
      ]);
    });

    it('is refused at the main file when it only lies there', () => {
      put('mkosi.conf', main);
      link('mkosi.version', '/dev/zero');
      fifo('mkosi.conf.d/10-x.conf');
      fifo('mkosi.images/a.conf');
      fifo('mkosi.local.conf');
      assert.deepEqual(found().sort(), [
        `mkosi.conf:1 refused mkosi.conf.d/10-x.conf: ${isFifo}`,
        `mkosi.conf:1 refused mkosi.images/a.conf: ${isFifo}`,
        `mkosi.conf:1 refused mkosi.local.conf: ${isFifo}`,
        `mkosi.conf:1 refused mkosi.version: ${isDevice}`,
      ]);
    });

    it('is refused at itself when it is the main file', () => {
      link('mkosi.conf', '/dev/zero');
      assert.deepEqual(found(), [`mkosi.conf:1 refused mkosi.conf: ${isDevice}`]);
    });

    it('is refused as a certificate, and as a drop-in of mkosi 14', () => {
      put('mkosi.conf', `${main}[Host]\nSsh=yes\nSshCertificate=/dev/zero\n`);
      assert.ok(found(24).includes(`mkosi.conf:1 refused /dev/zero: ${isDevice}`), found(24).join('\n'));
      rmSync(at('mkosi.conf'));
      put('mkosi.default', '[Distribution]\nDistribution=fedora\n');
      fifo('mkosi.default.d/x');
      assert.deepEqual(found(14), [`mkosi.default:1 refused mkosi.default.d/x: ${isFifo}`]);
    });

    it('is said to be too large, which is our limit and not that of mkosi', () => {
      for (const [name, size] of [
        ['large.conf', 5 << 20],
        ['mkosi.version', 2 << 20],
      ] as const) {
        put(name);
        truncateSync(at(name), size);
      }
      put('mkosi.conf', `${main}[Include]\nInclude=large.conf\n`);
      assert.deepEqual(found(), [
        'mkosi.conf:1 advice mkosi.version: This file is larger than 1 MiB and is not read.',
        'mkosi.conf:4 advice large.conf: This file is larger than 4 MiB and is not read.',
      ]);
    });

    it('is not the null device, by which a file is taken out of force', () => {
      put('mkosi.conf', main);
      link('mkosi.conf.d/10-x.conf', '/dev/null');
      link('mkosi.version', '/dev/null');
      assert.deepEqual(found(), []);
    });
  });

  describe('links that lead round', () => {
    it('are not followed, wherever they lie, and that is said', () => {
      put('mkosi.conf', '[Content]\nPackages=a\n');
      for (const name of ['mkosi.conf.d', 'mkosi.profiles', 'mkosi.images', 'mkosi.uki-profiles', 'mkosi.default.d']) {
        for (const [own, target] of [
          ['a', '..'],
          ['b', '..'],
          ['x', '/'],
          ['c', '../mkosi.conf.d'],
        ] as const)
          link(`${name}/${own}`, target);
      }
      for (const mkosi of [newest.mkosi, 25.3, 24, 22, 14]) {
        const all = found(mkosi);
        assert.ok(
          all.every((f) => f.includes(' advice ')),
          all.join('\n'),
        );
        if (mkosi >= 15)
          assert.ok(
            all.some((f) => f.startsWith('mkosi.conf:1 advice mkosi.conf.d/a leads back into a folder that is being read')),
            all.join('\n'),
          );
      }
    });

    it('keep no file from being found that lies beside them', () => {
      put('mkosi.conf', main);
      link('mkosi.conf.d/a', '..');
      link('mkosi.conf.d/b', '/');
      put('mkosi.conf.d/z.conf', '[Content]\nBogus=1\n');
      put('mkosi.profiles/p.conf', '[Content]\nBogus=1\n');
      link('mkosi.profiles/a', '/');
      const projects = new Projects(newest),
        project = projects.of(at('mkosi.conf'));
      assert.ok(project.mayRead(at('mkosi.profiles/p.conf')));
      assert.equal(project.files.length, 3);
      assert.ok(found().some((f) => f.startsWith('mkosi.conf.d/z.conf:2 warned')));
    });

    it('do not keep two links to one folder from being read both', () => {
      put('mkosi.conf', main);
      put('shared/mkosi.conf', '[Content]\nBogus=1\n');
      link('mkosi.conf.d/a', '../shared');
      link('mkosi.conf.d/b', '../shared');
      assert.deepEqual(
        found().map((f) => f.split(' ', 2).join(' ')),
        ['mkosi.conf.d/a/mkosi.conf:2 warned', 'mkosi.conf.d/b/mkosi.conf:2 warned'],
      );
    });
  });

  describe('more than anybody reads', () => {
    const few = (some: Partial<Limits>): Limits => ({ ...projectLimits, ...some });

    it('ends the reading, which is said at the main file, and makes nothing missing', () => {
      put('mkosi.conf', `${main}[Config]\nDependencies=last\n[Content]\nExtraTrees=there\nBuildScripts=script\n`);
      put('there/x');
      put('script');
      put('mkosi.images/last.conf', '');
      for (let i = 0; i < 200; i++) put(`mkosi.conf.d/${i}.conf`, '[Content]\nPackages=a\n');
      const said = found(newest.mkosi, few({ looks: 200 }));
      assert.deepEqual(said, ['mkosi.conf:1 advice This project leads to more than 200 files and folders. The rest of it is not checked']);
      assert.equal(found().length, 1, 'the script is not executable');
    });

    it('is said of texts, of times that a file is read, and of time', () => {
      put('mkosi.conf', main);
      for (let i = 0; i < 20; i++) put(`mkosi.conf.d/${i}.conf`, `[Content]\nPackages=${'a'.repeat(100_000)}\n`);
      const only = (limits: Partial<Limits>): string | undefined =>
        found(newest.mkosi, few(limits)).find((f) => f.startsWith('mkosi.conf:1'));
      assert.match(only({ bytes: 1 << 20 }) ?? '', /has more than 1 MiB of configuration/);
      assert.match(only({ passages: 5 }) ?? '', /has files that are read more than 5 times for one image/);
      assert.match(only({ milliseconds: 0 }) ?? '', /takes longer than 0 ms to read/);
    });

    it('judges a file that was not come to as one that stands alone', () => {
      put('mkosi.conf', main);
      for (let i = 10; i < 60; i++) put(`mkosi.conf.d/${i}.conf`, '[Content]\nBogus=1\n');
      const projects = new Projects(newest, () => undefined, false, false, few({ looks: 100 })),
        { project } = projects.reading(at('mkosi.conf')) ?? {};
      const document = Document.of(`file://${at('mkosi.conf.d/59.conf')}`, families.mkosi, '[Content]\nBogus=1\n', newest);
      assert.deepEqual(
        findings({ document, launch: 'unit', trusted: true, project }).map((f) => f.verdict),
        ['warned'],
      );
    });

    it('is not looked into deeper than people nest folders', () => {
      put('mkosi.conf', main);
      put('mkosi.conf.d/z.conf', '[Content]\nBogus=1\n');
      const deep = 'mkosi.conf.d/a/'.repeat(100);
      put(`${deep}mkosi.conf`, '[Content]\nBogus=1\n');
      assert.deepEqual(
        found().map((f) => f.replace(/ mkosi \d.*/, '')),
        [
          'mkosi.conf:1 advice Folders are nested more than 64 deep in mkosi.conf.d/a; the deepest are not checked',
          'mkosi.conf.d/z.conf:2 warned',
        ],
      );
    });

    it('ends a pattern in a value there, and says so at the value', () => {
      put('mkosi.conf', `${main}[Content]\nBuildScripts=many/*/y*\nBuildScripts=none\n`);
      for (let i = 0; i < 300; i++) put(`many/${i}/x`);
      assert.deepEqual(found(newest.mkosi, few({ looks: 200 })), [
        'mkosi.conf:4 advice BuildScripts=: This project leads to more than 200 files and folders; whether this exists is not checked',
      ]);
      assert.equal(found().length, 1);
    });
  });

  it('a name that is not valid UTF-8 is said at the main file', () => {
    put('mkosi.conf', main);
    mkdirSync(at('mkosi.conf.d'));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/mkosi.conf.d/a`), Buffer.from([0xff]), Buffer.from('.conf')]), '');
    assert.deepEqual(found(), ['mkosi.conf:1 advice The name a\ufffd.conf in mkosi.conf.d/ is not valid UTF-8; the file is not read here']);
  });

  describe('the root of a project', () => {
    it('is found beside folders that cannot be looked into', () => {
      link('loop', 'loop');
      put('ok/mkosi.conf');
      const roots = new Roots();
      assert.deepEqual(roots.of(at('ok/mkosi.conf.d/x.conf')), [at('ok')]);
      for (const odd of ['loop/mkosi.conf', `${'n'.repeat(300)}/mkosi.conf`, 'a\0b/mkosi.conf', `${'d/'.repeat(100_000)}mkosi.conf`]) {
        assert.equal(roots.of(at(odd)).length, 1, odd.slice(0, 40));
      }
    });

    it('is the outermost folder with configuration up to a repository, nearest last', () => {
      put('mkosi.conf');
      put('a/b/mkosi.conf');
      put('a/c/.git/HEAD');
      put('a/c/mkosi.conf');
      const roots = new Roots();
      assert.deepEqual(roots.of(at('a/b/mkosi.conf')), [folder, at('a/b')]);
      assert.deepEqual(roots.of(at('a/c/mkosi.conf')), [at('a/c')]);
      assert.deepEqual(roots.of(at('a/b/mkosi.conf')), [folder, at('a/b')]);
    });
  });

  it('a disk knows what depends on a path, above and below it', () => {
    put('mkosi.conf', `${main}[Content]\nExtraTrees=tree/deep/file\n`);
    const projects = new Projects(newest),
      { disk } = projects.of(at('mkosi.conf'));
    disk.kind(at('tree/deep/file'));
    assert.deepEqual(projects.changed(at('other/deep'), true), []);
    assert.deepEqual(projects.changed(at('tree/deep/file'), false), [folder]);
    projects.of(at('mkosi.conf')).disk.kind(at('tree/deep/file'));
    assert.deepEqual(projects.changed(at('tree'), true), [folder]);
    projects.of(at('mkosi.conf')).disk.kind(at('tree/deep/file'));
    assert.deepEqual(projects.changed(at('tree/deep/file/below'), true), [folder]);
  });
});
