import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import { stampOf } from '../../../../server/src/node/shared/replace-file';
import { shellWord } from '../ssh/ssh';
import { commands } from '.';

describe('installing settings', () => {
  let folder: string, script: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'install-settings-'));
    script = path.join(folder, 'bundle.js');
    // As part of any bundle, as the extension and its parts are.
    buildSync({
      entryPoints: ['client/src/host/commands/index.ts'],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'warning',
    });
    mkdirSync(at('etc'), { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = (...names: string[]): string => path.join(folder, ...names);
  const put = (name: string, text: string): string => {
    writeFileSync(at(name), text);
    return at(name);
  };
  /** The argv of the command, with another target: what it would be run with as root, here as whoever owns the folder. */
  const install = (source: string, name: string, was?: string) => {
    const argv = commands.installSettings
      .argv([], { source, name, ...(was === undefined ? {} : { was }) })
      .map((word) => (word === `/etc/systemd/nspawn/${name}.nspawn` ? at('etc', `${name}.nspawn`) : word));
    const [program = '', ...args] = argv.map((word, i) => (argv[i + 1] === 'install-settings' ? script : word));
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    return { status, said: stdout + stderr };
  };
  const text = (name: string): string => readFileSync(at('etc', `${name}.nspawn`), 'utf8');

  it('is told to a shell without a quote, and names the script that holds it', () => {
    const argv = commands.installSettings.argv([], { source: '/SRC', name: 'NAME' });
    assert.deepEqual(argv, [
      'env',
      'ELECTRON_RUN_AS_NODE=1',
      process.execPath,
      __filename,
      'install-settings',
      '/SRC',
      '/etc/systemd/nspawn/NAME.nspawn',
    ]);
    assert.equal(argv.slice(4).map(shellWord).join(' '), argv.slice(4).join(' '));
  });

  it('writes a new file that everybody may read, and makes its folder', () => {
    rmSync(at('etc'), { recursive: true });
    const source = put('settings', '[Exec]\nBoot=yes\n'),
      before = process.umask(0o077);
    chmodSync(source, 0o600);
    try {
      assert.deepEqual(install(source, 'web', stampOf(undefined)), { status: 0, said: '' });
    } finally {
      process.umask(before);
    }
    assert.deepEqual(
      [text('web'), statSync(at('etc/web.nspawn')).mode & 0o777, statSync(at('etc')).mode & 0o777],
      ['[Exec]\nBoot=yes\n', 0o644, 0o755],
    );
  });

  it('keeps the permissions of a file that is there', () => {
    chmodSync(put('etc/web.nspawn', 'old'), 0o640);
    assert.equal(install(put('settings', 'new'), 'web').status, 0);
    assert.deepEqual([text('web'), statSync(at('etc/web.nspawn')).mode & 0o777, readdirSync(at('etc'))], ['new', 0o640, ['web.nspawn']]);
  });

  it('replaces nothing that came or changed while somebody was asked for a password', () => {
    const source = put('settings', 'new'),
      file = put('etc/web.nspawn', 'old'),
      was = stampOf(statSync(file, { bigint: true }));
    const { status, said } = install(source, 'web', stampOf(undefined));
    assert.deepEqual([status, said.startsWith(`${file}: It has changed since it was read`), text('web')], [1, true, 'old']);
    writeFileSync(file, 'old, and then some');
    assert.equal(install(source, 'web', was).status, 1);
    assert.equal(text('web'), 'old, and then some');
  });

  it('follows no link out of the folder', () => {
    symlinkSync(put('shared', 'old'), at('etc/web.nspawn'));
    const { status, said } = install(put('settings', 'new'), 'web');
    assert.deepEqual([status, readFileSync(at('shared'), 'utf8'), lstatSync(at('etc/web.nspawn')).isSymbolicLink()], [1, 'old', true]);
    assert.match(said, new RegExp(`leads out of ${at('etc')}, to ${at('shared')}`));
  });

  it('reads nothing but a private copy', () => {
    put('etc/web.nspawn', 'old');
    const secret = put('secret', 'SECRET');
    symlinkSync(secret, at('link'));
    linkSync(secret, at('hard'));
    mkdirSync(at('open'), { mode: 0o777 });
    chmodSync(at('open'), 0o777);
    put('open/settings', 'of anybody');
    mkdirSync(at('own'), { mode: 0o700 });
    put('own/settings', 'x');
    symlinkSync('own', at('door'));
    put('large', '');
    truncateSync(at('large'), 1 << 30);
    spawnSync('mkfifo', [at('fifo')]);
    for (const source of [
      at('link'),
      at('hard'),
      at('open/settings'),
      at('door/settings'),
      at('own'),
      at('large'),
      at('fifo'),
      at('none'),
      '/dev/zero',
    ]) {
      const { status, said } = install(source, 'web');
      assert.deepEqual([status, said.split('\n').length, text('web')], [1, 2, 'old'], source);
    }
  });

  it('writes nowhere where anybody could put a link', () => {
    chmodSync(at('etc'), 0o777);
    const { status, said } = install(put('settings', 'new'), 'web');
    assert.equal(status, 1);
    assert.match(said, /other users can put a link into/);
    assert.deepEqual(readdirSync(at('etc')), []);
  });
});
