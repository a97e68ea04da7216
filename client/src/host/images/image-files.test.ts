import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { settingsFiles } from '../model/settings-files';
import { bootsAnInit, inside, missingForBoot, osReleaseOf, readOsReleaseText } from './image-files';

describe('Files of images', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'nspawn-image-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const unasked = (): Promise<never> => Promise.reject(new Error('machined need not be asked'));
  const put = (file: string, text = '') => {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const link = (file: string, target: string) => {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    symlinkSync(target, path.join(root, file));
  };

  it('say what is missing before a start', async () => {
    assert.match((await missingForBoot(root, unasked)) ?? '', /os-release/);
    put('usr/lib/os-release', 'ID=x');
    assert.match((await missingForBoot(root, unasked)) ?? '', /no init.*\/sbin\/init/);
    put('usr/lib/systemd/systemd');
    assert.equal(await missingForBoot(root, unasked), undefined);
  });

  it('are looked at by machined where this user may not', async () => {
    const nowhere = path.join(root, 'nowhere');
    assert.match((await missingForBoot(nowhere, () => Promise.resolve(false))) ?? '', /os-release/);
    assert.match((await missingForBoot(undefined, () => Promise.resolve(false))) ?? '', /os-release/);
    assert.equal(await missingForBoot(nowhere, () => Promise.resolve(true)), undefined);
    assert.equal(await missingForBoot(nowhere, () => Promise.resolve(undefined)), undefined);
  });

  it('follow links as the machine would, never out of it', async () => {
    put('usr/lib/os-release', 'ID=mine');
    link('etc/os-release', '/usr/lib/os-release');
    link('lib', '../../../../usr/lib');
    link('sbin/init', '/lib/systemd/systemd');
    assert.equal(await inside(root, '/etc/os-release'), path.join(root, 'usr/lib/os-release'));
    assert.deepEqual(await osReleaseOf(root), { id: 'mine' });
    assert.match((await missingForBoot(root, unasked)) ?? '', /no init/, 'the host has that file, the image has not');
    link('usr/lib/loop', 'loop');
    assert.equal(await inside(root, '/usr/lib/loop'), undefined);
    link('shadow', '../../../../../../etc/passwd');
    assert.equal(await inside(root, '/shadow'), undefined, 'the passwd of the host is not in the image');
  });

  it('are not known when they are no small regular files, and that costs nothing else', async () => {
    const image = (name: string) => path.join(root, name);
    put('sparse/etc/os-release');
    truncateSync(image('sparse/etc/os-release'), 400 << 20);
    put('large/etc/os-release', `ID=large\n${'#'.repeat(70_000)}`);
    for (const name of ['fifo', 'folder', 'device', 'out', 'second']) mkdirSync(image(`${name}/etc`), { recursive: true });
    for (const name of ['fifo', 'second']) spawnSync('mkfifo', [image(`${name}/etc/os-release`)]);
    mkdirSync(image('folder/etc/os-release'));
    link('device/etc/os-release', '/dev/zero');
    link('out/etc/os-release', '../../../../../../../../etc/os-release');
    put('second/usr/lib/os-release', 'ID=second');
    const found = await Promise.all(
      ['sparse', 'large', 'fifo', 'fifo', 'fifo', 'fifo', 'fifo', 'folder', 'device', 'out', 'second'].map((name) =>
        osReleaseOf(image(name)),
      ),
    );
    assert.deepEqual(found.slice(0, -1), Array<undefined>(10).fill(undefined));
    assert.deepEqual(found.at(-1), { id: 'second' });
  });

  it('end the following of links, however many there are and whatever they are called', async () => {
    for (let i = 0; i < 50; i++) link(`many/l${i}`, `l${i + 1}`);
    assert.equal(await inside(root, '/many/l0'), undefined);
    // Each doubles what is to follow.
    for (let i = 0; i < 40; i++) link(`bomb/b${i}`, `/bomb/b${i + 1}/../b${i + 1}`);
    assert.equal(await inside(root, '/bomb/b0'), undefined);
    assert.equal(await inside(root, `/${'x/../'.repeat(10_000)}nothing`), undefined);
    put('new\nline/\u202efile', 'x');
    link('to', '/new\nline/\u202efile');
    assert.equal(await inside(root, '/to'), path.join(root, 'new\nline/\u202efile'));
    await assert.rejects(inside(root, `/${'x'.repeat(300)}`), /ENAMETOOLONG/);
    assert.equal((await missingForBoot(root, () => Promise.resolve(undefined))) === undefined, false);
  });

  it('read hostile text as what it is', () => {
    const hostile =
      "__proto__=a\nconstructor=b\nID[]=c\nID[]=d\n[ID]\nid=e\n'null'=x\n=x\nID\n\0\nPRETTY_NAME=\"a\\\"b\nVERSION_ID='[1,2]'";
    assert.deepEqual(readOsReleaseText(hostile), { versionId: '[1,2]', prettyName: '"a"b' });
    assert.equal(({} as { a?: unknown }).a, undefined);
    assert.equal(readOsReleaseText(`PRETTY_NAME=${'x'.repeat(1 << 20)}`).prettyName?.length, 1000);
    assert.ok(bootsAnInit("[__proto__]\nBoot=no\n[Exec]\n__proto__=no\n'null'=x\nBoot\nBoot=maybe\n"));
    assert.ok(bootsAnInit('[Exec]\nBoot=no\nBoot=yes\n'));
  });

  it('read settings that are made against their reader', () => {
    const more = (text: string): string => `[Exec]\nBoot=no\n${text}`;
    for (const text of [
      "'null'=x\n",
      '__proto__=yes\n',
      'a[]=1\n[a]\n' + 'length=0\nlength=30000000\n'.repeat(2000),
      `"Boot[\\u005d"=yes\n`,
      'Boot[]=yes\n',
      `'${'['.repeat(50_000)}${']'.repeat(50_000)}'=x\n`,
      '[__proto__]\nBoot=yes\n',
      '[Exec.Boot.x]\n',
      "['null']\nBoot=yes\n",
      ' '.repeat(1 << 20),
    ]) {
      assert.ok(!bootsAnInit(more(text)) || text.startsWith('[Exec.'), text.slice(0, 40));
    }
    assert.ok(!bootsAnInit(more('Bind=/a:/b\n'.repeat(100_000))));
    assert.ok(bootsAnInit(more('[a.b.c]\n'.repeat(100_000))), 'too much of it is not read');
    assert.ok(bootsAnInit('Exec=x\nBoot=no\n') && bootsAnInit('Boot=no\n[Boot]\nBoot=no\n'));
    assert.ok(bootsAnInit(`[Exec]\nBoot='${'['.repeat(20_000)}${']'.repeat(20_000)}'\n`), 'no boolean');
  });

  it('claim nothing about what may not be read', async () => {
    assert.equal(await missingForBoot('/nonexistent/image', () => Promise.resolve(undefined)), undefined);
  });

  it('read os-release with its quotes', () => {
    assert.deepEqual(readOsReleaseText("PRETTY_NAME=\"Tiny 'Linux'; 1\"\nID=tiny\n# no\nVERSION_ID='1.10'\n__proto__=x\n"), {
      id: 'tiny',
      versionId: '1.10',
      prettyName: "Tiny 'Linux'; 1",
    });
    assert.deepEqual(readOsReleaseText(''), {});
  });

  it('know whether settings turn booting off', () => {
    assert.ok(bootsAnInit(''));
    assert.ok(bootsAnInit('[Exec]\nBoot=yes\n'));
    assert.ok(!bootsAnInit('[Exec]\nBoot=no\n'));
    assert.ok(!bootsAnInit('[Exec]\nProcessTwo=on\n'));
    assert.ok(bootsAnInit('[Files]\nBoot=no\n'));
  });

  it('know where settings are looked for, and never elsewhere', () => {
    assert.deepEqual(settingsFiles('web', '/srv/m/web.raw'), [
      '/etc/systemd/nspawn/web.nspawn',
      '/run/systemd/nspawn/web.nspawn',
      '/srv/m/web.nspawn',
    ]);
    assert.deepEqual(settingsFiles('../web'), []);
  });
});
