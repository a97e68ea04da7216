import assert from 'node:assert/strict';
import { families } from '../families';
import { Project } from '../model';
import type { EffectiveText } from '../protocol';
import { diskOf } from '../rules/testing/project';
import { newest } from '../schema';
import { effectiveOfFiles, effectiveOfSummary } from './effective';
import { effectiveText, effectiveTextOfSummary } from './effective-text';
import { type File, projectIn } from './testing/projects';

describe('effective configuration', () => {
  const main = {
    path: '/p/mkosi.conf',
    text: '[Output]\nFormat=Disk\nOutput=x\n\n[Content]\n# Boot=maybe\nPackages=\n    systemd\n    dbus # bus\nExtraTrees=tree:/usr\nBootable=maybe\nSeed\n',
  };
  const image = { path: '/p/mkosi.images/img.conf', text: '[Content]\nPackages=dbus\nOutputMode=0644\n' };
  const report = (json: string, files: readonly File[]): EffectiveText => effectiveText(effectiveOfSummary(json, projectIn(files)), '/p');

  describe('that mkosi prints', () => {
    const matched = { path: '/p/mkosi.conf.d/10-x.conf', text: '[Match]\nFormat=disk\n\n[Content]\nPackages=vim\n' };
    const release = { path: '/p/mkosi.conf.d/20-r.conf', text: '[Distribution]\nRelease=trixie\n' };
    const profile = { path: '/p/mkosi.profiles/dev.conf', text: '[Content]\nPackages=gdb\n' };

    it('has each setting with where it was set', () => {
      const json = JSON.stringify({
        Images: [
          { Image: 'img', Files: [image.path], Packages: ['dbus'], Hostname: null, Format: 'disk', ImageVersion: '7', Release: 'trixie' },
          {
            Image: 'main',
            Files: [main.path, matched.path, release.path],
            ImageVersion: '7',
            Release: 'trixie',
            Format: 'disk',
            Packages: ['systemd', 'dbus', 'vim'],
            Bootable: false,
            BuildSources: [{ Source: '/p', Target: null }],
          },
        ],
      });
      const { text, links } = report(json, [main, matched, profile, image, release]);
      assert.equal(
        text,
        '# ---- image main ----\n# from mkosi.conf:11\nBootable=no\n# from mkosi.conf:2\nFormat=disk\n' +
          '# from mkosi.conf:7 mkosi.conf.d/10-x.conf:5\nPackages=\n    systemd\n    dbus\n    vim\n' +
          '# from mkosi.conf.d/20-r.conf:2\nRelease=trixie\n' +
          '\n# Not set by name: from files found by name, and defaults.\nBuildSources=/p\nImageVersion=7\n' +
          '\n# ---- image img ----\n# from mkosi.images/img.conf:2\nPackages=dbus\n' +
          // Format= is each image's own, and the same by chance; ImageVersion= comes from a file of its name.
          '\n# From the main image:\n# from mkosi.conf.d/20-r.conf:2\nRelease=trixie\n' +
          '\n# Not set by name: from files found by name, and defaults.\nFormat=disk\nHostname=\nImageVersion=7\n',
      );
      assert.deepEqual(
        links.map((l) => [text.split('\n')[l.line]?.slice(l.start, l.end), l.to.line]),
        [
          ['mkosi.conf:11', 10],
          ['mkosi.conf:2', 1],
          ['mkosi.conf:7', 6],
          ['mkosi.conf.d/10-x.conf:5', 4],
          ['mkosi.conf.d/20-r.conf:2', 1],
          ['mkosi.images/img.conf:2', 1],
          ['mkosi.conf.d/20-r.conf:2', 1],
        ],
      );
      assert.throws(() => report('{}', []), /without images/);
    });

    it('goes by where files lie for a release that does not say what it has read, and says so', () => {
      const places = (images: object[]): string[] => {
        const { text, links } = report(JSON.stringify({ Images: images }), [main, profile, image]);
        assert.match(text, /^# This version of mkosi does not report which files it has read/);
        return links.map((l) => `${text.split('\n')[l.line + 1]?.replace(/=.*/, '') ?? ''} ${l.to.uri.replace('file://', '')}`);
      };
      // 24: a main image without a name, of a main configuration that is its own.
      assert.deepEqual(
        places([
          { Image: 'img', Packages: ['dbus'] },
          { Image: null, Packages: ['systemd'], Profile: null },
        ]),
        [`Packages ${main.path}`, `Packages ${image.path}`],
      );
      assert.deepEqual(places([{ Image: null, Packages: ['gdb'], Profile: 'dev' }]), [`Packages ${main.path}`, `Packages ${profile.path}`]);
      // 23: the main configuration is that of every image.
      assert.deepEqual(places([{ Image: 'img', Packages: ['systemd', 'dbus'] }]), [`Packages ${main.path}`, `Packages ${image.path}`]);
    });

    it('is text, below what the files set, for a release that writes no JSON', () => {
      const { text, links } = effectiveTextOfSummary('COMMANDS:\n    verb: summary\n', projectIn([matched], 18), 18);
      assert.match(text, /^# mkosi 18 prints .* mkosi 19 and newer/);
      assert.match(
        text,
        /\n# from mkosi\.conf\.d\/10-x\.conf:5\nPackages=vim\n\n# ---- as mkosi 18 sees it ----\nCOMMANDS:\n {4}verb: summary\n$/,
      );
      assert.deepEqual(
        links.map((l) => l.to.line),
        [4],
      );
    });

    it('has lines of [Match] as settings for mkosi 14, which has no conditions', () => {
      const { text } = effectiveTextOfSummary('', projectIn([{ ...matched, path: '/p/mkosi.default' }], 14), 14);
      assert.match(text, /\n# from mkosi\.default:2\nFormat=disk\n# from mkosi\.default:5\nPackages=vim\n/);
    });

    it('says of lines that are not read that they are not', () => {
      const { text } = effectiveTextOfSummary(
        '',
        projectIn([{ path: '/p/mkosi.conf', text: '[Output]\nOutput=x\n\n[Match]\nFormat=tar\n' }], 18),
        18,
      );
      assert.match(text, /\n# Not read[^\n]*\n# from mkosi\.conf:2\nOutput=x\n/);
    });
  });

  describe('that the files say', () => {
    /** The settings of an image: name, value, and the lines that it comes from. */
    const settings = (files: readonly File[], image = 'main', mkosi?: number): string[] => {
      const { images } = effectiveOfFiles(projectIn(files, mkosi));
      return (images.find(({ name }) => name === image)?.settings ?? []).map(
        ({ name, value, from, origins, unknown }) =>
          `${name}=${unknown ?? JSON.stringify(value)} ${from} ${origins.map(({ path, line }) => `${path.slice(3)}:${line + 1}`).join(' ')}`,
      );
    };
    const conf = (text: string, path = 'mkosi.conf'): File => ({ path: `/p/${path}`, text });

    // mkosi 25 and newer: # begins a comment anywhere, ; nowhere, and an indented line goes on with the value above it.
    it('has no comment of today in a value, and what is indented below it', () => {
      assert.deepEqual(settings([conf('[Content]\nPackages=vim#editor\n  less\n;Hostname=web\n')]), [
        'Packages=["vim","less"] file mkosi.conf:2',
      ]);
    });

    it('goes on with the line above, also with one whose name mkosi does not know', () => {
      assert.deepEqual(settings([conf('[Content]\nPackages=vim#editor\n;Hostname=web\n  less\n')]), ['Packages=["vim"] file mkosi.conf:2']);
      // Until 24 the line is a comment, and the next one belongs to the packages.
      assert.deepEqual(settings([conf('[Content]\nPackages=vim#editor\n;Hostname=web\n  less\n')], 'main', 24.3), [
        'Packages=["vim","less"] file mkosi.conf:2',
      ]);
    });

    it('is of the folder mkosi/ where that is the one that mkosi reads', () => {
      const nested = conf('[Output]\nFormat=tar\n', 'mkosi/mkosi.conf');
      assert.deepEqual(settings([nested]), ['Format="tar" file mkosi/mkosi.conf:2']);
      assert.deepEqual(settings([nested, conf('[Output]\nOutput=x\n')]), ['Output="x" file mkosi.conf:2']);
    });

    it('is taken over from the main image, grows with lists, and leaves out what does not match', () => {
      const files = [
        conf('[Distribution]\nRelease=trixie\n\n[Content]\nPackages=a\n'),
        conf('[Content]\nPackages=b\n', 'mkosi.conf.d/10.conf'),
        conf('[Match]\nFormat=tar\n\n[Content]\nPackages=c\n', 'mkosi.conf.d/20.conf'),
        conf('[Content]\nPackages=d\n', 'mkosi.images/base.conf'),
      ];
      assert.deepEqual(settings(files), [
        'Packages=["a","b"] file mkosi.conf:5 mkosi.conf.d/10.conf:2',
        'Release="trixie" file mkosi.conf:2',
      ]);
      assert.deepEqual(settings(files, 'base'), ['Packages=["d"] file mkosi.images/base.conf:2', 'Release="trixie" main mkosi.conf:2']);
    });

    it('is not known where a file is executed, and not shown where it is from a file that may hold a secret', () => {
      const disk = diskOf(
        {
          '/p/mkosi.conf': '[Include]\nInclude=/etc/secret\n',
          '/p/mkosi.version': '#!/bin/sh\n',
          '/etc/secret': '[Con]\n[Content]\nHostname=x\n',
        },
        newest,
        {
          '/p/mkosi.version': 0o755,
        },
      );
      const { images } = effectiveOfFiles(new Project('/p', disk, families.mkosi.at(newest.mkosi)));
      const unknown = images[0]?.settings.map(({ name, value, unknown }) => [name, value, unknown]);
      assert.deepEqual(unknown, [
        ['Hostname', null, 'set in a file outside of the project'],
        ['ImageVersion', null, 'what mkosi.version prints'],
        ['Include', ['/etc/secret'], undefined],
      ]);
    });
  });
});
