import assert from 'node:assert/strict';
import { type Message, parseMessages } from './messages';
import { placeOf } from './places';
import { Mkosi, type MkosiEnvironment, parseRelease, Refusal } from './program';
import { filesIn, report, reportOfText } from './report';
import { argumentsFor, requestOf, taskTemplates } from './task-templates';

/** An installed mkosi that only writes down how it is run. */
function pretend(doors: Partial<MkosiEnvironment> = {}): { mkosi: Mkosi; runs: (readonly string[])[] } {
  const runs: (readonly string[])[] = [];
  const run: MkosiEnvironment['run'] = (program, args, cwd) => {
    runs.push([program, ...args, cwd]);
    return Promise.resolve({ status: 0, stdout: args.includes('--version') ? 'mkosi 25.3\n' : '{}', stderr: '' });
  };
  return { runs, mkosi: new Mkosi({ trusted: () => true, find: () => '/usr/bin/mkosi', run, ...doors }) };
}

describe('mkosi', () => {
  describe('the program', () => {
    it('is neither looked for nor run in an untrusted workspace', async () => {
      const looked: string[] = [];
      const { mkosi, runs } = pretend({
        trusted: () => false,
        find: (p) => {
          looked.push(p);
          return '/usr/bin/mkosi';
        },
      });
      assert.throws(
        () => mkosi.program(),
        (e) => e instanceof Refusal && e.reason === 'untrusted' && /Trust this workspace/.test(e.message),
      );
      await assert.rejects(mkosi.release(), Refusal);
      await assert.rejects(mkosi.summary('/project'), Refusal);
      assert.deepEqual([looked, runs], [[], []]);
    });

    it('says how to get it where it is missing', () => {
      const { mkosi } = pretend({ find: () => undefined });
      assert.throws(
        () => mkosi.program(),
        (e) => e instanceof Refusal && e.reason === 'missing' && /Install/.test(e.message),
      );
    });

    it('is asked for its release once, outside of the project', async () => {
      const { mkosi, runs } = pretend();
      assert.equal(await mkosi.release(), 25.3);
      assert.equal(await mkosi.isClone(), false);
      assert.equal((await mkosi.summary('/project')).json, true);
      assert.deepEqual(runs, [
        ['/usr/bin/mkosi', '--version', '/'],
        ['/usr/bin/mkosi', '--json', 'summary', '/project'],
      ]);
    });

    it('is not asked for JSON that it cannot write', async () => {
      const runs: (readonly string[])[] = [];
      const { mkosi } = pretend({
        run: (_, args) => {
          runs.push(args);
          return Promise.resolve({ status: 0, stdout: 'mkosi 14\n', stderr: '' });
        },
      });
      assert.equal((await mkosi.summary('/project')).json, false);
      assert.deepEqual(runs, [['--version'], ['summary']]);
    });

    it('has releases of several shapes', () => {
      assert.deepEqual(['mkosi 14', 'mkosi 25.3\n', 'mkosi 27~devel', 'mkosi v26', 'what?'].map(parseRelease), [
        14,
        25.3,
        27,
        26,
        undefined,
      ]);
    });
  });

  describe('verbs', () => {
    it('are those of the release', () => {
      const names = (release?: number): string[] => taskTemplates(release).map((o) => o.verb);
      assert.ok(names(14).includes('qemu') && names(24.3).includes('qemu'));
      assert.ok(names(25).includes('vm') && !names(25).includes('qemu') && names().includes('vm'));
    });

    it('become arguments, options first', () => {
      assert.deepEqual(argumentsFor({ verb: 'build' }), ['build']);
      assert.deepEqual(argumentsFor({ verb: 'clean', force: 2 }), ['-ff', 'clean']);
      assert.deepEqual(argumentsFor({ verb: 'shell', force: 1, profiles: ['--x', 'b'], args: ['ls', '$HOME'] }), [
        '-f',
        '--profile=--x',
        '--profile=b',
        'shell',
        'ls',
        '$HOME',
      ]);
    });

    it('of tasks.json are taken for verbs only', () => {
      assert.equal(requestOf({ verb: '--output=/etc' }), undefined);
      assert.equal(requestOf({}), undefined);
      assert.deepEqual(requestOf({ verb: 'build', force: true, profiles: ['a', 1], args: 'x' }), {
        verb: 'build',
        force: 1,
        profiles: ['a'],
        args: [],
      });
    });
  });

  const main = {
    path: '/p/mkosi.conf',
    text: '[Output]\nFormat=Disk\nOutput=x\n\n[Content]\n# Boot=maybe\nPackages=\n    systemd\n    dbus # bus\nExtraTrees=tree:/usr\nBootable=maybe\nSeed\n',
  };
  const image = { path: '/p/mkosi.images/img.conf', text: '[Content]\nPackages=dbus\nOutputMode=0644\n' };
  /** File, line from 1, and the text there that a message of mkosi is shown at. */
  const shown = (stderr: string, status = 1): (string | undefined)[] =>
    parseMessages(stderr, status).map((m: Message) => {
      const at = placeOf(m, [main, image]);
      const text = [main, image]
        .find((f) => f.path === at?.path)
        ?.text.split('\n')
        [at?.line ?? 0]?.slice(at?.start, at?.end);
      return at === undefined ? undefined : `${at.path.slice(3)}:${at.line + 1}: ${text ?? ''}`;
    });

  describe('messages', () => {
    it('are errors when mkosi gave up because of them, else warnings', () => {
      const severities = (stderr: string, status: number): string[] => parseMessages(stderr, status).map((m) => m.severity);
      assert.deepEqual(severities('‣ /p/mkosi.conf: Unknown setting Bogus\n', 0), ['warning']);
      assert.deepEqual(severities('‣ /p/mkosi.conf: Unknown setting Bogus\n', 1), ['error']);
      assert.deepEqual(severities("‣ /p/mkosi.conf: Setting A is deprecated, please use B instead.\n‣ Invalid boolean literal: 'x'\n", 1), [
        'warning',
        'error',
      ]);
    });

    it('keep their hints, lose colour and bullet, and of a traceback keep the last word', () => {
      assert.deepEqual(
        parseMessages("‣ \x1b[31mSsh= is enabled\x1b[0m\n‣ (Run 'mkosi genkey')\n", 1).map((m) => m.text),
        ["Ssh= is enabled (Run 'mkosi genkey')"],
      );
      const traceback =
        'Traceback (most recent call last):\n  File "/usr/x.py", line 3, in <module>\n    f()\nValueError: No closing quotation\n';
      assert.deepEqual(
        parseMessages(traceback, 1).map((m) => m.text),
        ['ValueError: No closing quotation'],
      );
      const usage = "usage: mkosi [options]\n             [-h]\nmkosi: error: argument -t/--format: unknown Format: 'GPT'\n";
      assert.deepEqual(
        parseMessages(usage, 2).map((m) => m.text),
        ["argument -t/--format: unknown Format: 'GPT'"],
      );
    });

    it('name a setting, and with it a line', () => {
      assert.deepEqual(shown('‣ /p/mkosi.conf: Setting ExtraTrees should be configured in [Output], not [Content].\n', 0), [
        'mkosi.conf:10: ExtraTrees',
      ]);
      assert.deepEqual(shown('‣ /p/mkosi.images/img.conf: Setting OutputMode cannot be configured in img image\n'), [
        'mkosi.images/img.conf:3: OutputMode',
      ]);
      assert.deepEqual(shown('‣ Unknown setting OutputMode\n'), ['mkosi.images/img.conf:3: OutputMode']);
      assert.deepEqual(shown("mkosi: error: argument -t/--format: unknown Format: 'Disk'\n", 2), ['mkosi.conf:2: Disk']);
      assert.deepEqual(shown('mkosi: error: unrecognized arguments: --extra-trees=tree\n', 2), ['mkosi.conf:10: ExtraTrees']);
    });

    it('quote a line or a value', () => {
      assert.deepEqual(shown("‣ Setting Seed must be followed by '='\n"), ['mkosi.conf:12: Seed']);
      assert.deepEqual(shown("‣ Invalid boolean literal: 'maybe'\n"), ['mkosi.conf:11: maybe']);
      assert.deepEqual(shown("‣ 'Disk' is not a valid OutputFormat\n"), ['mkosi.conf:2: Disk']);
      assert.deepEqual(shown('‣ /p/tree does not exist\n'), ['mkosi.conf:10: tree:/usr']);
      assert.deepEqual(shown("‣ 'dbus' is odd\n"), ['mkosi.conf:9: dbus']);
    });

    it('without a place have none, unless they name a file', () => {
      assert.deepEqual(shown('‣ Size out of range\n'), [undefined]);
      assert.deepEqual(shown('‣ /p/mkosi.images/img.conf: None of the [TriggerAssert] sections was satisfied\n'), [
        'mkosi.images/img.conf:1: [Content]',
      ]);
    });

    it('of configparser tell the line', () => {
      const said =
        "Traceback (most recent call last):\n  File \"x\", line 1, in y\n    z()\nconfigparser.ParsingError: Source contains parsing errors: 'mkosi.conf'\n\t[line  3]: 'Output\\n'\n";
      assert.deepEqual(shown(said), ['mkosi.conf:3: Output=x']);
    });
  });

  describe('the effective configuration', () => {
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
      const { text, links } = report(json, [main, matched, profile, image, release], '/p');
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
      assert.throws(() => report('{}', [], '/p'), /without images/);
      assert.deepEqual(filesIn(json), [main.path, matched.path, release.path, image.path]);
    });

    it('goes by where files lie for a release that does not say what it has read, and says so', () => {
      const places = (images: object[]): string[] => {
        const { text, links } = report(JSON.stringify({ Images: images }), [main, profile, image], '/p');
        assert.match(text, /^# This version of mkosi does not report which files it has read/);
        return links.map((l) => `${text.split('\n')[l.line + 1]?.replace(/=.*/, '') ?? ''} ${l.to.path}`);
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
      const { text, links } = reportOfText('COMMANDS:\n    verb: summary\n', [matched], '/p', 14);
      assert.match(text, /^# mkosi 14 says .* mkosi 19 and newer/);
      assert.match(
        text,
        /\n# from mkosi\.conf\.d\/10-x\.conf:5\nPackages=vim\n\n# ---- as mkosi 14 sees it ----\nCOMMANDS:\n {4}verb: summary\n$/,
      );
      assert.deepEqual(
        links.map((l) => l.to.line),
        [4],
      );
    });
  });
});
