import assert from 'node:assert/strict';
import { findings } from '../../families';
import { newest } from '../../schema';
import type { Fix } from '../rule';
import { projectOf } from '../testing/project';

type Files = Readonly<Record<string, string>>;

/** `path:line verdict rule` of everything that is more than advice. */
function found(files: Files, mkosi = newest.mkosi, modes: Readonly<Record<string, number>> = {}): string[] {
  const { caseOf } = projectOf(files, mkosi, modes);
  return Object.keys(files)
    .filter((path) => /\.conf$|mkosi\.default/.test(path))
    .flatMap((path) => {
      const here = caseOf(path);
      return findings(here)
        .filter((f) => f.verdict !== 'advice')
        .map((f) => `${path}:${here.document.text.positionAt(f.start).line + 1} ${f.verdict} ${f.rule}`);
    });
}
const one = (text: string, mkosi?: number): string[] => found({ 'mkosi.conf': text }, mkosi);

describe('rules of mkosi', () => {
  it('warn of unknown settings since 26 and refuse them before', () => {
    const text = '[Output]\nBogus=1\n';
    assert.deepEqual(one(text), ['mkosi.conf:2 warned unknown-setting']);
    assert.deepEqual(one(text, 25.3), ['mkosi.conf:2 refused unknown-setting']);
    assert.deepEqual(one('[Foo]\nBogus=1\nno equals\n[Output]\n'), ['mkosi.conf:1 silent unknown-section']);
  });

  it('know a setting under its older name, and under that alone where it is the name', () => {
    const text = '[Runtime]\nQemuSmp=2\n';
    assert.deepEqual(one(text), ['mkosi.conf:2 warned deprecated']);
    assert.deepEqual(one('[Host]\nQemuSmp=2\n', 24.3), []);
    assert.deepEqual(one('[Host]\nCPUs=2\n', 24.3), ['mkosi.conf:2 refused unknown-setting']);
  });

  it('judge values as each release reads them', () => {
    assert.deepEqual(one('[Output]\nFormat=DISK\n[Runtime]\nRAM=2T\n'), [
      'mkosi.conf:2 refused bad-value',
      'mkosi.conf:4 refused bad-value',
    ]);
    assert.deepEqual(one('[Content]\nPackages=a b\n'), []);
    assert.deepEqual(one('[Content]\nPackages=a b\n', 26), ['mkosi.conf:2 silent bad-value']);
    assert.deepEqual(one('[Build]\nEnvironment=A="b\n'), ['mkosi.conf:2 refused bad-value']);
    assert.deepEqual(one('[Runtime]\nDrives=a:1G::::persist\n'), []);
    assert.deepEqual(one('[Content]\nBootable=%d\n'), ['mkosi.conf:2 refused bad-value']);
    assert.deepEqual(one('[Content]\nSsh=runtime\n', 25.3), ['mkosi.conf:2 refused bad-value']);
  });

  it('say nothing of what a condition keeps from being read, but that it would be wrong', () => {
    const files = { 'mkosi.conf': '', 'mkosi.conf.d/a.conf': '[Match]\nDistribution=fedora\n\n[Content]\nBootable=maybe\n' };
    assert.deepEqual(found(files), ['mkosi.conf.d/a.conf:5 silent bad-value']);
    assert.deepEqual(found({ ...files, 'mkosi.conf': '[Distribution]\nDistribution=fedora\n' }), [
      'mkosi.conf.d/a.conf:5 refused bad-value',
    ]);
  });

  it('follow includes, profiles and images in their order', () => {
    assert.deepEqual(
      found({
        'mkosi.conf': '[Config]\nProfiles=p\n[Include]\nInclude=more.conf\n',
        'more.conf': '[Output]\nX=1\n',
        'mkosi.profiles/p.conf': '[Output]\nY=1\n',
        'mkosi.profiles/q.conf': '[Output]\nZ=1\n',
      }),
      [
        'more.conf:2 warned unknown-setting',
        'mkosi.profiles/p.conf:2 warned unknown-setting',
        'mkosi.profiles/q.conf:2 silent unknown-setting',
      ],
    );
    assert.deepEqual(found({ 'mkosi.conf': '', 'mkosi.images/a.conf': '[Distribution]\nDistribution=arch\n' }), [
      'mkosi.images/a.conf:2 refused wrong-image',
    ]);
    assert.deepEqual(found({ 'mkosi.conf': '[Config]\nDependencies=b\n', 'mkosi.images/a.conf': '' }), [
      'mkosi.conf:2 refused project-fault',
    ]);
    assert.deepEqual(
      found({
        'mkosi.conf': '[Output]\nOutput=x\n',
        'mkosi.images/a.conf': '[Config]\nDependencies=b\n',
        'mkosi.images/b.conf': '[Config]\nDependencies=a\n',
      }),
      ['mkosi.conf:1 refused project-fault'],
    );
  });

  it('ask for the release that a project needs, at the line that says so', () => {
    const text = (wanted: string): string => `[Output]\nFormat=disk\n[Config]\nMinimumVersion=${wanted}\n`;
    assert.deepEqual(one(text('27')), []);
    assert.deepEqual(one(text('99')), ['mkosi.conf:4 refused project-fault']);
    assert.deepEqual(one(text('99'), 25.3), []);
    assert.deepEqual(one(text('commit:deadbeef')), ['mkosi.conf:4 refused project-fault']);
    assert.deepEqual(found({ 'mkosi.conf': '', 'mkosi.conf.d/a.conf': text('99') }), ['mkosi.conf.d/a.conf:4 refused project-fault']);
  });

  it('ask conditions', () => {
    const files = (condition: string): Files => ({
      'mkosi.conf': '[Output]\nImageId=web\nImageVersion=7\n',
      'mkosi.conf.d/a.conf': `[Match]\n${condition}\n[Output]\nBogus=1\n`,
    });
    const met = ['mkosi.conf.d/a.conf:4 warned unknown-setting'],
      unmet = ['mkosi.conf.d/a.conf:4 silent unknown-setting'];
    for (const yes of [
      'ImageId=w*',
      'ImageVersion=>=7',
      'ImageVersion=!8',
      'Image=main',
      'PathExists=mkosi.conf',
      'Architecture=uefi',
      'Bootable=auto',
    ]) {
      assert.deepEqual(found(files(yes)), met, yes);
    }
    for (const no of ['ImageId=x', 'ImageVersion=<7', 'ImageVersion=|8', 'PathExists=nowhere', 'HostArchitecture=arm64']) {
      assert.deepEqual(found(files(no)), unmet, no);
    }
    assert.deepEqual(found(files('Format=bogus')), ['mkosi.conf.d/a.conf:2 refused bad-condition', ...met]);
    assert.deepEqual(found(files('Packages=a')), ['mkosi.conf.d/a.conf:2 refused not-a-condition', ...met]);
    assert.deepEqual(one('[Assert]\nFormat=tar\n'), ['mkosi.conf:2 refused bad-condition']);
  });

  it('turn the signs of a condition round', () => {
    const { caseOf } = projectOf({ 'mkosi.conf': '[Match]\nDistribution=!|debian\n' });
    const [bad] = findings(caseOf('mkosi.conf'));
    assert.deepEqual(
      [bad?.rule, bad?.fixes?.map((f) => f.edits.map((e) => [e.start, e.end, e.text]))],
      ['bad-condition', [[[21, 29, '|!debian']]]],
    );
  });

  it('take a line that an image may not set to the main image, or away', () => {
    const fixed = (files: Files, path: string): string[] => {
      const { caseOf } = projectOf(files);
      const applied = (text: string, edits: Fix['edits']): string =>
        [...edits].sort((a, b) => b.start - a.start).reduce((t, e) => t.slice(0, e.start) + e.text + t.slice(e.end), text);
      return findings(caseOf(path))
        .filter((f) => f.rule === 'wrong-image')
        .flatMap(({ fixes = [] }) =>
          fixes.flatMap(({ title, edits, inOtherFile }) => [
            title,
            applied(files[path] ?? '', edits),
            ...(inOtherFile ? [applied(inOtherFile.document.text.getText(), inOtherFile.edits)] : []),
          ]),
        );
    };
    const move = 'Move the line to mkosi.conf of the main image',
      remove = 'Remove the line: mkosi.conf of the main image sets this';
    const image = 'mkosi.images/a.conf',
      text = '[Distribution]\nDistribution=arch\n[Content]\nPackages=vim\n',
      rest = '[Distribution]\n[Content]\nPackages=vim\n';
    assert.deepEqual(fixed({ 'mkosi.conf': '', [image]: text }, image), [move, rest, '[Distribution]\nDistribution=arch\n']);
    assert.deepEqual(fixed({ 'mkosi.conf': '[Distribution]\nRelease=x\n\n[Output]\nFormat=tar', [image]: text }, image), [
      move,
      rest,
      '[Distribution]\nRelease=x\nDistribution=arch\n\n[Output]\nFormat=tar',
    ]);
    assert.deepEqual(fixed({ 'mkosi.conf': '[Distribution]\nDistribution=fedora\n', [image]: text }, image), [remove, rest]);
    // Nobody knows where it would be right, or it is right for one of those who read it.
    assert.deepEqual(fixed({ [image]: text }, image), []);
    assert.deepEqual(
      fixed(
        { 'mkosi.conf': '[Include]\nInclude=both.conf\n', [image]: '[Include]\nInclude=../both.conf\n', 'both.conf': text },
        'both.conf',
      ),
      [],
    );
  });

  it('look for files and at secrets', () => {
    assert.deepEqual(found({ 'mkosi.conf': '[Content]\nSkeletonTrees=tree,none\n', 'tree/a': '' }), ['mkosi.conf:2 refused missing-file']);
    assert.deepEqual(found({ 'mkosi.conf': '[Content]\nPrepareScripts=none.sh\n' }), ['mkosi.conf:2 silent missing-file']);
    assert.deepEqual(found({ 'mkosi.conf': '[Content]\nPrepareScripts=none.sh\n' }, 26), ['mkosi.conf:2 refused missing-file']);
    const secret = { 'mkosi.conf': '[Validation]\nPassphrase=pass\n', pass: 'x' };
    assert.deepEqual(found(secret), ['mkosi.conf:2 refused missing-file']);
    assert.deepEqual(found(secret, 27.1, { pass: 0o600 }), []);
  });

  it('show what mkosi takes for something else without a word', () => {
    assert.deepEqual(one('[Distribution]\nMirror=http://a/#b\n'), ['mkosi.conf:2 silent comment-sign']);
    assert.deepEqual(one('[Distribution]\nMirror=http://a/ # b\n'), []);
    assert.deepEqual(one('[Output]\nOutput=a ; b\n'), ['mkosi.conf:2 silent comment-sign']);
    assert.deepEqual(one('[Output]\nOutput=a ; b\n', 24.3), []);
    assert.deepEqual(one('[Content]\nPackages=a\n  [Output]\n  Format=tar\n'), [
      'mkosi.conf:3 silent swallowed-line',
      'mkosi.conf:4 silent swallowed-line',
    ]);
    assert.deepEqual(one('[Content]\nHostname=\n  a\n'), ['mkosi.conf:2 silent swallowed-line']);
  });

  it('find scripts that nobody may execute, by name and by where they lie', () => {
    const files = { 'mkosi.conf': '[Content]\nBuildScripts=a.sh\n    b.sh\n', 'a.sh': '', 'b.sh': '', 'mkosi.postinst': '' };
    assert.deepEqual(found(files, 27.1, { 'a.sh': 0o755 }), [
      'mkosi.conf:1 silent script-not-executable',
      'mkosi.conf:3 silent script-not-executable',
    ]);
    assert.deepEqual(found(files, 27.1, { 'a.sh': 0o755, 'b.sh': 0o755, 'mkosi.postinst': 0o755 }), []);
    assert.deepEqual(
      found({ 'mkosi.conf': '[Output]\nOutput=a%v\n', 'mkosi.version': '#!/bin/sh\n' }, 27.1, { 'mkosi.version': 0o755 }),
      [],
    );
  });

  it('find lines that count for nothing, and words that are no part of a value', () => {
    assert.deepEqual(one('[Output]\nFormat=disk\nFormat=tar\n'), ['mkosi.conf:2 silent duplicate']);
    assert.deepEqual(one('[Content]\nPackages=a\nPackages=b\n[Match]\nDistribution=|debian\nDistribution=|arch\n'), []);
    assert.deepEqual(one('[Build]\nEnvironment=MESSAGE=hello world\n'), ['mkosi.conf:2 silent bad-value']);
    assert.deepEqual(one('[Build]\nEnvironment="MESSAGE=hello world" CI A=b\n'), []);
  });

  it('say what became of settings that are gone', () => {
    const said = (text: string): string => {
      const { caseOf } = projectOf({ 'mkosi.conf': text });
      return findings(caseOf('mkosi.conf'))
        .map((f) => f.message)
        .join();
    };
    assert.match(said('[Runtime]\nRuntimeScratch=1G\n'), /known until mkosi 25\.3; use RuntimeSize=/);
    assert.match(said('[Host]\nQemuGui=yes\n'), /use Console= \(QemuGui=yes is Console=gui\)/);
    assert.match(said('[Output]\nGPTFirstLBA=2048\n'), /mkosi 14 and older had it/);
  });

  it('know profiles that lie nowhere, and conditions that stand behind what they are for', () => {
    const files = { 'mkosi.conf': '[Config]\nProfiles=desk,dsk\n', 'mkosi.profiles/desk.conf': '' };
    assert.deepEqual(found(files), ['mkosi.conf:2 silent unknown-profile']);
    assert.deepEqual(found(files, 25.3), ['mkosi.conf:2 silent unknown-profile']);
    assert.deepEqual(one('[Output]\nBogus=1\n[Match]\nDistribution=debian\n'), ['mkosi.conf:2 warned unknown-setting']);
    assert.deepEqual(one('[Output]\nBogus=1\n[Match]\nDistribution=fedora\n'), ['mkosi.conf:2 silent unknown-setting']);
  });

  it('leave out specifiers that stand for nothing', () => {
    assert.deepEqual(one('[Output]\nOutput=a%q\n'), ['mkosi.conf:2 warned specifier']);
    assert.deepEqual(one('[Output]\nOutput=a%v\n'), ['mkosi.conf:2 warned specifier']);
    assert.deepEqual(one('[Output]\nImageVersion=1\nOutput=a%v%%\n'), []);
  });

  it('read old files by the options that their keys name', () => {
    const old = (text: string, mkosi = 14): string[] => found({ 'mkosi.default': text }, mkosi);
    assert.deepEqual(old('[Output]\nFormat=gpt_ext4\nroot-size=3G\n[Content]\nPackages=a\n  b\n'), []);
    assert.deepEqual(old('[Output]\nForma=tar\n'), ['mkosi.default:2 refused unknown-setting']);
    assert.deepEqual(old('[Output]\nForma=tar\n', 12), []);
    assert.deepEqual(old('[Content]\nPackages=a\nPackages=b\n'), ['mkosi.default:3 refused duplicate']);
    assert.deepEqual(old('[Output]\nBootable=on\n', 12), ['mkosi.default:2 refused bad-value']);
    assert.deepEqual(old('[Partitions]\nRootSize=1.5G\n', 9), ['mkosi.default:2 refused bad-value']);
    assert.deepEqual(old('[Output]\nMirror=a%20b\n', 9), ['mkosi.default:2 refused bad-value']);
    assert.deepEqual(old('[Output]\nFormat=tar\nMinimize=yes\n'), ['mkosi.default:1 refused project-fault']);
    assert.deepEqual(old('[Output]\nDirectory=x\n'), ['mkosi.default:2 refused project-fault']);
    assert.deepEqual(old('[Host]\nSshAgent=\n', 12), ['mkosi.default:2 refused project-fault']);
  });

  it('put in an equals sign that was forgotten', () => {
    for (const [line, wanted] of [
      ['Hostname web', '='],
      ['Hostname: web', '='],
      ['Packages  a b', '='],
      ['Nonsense web', undefined],
      ['Hostname', undefined],
    ] as const) {
      const { caseOf } = projectOf({ 'mkosi.conf': `[Content]\n${line}\n` });
      const [found1] = findings(caseOf('mkosi.conf')),
        [edit] = found1?.fixes?.[0]?.edits ?? [];
      assert.equal(found1?.rule, 'stray-text');
      assert.equal(edit?.text, wanted, line);
      if (edit !== undefined)
        assert.match(
          `[Content]\n${line}`.slice(0, edit.start) + edit.text + `[Content]\n${line}`.slice(edit.end),
          /\n(Hostname=web|Packages=a b)$/,
        );
    }
  });

  it('find drop-ins that lie where none is read', () => {
    const text = '[Content]\nPackages=vim\n',
      files = { 'mkosi.conf': '', 'mkosi.conf.d/web/mkosi.conf': text, 'mkosi.conf.d/web/more.conf': text };
    assert.deepEqual(found(files), ['mkosi.conf.d/web/more.conf:1 silent unread-file']);
    const { caseOf } = projectOf(files);
    assert.deepEqual(
      findings(caseOf('mkosi.conf.d/web/more.conf')).map((f) => f.moveTo),
      ['/work/mkosi.conf.d/web/mkosi.conf.d/more.conf'],
    );
    assert.deepEqual(found({ ...files, 'mkosi.conf': '[Include]\nInclude=mkosi.conf.d/web/more.conf\n' }), []);
    assert.deepEqual(found({ 'mkosi.conf': '', 'mkosi.conf.d/web/mkosi.conf.d/more.conf': text }), []);
  });

  it("refuse nothing in an old file that today's mkosi does not read", () => {
    assert.deepEqual(found({ 'mkosi.conf': '', 'mkosi.default': '[Output]\nBogus=1\n' }), [
      'mkosi.default:1 silent unread-file',
      'mkosi.default:2 silent unknown-setting',
    ]);
  });
});
