import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Params, Requests, Result } from '../protocol';
import { Editor } from './testing/editor';

describe('requests about mkosi projects', () => {
  let folder: string, editor: Editor;
  const uri = (name = ''): string => pathToFileURL(path.join(folder, name)).href;
  const put = (name: string, text: string, mode = 0o644): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text, { mode });
  };
  const ask = <M extends keyof Requests>(method: M, params: Params<M>): Promise<Result<M>> =>
    editor.ask(method, params) as Promise<Result<M>>;
  const roots = (...names: string[]): Promise<readonly string[]> => ask('nspawn/mkosi/roots', { uris: names.map(uri) });

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-requests-'));
    mkdirSync(path.join(folder, '.git'));
    editor = new Editor();
    await editor.start(folder);
  });
  afterEach(() => {
    editor.connection.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('name the one project that a file or folder is in, as diagnostics do', async () => {
    put('x/mkosi/mkosi.conf', '[Output]\nBogus=1\n');
    put('x/mkosi/mkosi.images/base/mkosi.conf', '');
    put('y/mkosi.conf', '');
    put('y/mkosi/mkosi.conf', '');
    put('y/mkosi.extra/etc/motd', '');
    put('none/a.txt', '');
    assert.deepEqual(
      await roots(
        'x/mkosi/mkosi.conf',
        'x/mkosi',
        'x',
        'x/mkosi/mkosi.images/base/mkosi.conf',
        'y/mkosi.conf',
        'y/mkosi/mkosi.conf',
        'y/mkosi.extra/etc',
      ),
      ['x', 'x', 'x', 'x', 'y', 'y/mkosi', 'y'].map(uri),
    );
    assert.deepEqual(await roots('none/a.txt', 'none'), [uri('none'), uri('none')]);
  });

  it('go by the release: up to 25 a folder mkosi/ is a project of its own', async () => {
    editor.connection.dispose();
    editor = new Editor();
    editor.settings = { mkosiVersion: '25' };
    put('x/mkosi/mkosi.conf', '');
    await editor.start(folder);
    await editor.open(uri('x/mkosi/mkosi.conf'), '[Output]\nBogus=1\n', 'mkosi');
    await editor.diagnostics(uri('x/mkosi/mkosi.conf'), (codes) => codes.length > 0);
    assert.deepEqual(await roots('x/mkosi/mkosi.conf'), [uri('x/mkosi')]);
  });

  it('list what a project holds, where its files are', async () => {
    put('x/mkosi/mkosi.conf', '');
    put('x/mkosi/mkosi.build', '#!/bin/sh\n');
    put('x/mkosi/mkosi.conf.d/10.conf', '');
    put('x/mkosi/mkosi.profiles/dev.conf', '');
    put('x/mkosi/mkosi.images/base.conf', '');
    const { folder: at, parts, profiles, images, more } = await ask('nspawn/mkosi/outline', { uri: uri('x') });
    assert.deepEqual([at, profiles, images, more], [uri('x/mkosi'), ['dev'], ['base'], false]);
    assert.deepEqual(
      parts.map(({ name, reading, broken }) => `${name} ${reading} ${String(broken)}`),
      [
        'mkosi.conf contents false',
        'mkosi.conf.d dropins false',
        'mkosi.profiles folders false',
        'mkosi.images folders false',
        'mkosi.build contents true',
      ],
    );
    const below = await ask('nspawn/mkosi/outline', { uri: uri('x/mkosi/mkosi.conf.d'), reading: 'dropins' });
    assert.deepEqual(
      below.parts.map(({ name, about }) => `${name}: ${about}`),
      ['10.conf: 1 of 1'],
    );
  });

  it('locate messages in files on the disk, for the release that has said them', async () => {
    put('mkosi.conf', '[Content]\nPackages=vim#editor\n;Hostname=web\n  less\n');
    const { messages, files } = await ask('nspawn/mkosi/locate', {
      uri: uri(),
      stderr: `\u2023 ${path.join(folder, 'mkosi.conf')}: Unknown setting ;Hostname\n\u2023 Size out of range\n`,
      status: 1,
      release: 25.3,
    });
    assert.deepEqual(files, [uri('mkosi.conf')]);
    assert.deepEqual(messages, [
      {
        text: 'Unknown setting ;Hostname',
        severity: 'error',
        namesFile: true,
        at: { uri: uri('mkosi.conf'), line: 2, character: 0, end: 9 },
      },
      { text: 'Size out of range', severity: 'error', namesFile: false },
    ]);
  });

  it('add lines to what mkosi prints', async () => {
    put('mkosi.conf', '[Content]\nPackages=vim#editor\n  less\n');
    const stdout = JSON.stringify({ Images: [{ Image: 'main', Files: [path.join(folder, 'mkosi.conf')], Packages: ['less', 'vim'] }] });
    const { text, links } = await ask('nspawn/mkosi/effective', { uri: uri(), stdout, json: true });
    assert.equal(text, '# ---- image main ----\n# from mkosi.conf:2\nPackages=\n    less\n    vim\n');
    assert.deepEqual(links, [{ line: 1, start: 7, end: 19, to: { uri: uri('mkosi.conf'), line: 1, character: 0 } }]);
    await assert.rejects(ask('nspawn/mkosi/effective', { uri: uri(), stdout: '{}', json: true }), /without images/);
    await assert.rejects(ask('nspawn/mkosi/effective', { uri: uri(), stdout: 'no JSON', json: true }), /JSON/);
  });

  it('say what a migration changes, and change nothing', async () => {
    put('mkosi.default', '[Distribution]\nDistribution=debian\n\n[Packages]\nPackages=systemd\n');
    const { files, actions } = await ask('nspawn/mkosi/migrate', { uri: uri(), release: 26 });
    assert.deepEqual(
      actions.map(({ kind, path: from, to }) => [kind, from, to]),
      [['rename', 'mkosi.default', 'mkosi.conf']],
    );
    assert.match(files[0]?.text ?? '', /\[Content\]\nPackages=systemd/);
    await assert.rejects(ask('nspawn/mkosi/migrate', { uri: uri(), release: 3 }), /mkosi 15 and newer/);
    await assert.rejects(ask('nspawn/mkosi/migrate', { uri: uri('gone') }), /cannot be read/);
  });

  it('answer anything else with a sentence, and live on', async () => {
    for (const method of ['roots', 'outline', 'locate', 'effective', 'migrate'])
      for (const params of [
        undefined,
        null,
        {},
        [],
        'x',
        { uri: 1 },
        { uri: 'untitled:x' },
        { uri: 'file:///%00' },
        { uris: [{}] },
        { uri: 'file:///x', reading: '__proto__', stdout: 1 },
      ])
        await assert.rejects(
          editor.ask(`nspawn/mkosi/${method}`, params),
          /^(?!.*(undefined|TypeError)).*[a-z]+ [a-z]+/,
          `${method} ${JSON.stringify(params)}`,
        );
    assert.deepEqual(await roots(''), [uri().replace(/\/$/, '')]);
  });
});
