import assert from 'node:assert/strict';
import fc from 'fast-check';
import { families } from '../families';
import { Document, newest, nspawn } from '../schema';
import { fromCommand, fromShell } from './from-command';
import { optionOf, options, read } from './options';
import { pasted, shellQuoted } from './shell';
import { toCommand } from './to-command';

const file = (text: string): Document => Document.of('file:///a.nspawn', families.nspawn, text, newest);
/** Arguments as a file gives them back. */
const back = (text: string): readonly string[] => toCommand(file(text), undefined, true).argv.slice(1);

describe('shell words', () => {
  it('come back as they went in', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\0'))), (argv) => {
        assert.deepEqual(pasted(shellQuoted(['systemd-nspawn', ...argv]), 'systemd-nspawn')?.words, ['systemd-nspawn', ...argv]);
      }),
    );
  });

  it('end where the command ends, and say what only a shell knows', () => {
    const text = '$ sudo /usr/bin/systemd-nspawn -D "$root/a b" \\\n  --bind=$(pwd):/src \'it\'"\'"s 2>&1 | tee log';
    assert.deepEqual(pasted(text, 'systemd-nspawn'), {
      words: ['systemd-nspawn', '-D', '$root/a b', '--bind=$(pwd):/src', "it's"],
      open: ['$root', '$(pwd)'],
    });
  });

  it('never fail', () => {
    fc.assert(
      fc.property(fc.string(), (s) => {
        fromShell(`systemd-nspawn ${s}`);
      }),
    );
  });
});

describe('a command line as a .nspawn file', () => {
  it('has an answer for every option', () => {
    for (const o of options) {
      const long = o.names.at(-1) ?? '',
        { text, dropIn, notes, name } = fromCommand([o.argument === 'required' ? `${long}=x` : long]);
      const plain = fromCommand([]);
      assert.ok(
        o.template === true || text !== plain.text || dropIn !== undefined || notes.length > 0 || name !== undefined || long === '--boot',
        long,
      );
    }
  });

  it('has an option for every setting', () => {
    for (const { name } of nspawn.data.settings) {
      assert.ok(name === 'Parameters' || name === 'PrivateUsersChown' || optionOf(name) !== undefined, name);
    }
  });

  it('says no where the template unit would say yes', () => {
    assert.equal(fromCommand(['-D', '/x/tree']).text, '[Exec]\nBoot=no\nPrivateUsers=no\n\n[Network]\nVirtualEthernet=no\n');
    assert.equal(fromCommand(['-D', '/x/tree']).name, 'tree');
  });

  it('takes words apart as getopt does', () => {
    const { given, command, problems } = read(['-bnD', '/a', '--mach=x', '-Mb', '--', '-x']);
    assert.deepEqual(
      given.map((g) => [g.option.names.at(-1), g.argument]),
      [
        ['--boot', undefined],
        ['--network-veth', undefined],
        ['--directory', '/a'],
        ['--machine', 'x'],
        ['--machine', 'b'],
      ],
    );
    assert.deepEqual([command, problems], [['-x'], []]);
    assert.deepEqual(read(['--nonsense', '-?']).problems, ['systemd-nspawn has no option --nonsense', 'systemd-nspawn has no option -?']);
  });

  it('writes what the arguments mean', () => {
    const { text, dropIn } = fromCommand([
      '-b',
      '-U',
      '--private-users=0',
      '-E',
      'A=b "c"',
      '--capability=a,b',
      '--rlimit=RLIMIT_NOFILE=1:2',
      '-j',
      '--slice=x.slice',
      '--property=MemoryMax=1G',
      '--set-credential=a:50% $b',
      '-p',
      '80',
      '-p',
      'udp:53',
    ]);
    for (const line of [
      'Boot=yes',
      'PrivateUsers=0:65536',
      'PrivateUsersOwnership=auto',
      `Environment="A=b "'"'"c"'"'`,
      'Capability=a b',
      'LimitNOFILE=1:2',
      'LinkJournal=try-guest',
      'Port=80',
      'Port=udp:53',
    ])
      assert.ok(text.split('\n').includes(line), line);
    assert.equal(
      dropIn,
      '[Service]\nSlice=x.slice\nMemoryMax=1G\nExecStart=\nExecStart=systemd-nspawn --quiet --keep-unit --boot ' +
        '--link-journal=try-guest --network-veth -U --settings=override --machine=%i "--set-credential=a:50%% $$b"\n',
    );
  });

  it('holds no value that a line cannot hold', () => {
    for (const path of ['/a\nBoot=no', '/a\\']) {
      const { text, notes } = fromCommand(['-b', `--bind=${path}`]);
      assert.doesNotMatch(text, /Bind|Boot=no/);
      assert.match(notes.map((n) => n.message).join(), /a settings file cannot contain/);
    }
  });
});

describe('a .nspawn file as a command line', () => {
  it('says what the template unit adds and what is not trusted', () => {
    const { shell, notes } = toCommand(file('[Exec]\nBoot=yes\n[Files]\nBind=/a b\n'), 'm', false);
    assert.equal(shell, "systemd-nspawn --machine=m --boot '--bind=/a b'");
    assert.deepEqual(
      notes.map((n) => n.about),
      ['Bind=', '--network-veth', '-U', '--link-journal=try-guest'],
    );
  });

  it('leaves out what nspawn leaves out', () => {
    const { argv, notes } = toCommand(
      file('[Exec]\nBoot=maybe\nKillSignal=SIGTERM\nKillSignal=SIGINT\n[Network]\nPort=80\nPort=http\n'),
      undefined,
      true,
    );
    assert.deepEqual(argv, ['systemd-nspawn', '--kill-signal=SIGINT', '--port=80']);
    assert.equal(notes[0]?.about, 'Boot=maybe');
  });

  const word = fc.stringMatching(/^[a-z"' \\$%][a-z"' \\$%]{0,6}$/),
    name = fc.stringMatching(/^[a-z]{1,8}$/);
  const argument = fc.oneof(
    fc.constantFrom(
      '-b',
      '-a',
      '-n',
      '-U',
      '-x',
      '--read-only',
      '--volatile',
      '-j',
      '--private-users=pick',
      '--private-users=4096',
      '--private-users',
      '--kill-signal=SIGTERM',
      '--capability=CAP_CHOWN,CAP_KILL',
      '--rlimit=NOFILE=1:2',
      '--resolv-conf=off',
      '--oom-score-adjust=-5',
      '--uid=root',
    ),
    fc.tuple(name, name).map(([a, b]) => `--bind=/${a}:/${b}`),
    name.map((n) => `--tmpfs=/${n}:size=1M`),
    name.map((n) => `--network-zone=${n}`),
    fc.tuple(name, word).map(([a, b]) => `--setenv=${a.toUpperCase()}=${b}`),
    fc.integer({ min: 1, max: 65535 }).map((p) => `--port=udp:${p}`),
  );

  it('comes back from a file as it went in', () => {
    fc.assert(
      fc.property(fc.array(argument), fc.array(word, { maxLength: 4 }), (args, command) => {
        const { text } = fromCommand([...args, '--', ...command]);
        assert.equal(fromCommand(back(text)).text, text);
        assert.deepEqual(back(fromCommand(back(text)).text), back(text));
        if (command.length > 0) assert.deepEqual(back(text).slice(-command.length), command);
      }),
    );
  });
});
