import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { allImages, asRoot, attempt, does, images, names, release, succeeds, tidy } from './systemd';
import { until } from './until';

const program = release < 256 ? ['machinectl'] : ['importctl', '--class=machine'];

/** The number of the transfer to an image. */
const transferOf = (name: string): string | undefined =>
  attempt('machinectl', 'list-transfers')
    .split('\n')
    .find((line) => line.split(/\s+/).includes(name))
    ?.trim()
    .split(/\s+/)[0];

/** Made by test/support/signed-archive.mjs. */
const signedFolder = process.env['SUITE_SIGNED'] ?? '';

describe('in VS Code, transfers', () => {
  let folder: string, server: Server, address: string;
  /** Responses that start and never finish. */
  const hanging: ServerResponse[] = [];
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-suite-'));
    server = createServer((request, response) => {
      const name = decodeURIComponent(path.basename(request.url ?? ''));
      if (name === 'slow.tar.gz') {
        response.writeHead(200, { 'Content-Length': '1000000' }).write(Buffer.alloc(1000));
        hanging.push(response);
        return;
      }
      const [, kind] = /^\/(signed|tampered)\//.exec(request.url ?? '') ?? [];
      try {
        const content = readFileSync(path.join(kind === undefined ? folder : signedFolder, name));
        response.end(kind === 'tampered' && name === 'SHA256SUMS' ? Buffer.concat([content, Buffer.from('\n')]) : content);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(tidy);
  const file = (name: string): string => path.join(folder, name);

  /** The files of an image. */
  const contents = (name: string): string => asRoot('sh', '-c', `cd /var/lib/machines/${name} && find . | sort`);
  /** A download that ends: systemd 252 now and then waits for ever for files that the server lacks. It is cancelled then, and begun again. */
  const download = async (
    verb: 'pullTar' | 'pullRaw',
    options: Readonly<Record<'url' | 'name' | 'verify', string>>,
  ): Promise<Awaited<ReturnType<typeof does>>[number] | undefined> => {
    for (;;) {
      const done = does(verb, [], options);
      const soon = await Promise.race([
        done,
        new Promise<undefined>((resolve) => {
          setTimeout(() => {
            resolve(undefined);
          }, 20_000);
        }),
      ]);
      if (soon !== undefined) return soon[0];
      const id = transferOf(options.name);
      if (id !== undefined) await vscode.commands.executeCommand('nspawn.cancelTransfer', { name: id });
      const [late] = await done;
      if (late?.status === 0) return late;
    }
  };

  it('export and import archives, disks and folders', async () => {
    const exported = await succeeds('exportTar', 'db', { target: file('db.tar.gz') });
    assert.deepEqual(exported, [...program, 'export-tar', '--', 'db', file('db.tar.gz')]);
    assert.ok(statSync(file('db.tar.gz')).size > 1000);
    await succeeds('importTar', [], { source: file('db.tar.gz'), name: 'from-tar' });
    assert.ok(names().includes('from-tar'));
    await succeeds('exportRaw', 'disk', { target: file('disk.raw') });
    assert.ok(statSync(file('disk.raw')).size > 1000);
    await succeeds('importRaw', [], { source: file('disk.raw'), name: 'from-raw' });
    assert.equal(images().find((i) => i.name === 'from-raw')?.type, 'raw');
    mkdirSync(file('tree/etc'), { recursive: true });
    writeFileSync(file('tree/etc/os-release'), 'ID=mine\n');
    symlinkSync('../etc/os-release', file('tree/link'));
    await succeeds('importFs', [], { source: file('tree'), name: 'from-folder' });
    assert.match(asRoot('cat', '/var/lib/machines/from-folder/etc/os-release'), /ID=mine/);
  });

  // No blank in it, which no address may have; those of files may.
  const odd = '$(touch${IFS}hacked)"ü"\'`id`;&|*%n';

  it('are of files, folders and addresses whatever these are called', async function () {
    this.timeout(300_000); // downloads that hang are cancelled and begun again
    const archive = file(`-rf ${odd} \n.tar`),
      disk = file(`-rf ${odd} \n.raw`),
      tree = file(`-rf ${odd} \n`);
    await succeeds('exportTar', 'db', { target: archive });
    await succeeds('exportRaw', 'disk', { target: disk });
    mkdirSync(path.join(tree, 'etc'), { recursive: true });
    writeFileSync(path.join(tree, 'etc/os-release'), 'ID=odd\n');
    await succeeds('importTar', [], { source: archive, name: 'odd-tar' });
    await succeeds('importRaw', [], { source: disk, name: 'odd-raw' });
    await succeeds('importFs', [], { source: tree, name: 'odd-folder' });
    assert.match(asRoot('cat', '/var/lib/machines/odd-folder/etc/os-release'), /ID=odd/);
    copyFileSync(archive, file(`-rf${odd}.tar`));
    copyFileSync(disk, file(`-rf${odd}.raw`));
    assert.equal(
      (await download('pullTar', { url: `${address}/-rf${odd.replace('%', '%25')}.tar`, name: 'odd-pulled', verify: 'no' }))?.status,
      0,
    );
    assert.equal(
      (await download('pullRaw', { url: `${address}/${encodeURIComponent(`-rf${odd}.raw`)}`, name: 'odd-pulled-raw', verify: 'no' }))
        ?.status,
      0,
    );
    const came = ['odd-folder', 'odd-pulled', 'odd-pulled-raw', 'odd-raw', 'odd-tar'];
    if (release >= 257) {
      await succeeds('pullTar', [], { url: pathToFileURL(file(`-rf${odd}.tar`)).href, name: 'odd-filed', verify: 'no' });
      came.push('odd-filed');
    }
    for (const name of came.filter((n) => /tar|pulled$|filed/.test(n))) assert.equal(contents(name), contents('db'), name);
    assert.deepEqual(
      names().filter((n) => n.startsWith('odd-')),
      came.sort(),
    );
    await succeeds('remove', came);
  });

  // Names, and what can be done under them with 252 and with later releases: an import of each kind, and an export.
  for (const [i, [name, old, later]] of (
    [
      [odd, '', 'Tar Raw Fs Export'],
      ['ü ö', '', 'Tar Raw Fs Export'],
      ['a\\b', '', release < 262 ? 'Raw Fs Export' : 'Tar Raw Fs Export'],
      ['-rf', '', ''],
      ['--version', '', ''],
      ['-', '', ''],
      ['x.tar.gz', 'Fs Export', 'Fs Export'],
      ['x.img', 'Tar Fs Export', 'Tar Fs Export'],
    ] as const
  ).entries()) {
    it(`are under a name like ${name} if importd takes it as it is, and else it does not hear of it`, async () => {
      const allowed = release < 257 ? old : later,
        kept = (): string[] => allImages().filter((one) => !/^\.(tar|raw)-http/.test(one));
      const before = kept();
      for (const [kind, source] of [
        ['Tar', file('db.tar.gz')],
        ['Raw', file('disk.raw')],
        ['Fs', file('tree')],
      ] as const) {
        const statuses = allowed.includes(kind) ? [0] : [],
          pulled = { url: `${address}/${i}/${path.basename(source)}`, name, verify: 'no' };
        assert.deepEqual(
          (await does(`import${kind}`, [], { source, name })).map(({ status }) => status),
          statuses,
          kind,
        );
        if (allowed.includes(kind)) {
          assert.deepEqual(
            kept().filter((one) => !before.includes(one)),
            [name],
          );
          await succeeds('remove', name);
        }
        // A release that refuses a name refuses it for downloads, too; which of the accepted ones may hang is tested elsewhere.
        if (kind !== 'Fs' && (release >= 257 || statuses.length === 0)) {
          assert.deepEqual(
            (await does(`pull${kind}`, [], pulled)).map(({ status }) => status),
            statuses,
            `pull ${kind}`,
          );
          if (allowed.includes(kind)) await succeeds('remove', name);
        }
      }
      const target = file('named.tar');
      await succeeds('clone', 'db', { newName: name });
      assert.deepEqual(
        (await does('exportTar', name, { target })).map(({ status }) => status),
        allowed.includes('Export') ? [0] : [],
      );
      assert.equal(existsSync(target), allowed.includes('Export'));
      rmSync(target, { force: true });
      await succeeds('remove', name);
      assert.deepEqual(kept(), before);
      assert.ok(!existsSync('/hacked') && !existsSync(file('hacked')));
    });
  }

  it('are not under a name that would make machined abort', async () => {
    const before = allImages();
    for (const name of ['x.v', 'x.raw.v', 'x.mstack']) {
      for (const verb of ['importFs', 'importTar', 'importRaw']) assert.deepEqual(await does(verb, [], { source: file('tree'), name }), []);
      for (const verb of ['clone', 'rename']) assert.deepEqual(await does(verb, 'db2', { newName: name }), []);
    }
    assert.deepEqual(allImages(), before);
  });

  it('are for images that machined lists, and a name with a new line is none', async () => {
    asRoot('mkdir', '/var/lib/machines/a\nb');
    try {
      for (const verb of ['exportTar', 'clone', 'remove', 'start'])
        assert.deepEqual(await does(verb, 'a\nb', { target: file('x.tar'), newName: 'x' }), []);
      assert.deepEqual(await does('importTar', [], { source: file('db.tar.gz'), name: 'a\nb' }), []);
    } finally {
      asRoot('rmdir', '/var/lib/machines/a\nb');
    }
  });

  it('do not replace an image unless that is wanted', async () => {
    const [failed] = await does('importTar', [], { source: file('db.tar.gz'), name: 'from-tar' });
    assert.notEqual(failed?.status, 0);
    asRoot('touch', '/var/lib/machines/from-tar/mark');
    await succeeds('importTar', [], { source: file('db.tar.gz'), name: 'from-tar', force: true });
    assert.equal(asRoot('ls', '/var/lib/machines/from-tar/mark'), '');
  });

  it('download archives and disks, and verify them as they are told', async function () {
    this.timeout(900_000); // those that hang are cancelled, which importd 252 notices after up to 46 s, and started again
    const pulled = await download('pullTar', { url: `${address}/db.tar.gz`, name: 'pulled', verify: 'no' });
    assert.equal(pulled?.status, 0);
    assert.deepEqual(pulled.argv, [...program, 'pull-tar', '--verify=no', '--', `${address}/db.tar.gz`, 'pulled']);
    assert.ok(names().includes('pulled'));
    assert.equal((await download('pullRaw', { url: `${address}/disk.raw`, name: 'pulled-disk', verify: 'no' }))?.status, 0);
    assert.equal(images().find((i) => i.name === 'pulled-disk')?.type, 'raw');

    // Another address each, for a download that is known already is not made again.
    const content = readFileSync(file('db.tar.gz'));
    for (const name of ['right.tar.gz', 'wrong.tar.gz', 'signed.tar.gz']) writeFileSync(file(name), content);
    const sum = createHash('sha256').update(content).digest('hex');
    writeFileSync(file('SHA256SUMS'), `${sum} *right.tar.gz\n${sum.replaceAll(/./g, '0')} *wrong.tar.gz\n${sum} *signed.tar.gz\n`);
    const right = await download('pullTar', { url: `${address}/right.tar.gz`, name: 'right', verify: 'checksum' });
    assert.equal(right?.status, 0);
    const wrong = await download('pullTar', { url: `${address}/wrong.tar.gz`, name: 'wrong', verify: 'checksum' });
    const unsigned = await download('pullTar', { url: `${address}/signed.tar.gz`, name: 'unsigned', verify: 'signature' });
    const absent = await download('pullTar', { url: `${address}/absent.tar.gz`, name: 'absent', verify: 'no' });
    for (const one of [wrong, unsigned, absent]) assert.notEqual(one?.status ?? 0, 0, one?.argv.join(' '));
    assert.ok(names().includes('right'));
    assert.deepEqual(
      names().filter((n) => ['wrong', 'unsigned', 'absent'].includes(n)),
      [],
    );
  });

  it('download what is signed by a key that the administrator has, and only that', async function () {
    this.timeout(600_000); // those that hang are cancelled and begun again
    const pull = (kind: string): ReturnType<typeof download> =>
      download('pullTar', { url: `${address}/${kind}/signed.tar`, name: kind, verify: 'signature' });
    const stranger = await pull('signed');
    assert.notEqual(stranger?.status ?? 0, 0, 'nobody knows the key');
    asRoot('cp', path.join(signedFolder, 'pubring.gpg'), '/etc/systemd/import-pubring.gpg');
    try {
      const known = await pull('signed');
      assert.equal(known?.status, 0);
      assert.match(asRoot('cat', '/var/lib/machines/signed/usr/lib/os-release'), /ID=signed/);
      const tampered = await pull('tampered');
      assert.notEqual(tampered?.status ?? 0, 0);
      assert.ok(!names().includes('tampered'));
    } finally {
      asRoot('rm', '/etc/systemd/import-pubring.gpg');
    }
    await succeeds('remove', 'signed');
  });

  it('can be cancelled', async () => {
    const pulling = does('pullTar', [], { url: `${address}/slow.tar.gz`, name: 'slow', verify: 'no' });
    const id = await until('the transfer', () => transferOf('slow'));
    await vscode.commands.executeCommand('nspawn.cancelTransfer', { name: id });
    const [pulled] = await pulling;
    assert.notEqual(pulled?.status, 0);
    assert.ok(!names().includes('slow'));
    assert.doesNotMatch(attempt('machinectl', 'list-transfers'), /slow/);
  });

  it('are lost with importd, and so is the program that would wait for them for ever', async () => {
    for (const [verb, name, options] of [
      ['pullTar', [], { url: `${address}/slow.tar.gz`, name: 'slow', verify: 'no' }],
      ['exportTar', 'web', { target: file('web.tar.xz') }],
    ] as const) {
      const going = does(verb, name, options);
      await until('the transfer', () => transferOf(verb === 'pullTar' ? 'slow' : 'web'));
      asRoot('systemctl', 'kill', '--signal=KILL', '--kill-whom=main', 'systemd-importd.service');
      const [ended] = await going;
      assert.ok(ended && ended.status !== 0, verb);
      assert.equal(vscode.window.terminals.length, 0, 'its terminal has gone with it');
    }
    assert.ok(!names().includes('slow'));
    await succeeds('importTar', [], { source: file('db.tar.gz'), name: 'from-again' });
    await succeeds('remove', 'from-again');
  });

  it('leave hidden images behind, which are deleted together', async () => {
    assert.ok(
      allImages().some((name) => /^\.tar-http/.test(name)),
      allImages().join(),
    );
    assert.deepEqual(await succeeds('clean', []), ['machinectl', 'clean']);
    assert.deepEqual(
      allImages().filter((name) => name !== '.host' && name.startsWith('.')),
      [],
    );
    const left = names().filter((n) => /^(from-|pulled|right)/.test(n));
    assert.equal(left.length, 6);
    assert.deepEqual(await succeeds('remove', left), ['machinectl', 'remove', '--', ...left], 'in one call');
    assert.deepEqual(
      names().filter((n) => left.includes(n)),
      [],
    );
  });
});
