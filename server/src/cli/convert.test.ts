import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
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
import path from 'node:path';
import { ExitReport } from '../node/exit-report';
import { convert as convertVerb } from './convert';
import { migrate as migrateVerb } from './migrate';
import { verbUsage } from './usage';
import type { Verb } from './verb';

const runOf =
  (verb: Verb) =>
  (args: readonly string[]): void => {
    verb.run(args, new ExitReport());
  };
const convert = runOf(convertVerb),
  migrate = runOf(migrateVerb);

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
    for (const args of [[], ['a', 'b'], ['x', '--', 'systemd-nspawn'], ['--', 'ls']]) assert.throws(() => convert(args), Error);
    for (const args of [[], ['a', 'b'], ['--mkosi', '14', folder], ['--format', 'xml', folder]]) assert.throws(() => migrate(args), Error);
    assert.match(verbUsage(convertVerb, [convertVerb]), /^Usage: /);
    assert.match(verbUsage(migrateVerb, [migrateVerb]), /^Usage: /);
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
    assert.match(out, /rename mkosi\.default to mkosi\.conf[^]*mkosi\.default:3: lost: [^]*==> mkosi\.conf <==\n\[Output\]\nFormat=disk\n/);
    assert.equal(status, 1);
    assert.deepEqual([existsSync(at('mkosi.default')), existsSync(at('mkosi.conf'))], [true, false]);
  });

  it('rename and write with --write, and find nothing to do then', () => {
    put('mkosi.default', '[Output]\nFormat=gpt_ext4\n[Content]\nPassword=a#b\n');
    put('mkosi.default.d/fedora/10-x', '[Content]\nPackages=x\n');
    chmodSync(put('mkosi.build', '#!/bin/sh\n'), 0o755);
    assert.equal(printed(() => migrate(['--write', folder])).status, undefined);
    assert.equal(readFileSync(at('mkosi.conf'), 'utf8'), '[Output]\nFormat=disk\n');
    assert.equal(readFileSync(at('mkosi.conf.d', 'fedora.conf'), 'utf8'), '[Match]\nDistribution=fedora\n\n[Content]\nPackages=x\n');
    assert.equal(statSync(at('mkosi.rootpw')).mode & 0o777, 0o600);
    assert.equal(statSync(at('mkosi.build.chroot')).mode & 0o777, 0o755);
    for (const gone of ['mkosi.default', 'mkosi.default.d', 'mkosi.build']) assert.equal(existsSync(at(gone)), false, gone);
    assert.equal(printed(() => migrate(['--write', folder])).out, '');
  });

  const old = '[Distribution]\nDistribution=debian\n[Output]\nFormat=gpt_ext4\nBootable=yes\n[Partitions]\nRootSize=2G\n';
  /** Everything in the folder, with its text, or with where it leads. */
  const all = (): unknown =>
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .map((entry) => [path.join(entry.parentPath, entry.name), entry] as const)
      .map(([file, entry]) => [file, entry.isFile() ? readFileSync(file, 'utf8') : lstatSync(file).mode])
      .sort();
  /** Refuses with a sentence, and has changed nothing. */
  const refuses = (why: RegExp, ...args: string[]): void => {
    const before = all();
    assert.throws(() => migrate(args), why);
    assert.deepEqual(all(), before);
  };

  it('read no file outside of the folder, whether they write or not', () => {
    put('profile', 'export SECRET=1\n');
    mkdirSync(at('p'));
    symlinkSync('../profile', at('p', 'mkosi.default'));
    for (const args of [[at('p')], ['--write', at('p')], ['--write', at('p', 'mkosi.default')], ['--format', 'json', at('p')]])
      refuses(/mkosi\.default: It is a link that leads out of .*\/p, to .*\/profile/, ...args);
  });

  it('write no file outside of the folder, not even into a folder that they make', () => {
    mkdirSync(at('out'));
    put('p/mkosi.default', old);
    for (const [to, why] of [
      ['../out', /mkosi\.repart.*: Its folder is a link that leads out of/],
      ['../none', /mkosi\.repart.*leads to nothing/],
    ] as const) {
      symlinkSync(to, at('p', 'mkosi.repart'));
      for (const flags of [[], ['--write']]) refuses(why, ...flags, at('p'));
      rmSync(at('p', 'mkosi.repart'));
    }
    symlinkSync('../out/x', at('p', 'mkosi.conf'));
    refuses(/exists and was not part of the migration|leads to nothing/, '--write', at('p'));
  });

  it('read regular files of a size that configuration has', () => {
    put('p/mkosi.conf', '');
    truncateSync(at('p/mkosi.conf'), 5 << 20);
    refuses(/mkosi\.conf: This file is larger than 4 MiB/, '--write', at('p'));
    rmSync(at('p/mkosi.conf'));
    symlinkSync('/dev/zero', at('p/mkosi.conf'));
    refuses(/mkosi\.conf: It is a link that leads out of/, '--write', at('p'));
  });

  it('follow a link inside of the folder, and keep it one', () => {
    put('p/shared.txt', '[Output]\nFormat=gpt_ext4\n');
    symlinkSync('shared.txt', at('p/mkosi.default'));
    printed(() => migrate(['--write', at('p')]));
    assert.equal(readFileSync(at('p/shared.txt'), 'utf8'), '[Output]\nFormat=disk\n');
    assert.equal(lstatSync(at('p/mkosi.conf')).isSymbolicLink(), true);
    assert.equal(existsSync(at('p/mkosi.default')), false);
  });

  it('keep permissions', () => {
    chmodSync(put('p/mkosi.default', old), 0o640);
    printed(() => migrate(['--write', at('p')]));
    assert.equal(statSync(at('p/mkosi.conf')).mode & 0o777, 0o640);
  });

  it('change nothing when one file cannot take its place', () => {
    put('p/mkosi.default', old);
    put('p/mkosi.default.d/fedora/10-x', '[Content]\nPackages=x\n');
    // Something that has the name of a folder that has to be made.
    put('p/mkosi.conf.d', '');
    refuses(/what should be its folder is a file \(ENOTDIR\)/, '--write', at('p'));
  });

  it('end in a folder without an end', () => {
    put('p/mkosi.conf', '');
    mkdirSync(path.join(at('p'), ...Array.from({ length: 70 }, () => 'd')), { recursive: true });
    refuses(/folders deeper than 64/, '--write', at('p'));
  });

  it('replace no file that was not read', () => {
    const file = put('mkosi.default', '[Output]\nHostname=a\n');
    put('mkosi.conf', '[Output]\nFormat=disk\n');
    assert.throws(() => migrate(['--write', file]), /nothing was changed/);
    assert.equal(readFileSync(at('mkosi.conf'), 'utf8'), '[Output]\nFormat=disk\n');
    assert.equal(existsSync(file), true);
  });
});
