import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { CommandError } from '../commands/checks';
import { findProgram, hasProgram } from '../programs';
import { anyText } from '../testing/every-command';
import { isDestination, loginOverSsh, overSsh, type SshMode, shellWord } from './ssh';

/** Login shells, as far as they are installed here; a POSIX shell is everywhere. */
const shells = ['sh', 'bash', 'dash', 'zsh', 'fish', 'tcsh', 'csh', 'ksh'].filter(hasProgram);

const texts = [
  '',
  ' ',
  'web',
  'a b',
  '  two  ',
  '-a',
  '--',
  '--host=x',
  '=ls',
  '~',
  '~root',
  'a=~',
  '$HOME',
  '$(id)',
  '`id`',
  '${x}',
  '%self',
  '#',
  'a#b',
  'a;b',
  'a&b',
  'a|b',
  'a>b',
  'a<b',
  '*',
  '?',
  '[a]',
  '{a,b}',
  '(a)',
  '!',
  'hi!there',
  '!!',
  '!$',
  '^a^b',
  '\\',
  '\\\\',
  'a\\',
  "\\'",
  "'",
  "''",
  "'; reboot; '",
  '"',
  '"a"',
  "it's",
  "a\\'b\\!c",
  '\\!\\',
  'ünï',
  '机',
  '\u202ea',
  '$$',
  '/a/b.c',
  'user@host',
  '--x=a b',
  '1=2',
  '@(a)',
  'SIGRTMIN+4',
];

describe('A word for the shell of another computer', () => {
  it('is tried with one shell at least', () => assert.ok(shells.includes('sh')));

  for (const shell of shells) {
    it(`means the same to ${shell}`, () => {
      const command = `${shellWord(process.execPath)} -p ${shellWord('JSON.stringify(process.argv.slice(1))')} -- ${texts.map(shellWord).join(' ')}`;
      const { stdout, stderr, status } = spawnSync(findProgram(shell), ['-c', command], {
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', HOME: '/' },
      });
      assert.equal(status, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), texts);
    });
  }

  it('is read back by sh, whatever it is, or refused', () => {
    const all: string[] = [];
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          shellWord(text);
        } catch (error) {
          assert.ok(error instanceof CommandError && /[\p{Cc}\p{Cs}]/u.test(text));
          return;
        }
        all.push(text);
      }),
      { numRuns: 2000 },
    );
    const { stdout } = spawnSync(findProgram('sh'), ['-c', `printf '%s\\n' ${all.map(shellWord).join(' ')}`], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    assert.deepEqual(stdout.split('\n').slice(0, -1), all);
  });

  it('leaves alone what needs no quotes, so that people can read it', () => {
    assert.equal(
      ['machinectl', 'start', '--', 'web', '--kill-whom=leader'].map(shellWord).join(' '),
      'machinectl start -- web --kill-whom=leader',
    );
  });
});

describe('Where ssh may go', () => {
  it('is what people write after "ssh"', () => {
    const right = [
      'host',
      'host.example.org',
      'me@host',
      'm.e-2+x@10.0.0.1',
      'h_1',
      'ssh://host',
      'ssh://me@host:2222',
      'SSH://host/',
      'ssh://[2001:db8::1]:22',
      '2001:db8::1',
      'me@fe80::1%eth0',
      '::1',
    ];
    assert.deepEqual(
      right.filter((host) => !isDestination(host)),
      [],
    );
  });

  it('is nothing that could be an option or mean something to a shell', () => {
    const wrong = [
      '',
      '-',
      '-oProxyCommand=id',
      '--',
      'me@-host',
      '-me@host',
      'a b',
      'a\nb',
      'a\tb',
      'a\0',
      '$(id)',
      '`id`',
      'a;b',
      'a|b',
      "a'b",
      '"a"',
      'a/b',
      '*',
      '~',
      'ssh://-host',
      'ssh://a@-b',
      'ssh://host:22x',
      'ssh://host:222222',
      'ssh://host/x',
      'http://host',
      'host:22',
      '@host',
      'me@',
      'h\u202eost',
      'hóst',
      'a'.repeat(300),
      'host.',
      'host-',
    ];
    assert.deepEqual(wrong.filter(isDestination), []);
    for (const host of wrong) {
      assert.throws(() => overSsh(host, ['true'], 'silent'), CommandError);
      assert.throws(() => loginOverSsh(host), CommandError);
    }
  });

  it('follows "--", and all of the command is one argument', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.constantFrom<SshMode>('terminal', 'silent', 'stream'), (host, text, manner) => {
        let argv: readonly string[];
        try {
          argv = overSsh(host, ['machinectl', text], manner);
        } catch (error) {
          assert.ok(error instanceof CommandError, String(error));
          return;
        }
        assert.equal(argv.indexOf('--'), argv.length - 3);
        assert.equal(argv.at(-2), host);
      }),
    );
    assert.deepEqual(overSsh('me@host', ['machinectl', 'remove', '--', 'a b'], 'silent').slice(-3), [
      '--',
      'me@host',
      "machinectl remove -- 'a b'",
    ]);
    assert.ok(overSsh('host', ['x'], 'terminal').includes('-t'));
    for (const manner of ['terminal', 'stream'] as const)
      assert.ok(overSsh('host', ['x'], manner).includes('ServerAliveInterval=20'), 'a loss is noticed');
    assert.ok(overSsh('host', ['x'], 'stream').includes('BatchMode=yes'));
    assert.ok(!overSsh('host', ['x'], 'terminal').includes('BatchMode=yes'), 'somebody is there to answer');
  });
});
