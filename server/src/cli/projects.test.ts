import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ExitReport } from '../node/exit-report';
import { effective, mkosiOutline } from './projects';
import type { Verb } from './verb';

describe('the verbs mkosi-outline and effective', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-verbs-'));
    mkdirSync(path.join(folder, '.git'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const at = (name: string): string => path.join(folder, name);
  const put = (name: string, text: string, mode = 0o644): void => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text, { mode });
  };
  /** What a verb prints. */
  const printed = (verb: Verb, ...args: readonly string[]): string => {
    const { stdout } = process,
      write = stdout.write.bind(stdout);
    let text = '';
    stdout.write = (said) => {
      text += String(said);
      return true;
    };
    try {
      verb.run(args, new ExitReport());
    } finally {
      stdout.write = write;
    }
    return text;
  };

  it('list the files of the project that a folder is in', () => {
    put('x/mkosi/mkosi.conf', '');
    put('x/mkosi/mkosi.conf.d/20.conf', '');
    put('x/mkosi/mkosi.conf.d/10.conf', '');
    put('x/mkosi/mkosi.profiles/dev/mkosi.conf', '');
    put('x/mkosi/mkosi.images/base.conf', '');
    put('x/mkosi/mkosi.build', '');
    put('x/mkosi/mkosi.extra/etc/motd', '');
    for (const named of ['x', 'x/mkosi', 'x/mkosi/mkosi.conf.d'])
      assert.equal(
        printed(mkosiOutline, at(named)),
        'images: base\nprofiles: dev\nmkosi.conf  main configuration\nmkosi.conf.d/  drop-ins\n  10.conf  1 of 2\n  20.conf  2 of 2\n' +
          'mkosi.profiles/  profiles\n  dev/\n    mkosi.conf  main configuration\nmkosi.images/  images\n  base.conf\n' +
          'mkosi.build  not executable, mkosi will not run it · builds from source\nmkosi.extra/  copied into the image\n',
      );
    const { folder: root, parts } = JSON.parse(printed(mkosiOutline, '--format', 'json', at('x'))) as {
      folder: string;
      parts: { path: string }[];
    };
    assert.deepEqual([root, parts[0]?.path], [at('x'), 'mkosi/mkosi.conf']);
  });

  it('print what the files set, execute nothing, and say what is not known', () => {
    put('mkosi.conf', '[Content]\nPackages=vim#editor\n  less\n;Hostname=web\n');
    put('mkosi.version', `#!/bin/sh\ntouch '${at('executed')}'\necho 7\n`, 0o755);
    assert.match(
      printed(effective, folder),
      /^# Without mkosi: [^]*\n# ---- image main ----\n# from mkosi\.conf:2\nPackages=\n {4}vim\n {4}less\n\n# Not set by name: .*\n# ImageVersion= is not known here: what mkosi\.version prints\n$/,
    );
    assert.equal(existsSync(at('executed')), false);
    const { images } = JSON.parse(printed(effective, '--format=json', folder)) as {
      images: { settings: { name: string; value: unknown }[] }[];
    };
    assert.deepEqual(
      images[0]?.settings.map(({ name, value }) => [name, value]),
      [
        ['ImageVersion', null],
        ['Packages', ['vim', 'less']],
      ],
    );
    // mkosi 24 takes a line with ; for a comment.
    put('mkosi.conf', '[Content]\nPackages=vim\n;Hostname=web\n  less\n');
    assert.match(printed(effective, '--mkosi', '24', folder), /\n {4}vim\n {4}less\n/);
    assert.match(printed(effective, folder), /\nPackages=vim\n/);
  });

  it('say what is wrong with what is asked of them', () => {
    put('x', '');
    for (const verb of [mkosiOutline, effective]) {
      assert.throws(() => printed(verb, folder), /is in no mkosi project/);
      assert.throws(() => printed(verb, at('gone')), /gone cannot be read: /);
      assert.throws(() => printed(verb, at('x')), /x is not a folder/);
      assert.throws(() => printed(verb, folder, folder), /one folder/);
      put('mkosi.conf', '');
      assert.throws(() => printed(verb, '--format', 'xml', folder), /text, json/);
      assert.throws(() => printed(verb, '--mkosi', 'x', folder), /--mkosi takes a release/);
      rmSync(at('mkosi.conf'));
    }
  });
});
