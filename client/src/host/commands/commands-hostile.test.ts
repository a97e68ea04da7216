import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyText, withText } from '../testing/every-command';
import { CommandError, commands } from '.';

const absent = undefined;

describe('Commands, each of them', () => {
  it('say what they run', () => {
    const c = commands;
    const cases: readonly (readonly [readonly string[], string])[] = [
      [c.reboot.argv(['a', 'b'], absent), 'machinectl reboot -- a b'],
      [c.terminate.argv(['a'], absent), 'machinectl terminate -- a'],
      [c.enable.argv(['a'], absent), 'machinectl enable -- a'],
      [c.disable.argv(['a'], absent), 'machinectl disable -- a'],
      [c.status.argv(['a'], absent), 'machinectl status --no-pager -- a'],
      [c.login.argv(['a'], absent), 'machinectl login -- a'],
      [c.pause.argv(['a'], absent), 'machinectl pause -- a'],
      [c.resume.argv(['a'], absent), 'machinectl resume -- a'],
      [c.kill.argv(['a', 'b'], { signal: 'SIGRTMIN+4', whom: 'leader' }), 'machinectl kill --signal=SIGRTMIN+4 --kill-whom=leader -- a b'],
      [c.kill.argv(['a'], { signal: 'SIGKILL', whom: 'all' }, 251), 'machinectl kill --signal=SIGKILL --kill-who=all -- a'],
      [c.bind.argv(['a'], { source: '/s', target: '/t', readOnly: true, mkdir: true }), 'machinectl bind --read-only --mkdir -- a /s /t'],
      [c.bind.argv(['a'], { source: '/s' }), 'machinectl bind -- a /s'],
      [c.copyTo.argv(['a'], { source: '/s', target: '/t' }), 'machinectl copy-to -- a /s /t'],
      [c.copyFrom.argv(['a'], { source: '/s', target: '/t' }), 'machinectl copy-from -- a /s /t'],
      [c.journal.argv(['a'], absent), 'journalctl --follow --lines=200 --machine=a'],
      [
        c.unitJournal.argv(['a', 'b'], absent),
        'journalctl --follow --lines=200 --unit=systemd-nspawn@a.service --unit=systemd-nspawn@b.service',
      ],
      [c.failedUnits.argv(['a'], absent), 'systemctl --machine=a --no-pager list-units --failed'],
      [c.stopUnit.argv(['a'], absent), 'systemctl stop -- systemd-nspawn@a.service'],
      [c.resetFailed.argv(['a'], absent), 'systemctl reset-failed -- systemd-nspawn@a.service'],
      [c.clone.argv(['a b'], { newName: '-c', readOnly: true }), 'machinectl clone --read-only -- a b -c'],
      [c.rename.argv(['ü'], { newName: 'u' }), 'machinectl rename -- ü u'],
      [c.readOnly.argv(['a'], { readOnly: true }), 'machinectl read-only -- a yes'],
      [c.setLimit.argv(['a'], { limit: '2.5G' }), 'machinectl set-limit -- a 2.5G'],
      [c.setLimit.argv(['a'], { limit: '-' }), 'machinectl set-limit -- a -'],
      [c.remove.argv(['a', '--force'], absent), 'machinectl remove -- a --force'],
      [c.setPoolLimit.argv([], { limit: '10G' }), 'machinectl set-limit -- 10G'],
      [
        c.installSettings.argv([], { source: '/tmp/a', name: '-a b', was: 'absent' }),
        `env ELECTRON_RUN_AS_NODE=1 ${process.execPath} ${__filename} install-settings /tmp/a /etc/systemd/nspawn/-a b.nspawn absent`,
      ],
      [c.copyTo.argv(['a'], { source: '/s', target: '/t', force: true }), 'machinectl copy-to --force -- a /s /t'],
      [c.copyFrom.argv(['a'], { source: '/s', target: '/t', force: true }), 'machinectl copy-from --force -- a /s /t'],
      [c.clean.argv([], absent), 'machinectl clean'],
      [
        c.pullTar.argv([], { url: 'https://x/y.tar.xz', name: 'y', verify: 'signature' }, 255),
        'machinectl pull-tar --verify=signature -- https://x/y.tar.xz y',
      ],
      [
        c.pullRaw.argv([], { url: 'http://x/y.raw', name: 'y', verify: 'no', force: true }, 256),
        'importctl --class=machine pull-raw --verify=no --force -- http://x/y.raw y',
      ],
      [c.importTar.argv([], { source: '/a.tar', name: 'a' }), 'importctl --class=machine import-tar -- /a.tar a'],
      [c.importRaw.argv([], { source: '/a.raw', name: 'a', force: true }, 252), 'machinectl import-raw --force -- /a.raw a'],
      [c.importFs.argv([], { source: '/a', name: 'a' }, 252), 'machinectl import-fs -- /a a'],
      [c.exportTar.argv(['a'], { target: '/a.tar' }, 252), 'machinectl export-tar -- a /a.tar'],
      [c.exportRaw.argv(['a'], { target: '/a.raw' }), 'importctl --class=machine export-raw -- a /a.raw'],
      [c.cancelTransfer.argv([], { ids: [3, 4] }, 252), 'machinectl cancel-transfer -- 3 4'],
    ];
    for (const [argv, text] of cases) assert.equal(argv.join(' '), text);
  });

  it('tell which polkit actions they need, those that ask polkit', () => {
    for (const { id, rights, actions } of Object.values(commands)) {
      assert.equal(actions.length > 0, rights === 'polkit', id);
      for (const action of actions) assert.match(action, /^org\.freedesktop\.(systemd1|machine1|import1)\.[a-z-]+$/);
    }
  });

  it('ask before what does not come back, and only then', () => {
    const destroying = Object.values(commands)
      .filter((c) => c.destroys)
      .map((c) => c.id);
    assert.deepEqual(destroying.sort(), ['clean', 'kill', 'remove', 'terminate']);
  });

  it('refuse what could be something else', () => {
    const c = commands;
    const wrong: readonly (() => unknown)[] = [
      () => c.kill.argv(['a'], { signal: 'SIGTERM --all', whom: 'all' }),
      () => c.kill.argv(['a'], { signal: '9', whom: 'all' }),
      () => c.kill.argv(['a'], { signal: 'SIGTERM', whom: 'all --x' as 'all' }),
      () => c.bind.argv(['a'], { source: 'etc' }),
      () => c.bind.argv(['a'], { source: '/etc\0' }),
      () => c.copyTo.argv(['a'], { source: '/etc', target: '~/x' }),
      () => c.copyFrom.argv(['a', 'b'], { source: '/etc' }),
      () => c.clone.argv(['a'], { newName: '../b' }),
      () => c.clone.argv(['a'], { newName: '' }),
      () => c.rename.argv(['a', 'b'], { newName: 'c' }),
      () => c.remove.argv([], absent),
      () => c.setLimit.argv(['a'], { limit: '1 G' }),
      () => c.setLimit.argv(['a'], { limit: '--help' }),
      () => c.pullTar.argv([], { url: 'ftp://x/y', name: 'y', verify: 'no' }),
      () => c.pullTar.argv([], { url: '--help', name: 'y', verify: 'no' }),
      () => c.pullTar.argv([], { url: 'https://x/ y', name: 'y', verify: 'no' }),
      () => c.pullTar.argv([], { url: 'https://x/y', name: 'a/b', verify: 'no' }),
      () => c.pullTar.argv([], { url: 'https://x/y', name: 'y', verify: 'maybe' as 'no' }),
      () => c.importTar.argv([], { source: 'a.tar', name: 'a' }),
      () => c.exportTar.argv(['a'], { target: 'a.tar' }),
      () => c.cancelTransfer.argv([], { ids: [] }),
      () => c.cancelTransfer.argv([], { ids: [-1] }),
      () => c.cancelTransfer.argv([], { ids: ['1; reboot' as unknown as number] }),
    ];
    for (const make of wrong) assert.throws(make, CommandError, String(make));
  });

  it('refuse names that importd refuses, or would make something else of', () => {
    const { importTar, importRaw, importFs, pullTar, pullRaw, exportTar, exportRaw, clone, rename } = commands;
    const tar = (name: string, systemd: number) => () => importTar.argv([], { source: '/a', name }, systemd);
    const raw = (name: string, systemd: number) => () => importRaw.argv([], { source: '/a', name }, systemd);
    const every = (name: string, systemd: number) => [
      tar(name, systemd),
      raw(name, systemd),
      () => importFs.argv([], { source: '/a', name }, systemd),
      ...[pullTar, pullRaw].map(
        ({ argv }) =>
          () =>
            argv([], { url: 'https://x/y', name, verify: 'no' }, systemd),
      ),
    ];
    const out = (name: string, systemd: number) =>
      [exportTar, exportRaw].map(
        ({ argv }) =>
          () =>
            argv([name], { target: '/a' }, systemd),
      );
    for (const name of ['ü', 'a b', '$(id)', 'a_b', 'a-', '.x', '"', 'n'.repeat(65)]) {
      for (const make of [...every(name, 252), ...out(name, 252)])
        assert.throws(make, /^CommandError: systemd 252 imports, .* Choose another name/, name);
      for (const make of [...every(name, 257), ...out(name, 257)]) assert.ok(make().includes(name));
    }
    for (const name of ['-', '-rf', '--version', '--image-root=x']) {
      for (const systemd of [252, 257, 262])
        for (const make of [...every(name, systemd), ...out(name, systemd)]) assert.throws(make, CommandError, name);
      for (const make of [...every(name, 262), ...out(name, 262)]) assert.throws(make, /begins with "-" for an option/, name);
    }
    for (const name of ['x.raw', 'x.v', 'x.raw.v', 'x.mstack']) {
      for (const make of every(name, 262)) assert.throws(make, CommandError, name);
      assert.throws(() => clone.argv(['a'], { newName: name }), /would not find the image again/);
      assert.throws(() => rename.argv(['a'], { newName: name }), /would not find the image again/);
      for (const make of out(name, 262)) assert.ok(make().includes(name));
    }
    for (const name of ['x.tar', 'x.tar.gz', 'x.tgz', '.tar']) assert.throws(tar(name, 252), /removes the file ending "\.t\S+"/, name);
    for (const name of ['x.img', 'x.raw.xz', 'x.tar.gz', '.raw']) assert.throws(raw(name, 252), /removes the file ending/, name);
    assert.throws(tar('a\\057b', 257), /does not read a backslash literally/);
    for (const argv of [tar('a\\057b', 262)(), tar('x.img', 252)(), raw('x.tar', 252)(), raw('a\\b', 257)()])
      assert.equal(argv.length, argv[0] === 'machinectl' ? 5 : 6);
  });

  it('encode an address as systemd demands it', () => {
    const asked = (url: string) => commands.pullTar.argv([], { url, name: 'a', verify: 'no' }).at(-2);
    assert.equal(asked('https://x/-rf%20$(id)%20"ü";.tar?a=ü'), 'https://x/-rf%20$(id)%20%22%C3%BC%22;.tar?a=%C3%BC');
    assert.equal(asked('http:/x/y'), 'http://x/y');
    assert.equal(asked("file:///a'b/ü.tar"), "file:///a'b/%C3%BC.tar");
  });

  it('never let a text become an option, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const make of withText) {
          let argv: readonly string[];
          try {
            argv = make(text);
          } catch (error) {
            assert.ok(error instanceof CommandError, String(error));
            assert.doesNotMatch(error.message, /[\n\r]/);
            continue;
          }
          if (argv[0] === 'env') {
            // It has no options, and both words are absolute paths.
            assert.deepEqual(argv.slice(0, 5), ['env', 'ELECTRON_RUN_AS_NODE=1', process.execPath, __filename, 'install-settings']);
            assert.match(argv.slice(5).join('\n'), /^\/[^\n]*\n\/etc\/systemd\/nspawn\/[^/\n]+\.nspawn$/);
            continue;
          }
          assert.ok(/^(machinectl|importctl|journalctl|systemctl)$/.test(argv[0] ?? ''));
          const end = argv.indexOf('--');
          const options = argv.slice(0, end < 0 ? undefined : end);
          const own =
            /^([a-z-]+|--(class=machine|read-only|mkdir|force|failed|follow|no-pager|lines=200)|--verify=(no|signature|checksum)|--signal=SIG[A-Z0-9]+(\+\d+)?|--kill-whom=(all|leader)|--machine=[A-Za-z0-9.-]+|--unit=systemd-nspawn@[A-Za-z0-9.-]+\.service)$/;
          for (const option of options) assert.match(option, own);
          for (const argument of argv) assert.doesNotMatch(argument, /\0/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
