import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { changeMode, makeExecutable, placeOf, prepareFile, replaceFile, stampOf, UnwritableFile } from './replace-file';

describe('replacing a file', () => {
  const isRoot = process.getuid?.() === 0;
  let top: string, folder: string;
  /** `node script FILE SIZE` gives a file so many signs; for what is about other users and full disks. */
  let script: string;
  before(() => {
    top = mkdtempSync(path.join(tmpdir(), 'nspawn-replace-'));
    chmodSync(top, 0o755);
    script = path.join(top, 'script.js');
    const contents = `import { replaceFile } from './server/src/node/shared/replace-file';
      try { replaceFile(process.argv[2]!, 'y'.repeat(Number(process.argv[3]))); console.log('written'); } catch (e) { console.log((e as Error).message); }`;
    buildSync({
      stdin: { contents, resolveDir: '.', loader: 'ts' },
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'warning',
    });
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(top, 'of-'));
  });
  after(() => {
    rmSync(top, { recursive: true });
  });

  const at = (...names: string[]): string => path.join(folder, ...names);
  const put = (name: string, text = 'old'): string => {
    writeFileSync(at(name), text);
    return at(name);
  };
  const text = (name: string): string => readFileSync(at(name), 'utf8');
  const stamp = (name: string): string => stampOf(statSync(at(name), { bigint: true }));
  /** Refuses with a sentence, and leaves nothing behind. */
  const refuses = (act: () => unknown, why: RegExp): void => {
    const before = readdirSync(folder).sort();
    assert.throws(act, (error) => error instanceof UnwritableFile && why.test(error.message));
    assert.deepEqual(readdirSync(folder).sort(), before);
  };

  it('gives the new text whole, and leaves nothing else', () => {
    const file = put('a');
    assert.equal(replaceFile(file, 'new'), undefined);
    replaceFile(at('b'), Buffer.from('other'));
    assert.deepEqual([text('a'), text('b'), readdirSync(folder).sort()], ['new', 'other', ['a', 'b']]);
  });

  it('keeps permissions and owner', () => {
    for (const mode of [0o640, 0o600, 0o755, 0o666]) {
      const file = put('a');
      chmodSync(file, mode);
      if (isRoot) chownSync(file, 1234, 4321);
      const { uid, gid } = statSync(file);
      replaceFile(file, 'new');
      const now = statSync(file);
      assert.deepEqual([now.mode & 0o7777, now.uid, now.gid, text('a')], [mode, uid, gid, 'new']);
    }
  });

  it('keeps the access control list and other attributes', () => {
    const file = put('a');
    chmodSync(file, 0o640);
    // Only tar is everywhere that can give a file such a list, and tell it.
    const given = ['SCHILY.acl.access=user::rw-,user:54321:rw-,group::r--,mask::rw-,other::---', 'SCHILY.xattr.user.nspawn=kept'];
    execFileSync('tar', ['--acls', '--xattrs', '--numeric-owner', '-xf', '-', '-C', folder], { input: archive('a', 'old', given) });
    const told = (): string[] =>
      execFileSync('tar', ['--acls', '--xattrs', '--numeric-owner', '--format=pax', '-cf', '-', '-C', folder, 'a'])
        .toString('latin1')
        .match(/SCHILY\.[^\0]+/g)?.[0]
        .split('\n')
        .filter((line) => line.includes('SCHILY') || /^[a-z]+:/.test(line))
        .map((line) => line.replace(/^\d+ /, ''))
        .sort() ?? [];
    const before = told();
    assert.ok(before.some((line) => line.includes('acl.access')) && before.includes('user:54321:rw-'), before.join());
    replaceFile(file, 'new');
    assert.deepEqual([text('a'), told(), statSync(file).mode & 0o777], ['new', before, 0o660]);
  });

  it('makes a file that is new as the umask has it, or as it is told', () => {
    const before = process.umask(0o027);
    try {
      replaceFile(at('a'), 'x');
      replaceFile(at('b'), 'x', { mode: 0o604 });
    } finally {
      process.umask(before);
    }
    assert.deepEqual(
      ['a', 'b'].map((name) => statSync(at(name)).mode & 0o777),
      [0o640, 0o604],
    );
  });

  it('follows links as far as the folder that was asked for, and says where others lead', () => {
    mkdirSync(at('in/sub'), { recursive: true });
    mkdirSync(at('out'));
    put('in/sub/a');
    put('out/a');
    symlinkSync('sub/a', at('in/near'));
    symlinkSync('../out/a', at('in/far'));
    symlinkSync('../out', at('in/door'));
    symlinkSync('../out/none', at('in/nothing'));
    symlinkSync('../none', at('in/nowhere'));
    symlinkSync('loop', at('in/loop'));
    const within = at('in');
    replaceFile(at('in/near'), 'new', { within });
    assert.deepEqual([text('in/sub/a'), lstatSync(at('in/near')).isSymbolicLink()], ['new', true]);
    assert.equal(placeOf(at('in/near'), within).path, at('in/sub/a'));
    refuses(() => replaceFile(at('in/far'), 'new', { within }), new RegExp(`leads out of ${within}, to ${at('out/a')}`));
    refuses(() => replaceFile(at('in/far'), 'new'), /leads out of/);
    refuses(
      () => replaceFile(at('in/door/a'), 'new', { within }),
      new RegExp(`^Its folder is a link that leads out of ${within}, to ${at('out')}`),
    );
    for (const below of ['door/new', 'door/deep/new', '../out/a'])
      refuses(() => replaceFile(at('in', below), 'new', { within }), /leads out of/);
    for (const dangling of ['nothing', 'nowhere/a', 'nowhere/deep/a'])
      refuses(() => replaceFile(at('in', dangling), 'new', { within }), /leads to nothing/);
    refuses(() => replaceFile(at('in/loop'), 'new', { within }), /circle/);
    assert.deepEqual([text('out/a'), readdirSync(at('out')), readdirSync(folder).sort()], ['old', ['a'], ['in', 'out']]);
  });

  it('says that other names of a file keep the old text', () => {
    linkSync(put('a'), at('b'));
    assert.match(replaceFile(at('a'), 'new') ?? '', /other names/);
    assert.deepEqual([text('a'), text('b')], ['new', 'old']);
  });

  it('replaces regular files only', () => {
    execFileSync('mkfifo', [at('fifo')]);
    mkdirSync(at('folder'));
    refuses(() => replaceFile(at('fifo'), 'x'), /a FIFO, not a regular file/);
    refuses(() => replaceFile(at('folder'), 'x'), /a folder, not a regular file/);
    refuses(() => replaceFile('/dev/null', 'x'), /a device, not a regular file/);
  });

  it('leaves alone what has changed since it was read', () => {
    const file = put('a'),
      was = stamp('a');
    appendFileSync(file, ', but longer');
    refuses(() => replaceFile(file, 'new', { was }), /changed since it was read/);
    replaceFile(file, 'new', { was: stamp('a') });
    refuses(() => replaceFile(file, 'newer', { was: stampOf(undefined) }), /changed since it was read/);
    refuses(() => replaceFile(at('gone'), 'new', { was }), /changed since it was read/);
    const late = prepareFile(file, 'newest'),
      other = prepareFile(at('b'), 'mine');
    rmSync(file);
    put('a', 'of somebody');
    put('b', 'of somebody');
    for (const { commit } of [late, other]) assert.throws(commit, /changed since it was read/);
    assert.deepEqual([text('a'), text('b'), readdirSync(folder).sort()], ['of somebody', 'of somebody', ['a', 'b']]);
  });

  it('changes nothing before all is ready, and nothing when it is given up', () => {
    const ready = [prepareFile(put('a'), 'new'), prepareFile(at('b'), 'new')];
    assert.equal(text('a'), 'old');
    // Nobody takes what lies ready for configuration.
    const lying = readdirSync(folder).filter((name) => name !== 'a');
    assert.deepEqual(
      lying.map((name) => /^\.nspawn-[0-9a-f]{24}$/.test(name)),
      [true, true],
    );
    for (const { discard } of ready) discard();
    assert.deepEqual([text('a'), readdirSync(folder)], ['old', ['a']]);
  });

  it('does not replace what somebody may not write, nor whose owner it cannot keep', () => {
    chmodSync(folder, 0o777);
    const file = put('a');
    const asNobody = (): string =>
      execFileSync(process.execPath, [script, file, '3'], { encoding: 'utf8', ...(isRoot ? { uid: 65534, gid: 65534 } : {}) });
    chmodSync(file, 0o444);
    assert.match(asNobody(), /you may not write here \(EACCES\)/);
    chmodSync(file, 0o666);
    // Here the old owner is somebody else, if this is root.
    assert.match(
      asNobody(),
      isRoot ? /owner, permissions.* could not be kept: it belongs to user 0 and group 0\. The old text stands/ : /^written$/m,
    );
    assert.deepEqual([text('a'), readdirSync(folder)], [isRoot ? 'old' : 'yyy', ['a']]);
  });

  it('loses nothing where there is no room', () => {
    const file = put('a');
    const limited = execFileSync('sh', ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath, script, file, '9000'], {
      encoding: 'utf8',
    });
    assert.match(limited, /^It was not changed: a file may not be that large here \(EFBIG\)/);
    assert.deepEqual([text('a'), readdirSync(folder)], ['old', ['a']]);
    mkdirSync(at('full'));
    const told = mounted(`mount -t tmpfs -o size=16k tmpfs full && printf old > full/a && { dd if=/dev/zero of=full/fill bs=1k 2>&- || :; }
      "$1" "$2" full/a 9000; "$1" "$2" full/b 9000; cat full/a; ls -A full`);
    if (told !== undefined)
      assert.match(
        told,
        /^It was not changed: its disk is full \(ENOSPC\)\. Make room.*\nIt was not changed: its disk is full.*\nolda\nfill\n$/,
      );
  });

  it('says what to do about a disk that is read-only, and a file that is a mount', () => {
    mkdirSync(at('disk'));
    const told =
      mounted(`mount -t tmpfs tmpfs disk && printf old > disk/a && printf below > disk/b && mount --bind disk/b disk/a && "$1" "$2" disk/a 3; cat disk/a
      umount disk/a; mount -o remount,bind,ro disk; "$1" "$2" disk/a 3; "$1" "$2" disk/c 3; cat disk/a; ls -A disk`);
    if (told !== undefined)
      assert.match(
        told,
        /^It was not changed: something is mounted at it.*EBUSY.*\nbelowIt was not changed: its file system is read-only \(EROFS\).*\nIt was not changed.*EROFS.*\nolda\nb\n$/,
      );
  });

  /** What a script prints that mounts what nobody else sees; undefined where the system lets nobody do so. */
  function mounted(commands: string): string | undefined {
    const own = ['--mount', ...(isRoot ? [] : ['--user', '--map-root-user'])];
    if (spawnSync('unshare', [...own, 'mount', '-t', 'tmpfs', 'tmpfs', folder]).status !== 0) return undefined;
    return execFileSync('unshare', [...own, 'sh', '-c', commands, 'sh', process.execPath, script], { cwd: folder, encoding: 'utf8' });
  }

  it('changes the permissions of regular files inside of a folder, and of nothing else', () => {
    mkdirSync(at('in'));
    chmodSync(put('in/script'), 0o640);
    chmodSync(put('far'), 0o644);
    symlinkSync('script', at('in/near'));
    symlinkSync('../far', at('in/far'));
    execFileSync('mkfifo', ['-m', '644', at('in/fifo')]);
    makeExecutable(at('in/near'), at('in'));
    assert.equal(statSync(at('in/script')).mode & 0o777, 0o750);
    changeMode(at('in/script'), () => 0o600, at('in'));
    assert.equal(statSync(at('in/script')).mode & 0o777, 0o600);
    refuses(() => makeExecutable(at('in/far'), at('in')), /leads out of/);
    refuses(() => makeExecutable(at('in/fifo'), at('in')), /a FIFO/);
    refuses(() => makeExecutable(at('in/none'), at('in')), /gone \(ENOENT\)/);
    assert.deepEqual([statSync(at('far')).mode & 0o777, statSync(at('in/fifo')).mode & 0o777], [0o644, 0o644]);
  });
});

/** A tar archive of one file (pax(1)). @param records `KEYWORD=VALUE`, about the file */
function archive(name: string, content: string, records: readonly string[]): Buffer {
  const record = (pair: string): string => {
    let length = pair.length + 3;
    while (`${length} ${pair}\n`.length !== length) length++;
    return `${length} ${pair}\n`;
  };
  const block = (type: string, of: string, body: string): Buffer[] => {
    const header = Buffer.alloc(512);
    header.write(of);
    header.write('0000640\0', 100);
    for (const [at, value] of [
      [108, process.getuid?.() ?? 0],
      [116, process.getgid?.() ?? 0],
    ] as const)
      header.write(`${value.toString(8).padStart(7, '0')}\0`, at);
    header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0        ', 136);
    header.write(type, 156);
    header.write('ustar\x0000', 257);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const padded = Buffer.alloc(Math.ceil(body.length / 512) * 512);
    padded.write(body);
    return [header, padded];
  };
  return Buffer.concat([...block('x', 'about', records.map(record).join('')), ...block('0', name, content), Buffer.alloc(1024)]);
}
