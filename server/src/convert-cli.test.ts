import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convert, migrate } from './convert-cli';

describe('the verbs convert and migrate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-convert-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const at = (...names: string[]): string => path.join(folder, ...names);
  const put = (name: string, text: string): string => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
    return at(name);
  };
  /** What a verb prints; the exit status is put back. */
  const printed = (run: () => void): { out: string; err: string; status: typeof process.exitCode } => {
    const { stdout, stderr, exitCode } = process,
      out: string[] = [],
      err: string[] = [];
    const write = stdout.write.bind(stdout),
      complain = stderr.write.bind(stderr);
    stdout.write = (text) => {
      out.push(String(text));
      return true;
    };
    stderr.write = (text) => {
      err.push(String(text));
      return true;
    };
    try {
      process.exitCode = undefined;
      run();
      return { out: out.join(''), err: err.join(''), status: process.exitCode };
    } finally {
      stdout.write = write;
      stderr.write = complain;
      process.exitCode = exitCode;
    }
  };

  it('say nothing without a task', () => {
    for (const args of [[], ['a', 'b'], ['x', '--', 'systemd-nspawn'], ['--', 'ls']])
      assert.throws(() => convert(args), Error);
    for (const args of [[], ['a', 'b'], ['--mkosi', '14', folder], ['--format', 'xml', folder]])
      assert.throws(() => migrate(args), Error);
    assert.match(printed(() => convert(['--help'])).out, /^Usage: /);
    assert.match(printed(() => migrate(['--help'])).out, /^Usage: /);
  });

  it('convert both ways', () => {
    const file = put('web.nspawn', '[Exec]\nBoot=yes\n[Network]\nPort=80\n');
    assert.equal(printed(() => convert([file])).out, 'systemd-nspawn --machine=web --boot --port=80\n');
    const { out, err } = printed(() => convert(['--', 'sudo', 'systemd-nspawn', '-bD', '/srv/web', '--slice=a.slice']));
    assert.match(out, /^\[Exec\]\nBoot=yes\n/);
    assert.match(err, /web\.nspawn[^]*systemd-nspawn@web\.service\.d[^]*Slice=a\.slice[^]*\/var\/lib\/machines\/web/);
    const json = JSON.parse(printed(() => convert(['--format', 'json', file])).out) as { argv: readonly string[] };
    assert.deepEqual(json.argv, ['systemd-nspawn', '--machine=web', '--boot', '--port=80']);
  });

  it('change nothing without --write', () => {
    put('mkosi.default', '[Output]\nFormat=gpt_ext4\nQCow2=yes\n');
    const { out, status } = printed(() => migrate([folder]));
    assert.match(
      out,
      /rename mkosi\.default to mkosi\.conf[^]*mkosi\.default:3: lost: [^]*==> mkosi\.conf <==\n\[Output\]\nFormat=disk\n/,
    );
    assert.equal(status, 1);
    assert.deepEqual([existsSync(at('mkosi.default')), existsSync(at('mkosi.conf'))], [true, false]);
  });

  it('rename and write with --write, and find nothing to do then', () => {
    put('mkosi.default', '[Output]\nFormat=gpt_ext4\n[Content]\nPassword=a#b\n');
    put('mkosi.default.d/fedora/10-x', '[Content]\nPackages=x\n');
    chmodSync(put('mkosi.build', '#!/bin/sh\n'), 0o755);
    assert.equal(printed(() => migrate(['--write', folder])).status, undefined);
    assert.equal(readFileSync(at('mkosi.conf'), 'utf8'), '[Output]\nFormat=disk\n');
    assert.equal(
      readFileSync(at('mkosi.conf.d', 'fedora.conf'), 'utf8'),
      '[Match]\nDistribution=fedora\n\n[Content]\nPackages=x\n',
    );
    assert.equal(statSync(at('mkosi.rootpw')).mode & 0o777, 0o600);
    assert.equal(statSync(at('mkosi.build.chroot')).mode & 0o777, 0o755);
    for (const gone of ['mkosi.default', 'mkosi.default.d', 'mkosi.build'])
      assert.equal(existsSync(at(gone)), false, gone);
    assert.equal(printed(() => migrate(['--write', folder])).out, '');
  });

  it('replace no file that was not read', () => {
    const file = put('mkosi.default', '[Output]\nHostname=a\n');
    put('mkosi.conf', '[Output]\nFormat=disk\n');
    assert.throws(() => migrate(['--write', file]), /nothing was changed/);
    assert.equal(readFileSync(at('mkosi.conf'), 'utf8'), '[Output]\nFormat=disk\n');
    assert.equal(existsSync(file), true);
  });
});
