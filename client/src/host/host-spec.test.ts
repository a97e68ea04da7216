import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CommandError, commands } from './commands';
import { asService, type Elevation } from './commands/elevation';
import { type HostSpec, sshHost, systemHost, userHost } from './host-spec';
import { shellWord } from './ssh/ssh';
import { anyText, withText } from './testing/every-command';

const far = sshHost('me@far');
const places: readonly HostSpec[] = [systemHost, userHost, far];
const start = commands.start.argv(['web'], undefined);
/** What ssh is given for the other side. */
const there = (argv: readonly string[]) => argv.at(-1);

describe('A place', () => {
  it('has an id and words of its own', () => {
    assert.deepEqual(
      places.map(({ id }) => id),
      ['system', 'user', 'ssh:me@far'],
    );
    assert.equal(new Set(places.map(({ label }) => label)).size, 3);
    assert.deepEqual(
      places.map(({ local }) => local),
      [true, true, false],
    );
  });

  it('of this user says so to the program, which then asks nobody', () => {
    assert.deepEqual(userHost.argv(commands.start, start, 'auto'), ['machinectl', '--user', 'start', '--', 'web']);
    assert.deepEqual(userHost.argv(commands.start, start, 'sudo'), ['machinectl', '--user', 'start', '--', 'web']);
    assert.deepEqual(userHost.argv(commands.unitJournal, commands.unitJournal.argv(['web'], undefined), 'auto').slice(0, 2), [
      'journalctl',
      '--user',
    ]);
    assert.deepEqual(userHost.argv({ rights: 'anyone' }, ['cat', '--', '/x'], 'auto'), ['cat', '--', '/x'], 'no program of systemd');
    assert.equal(userHost.asks(commands.start), false);
    const inside = commands.failedUnits.argv(['web'], undefined);
    assert.equal(userHost.argv(commands.failedUnits, inside, 'polkit').includes('--user'), false);
  });

  it('that is another computer gets the words for its shell, and what gives rights stands there, not here', () => {
    assert.equal(there(far.argv(commands.start, start, 'auto')), 'machinectl start -- web');
    assert.equal(there(far.argv(commands.start, start, 'sudo')), 'sudo -- machinectl start -- web');
    assert.equal(
      there(far.argv(commands.journal, commands.journal.argv(['web'], undefined), 'auto')),
      'sudo -- journalctl --follow --lines=200 --machine=web',
    );
    assert.equal(there(far.argv(commands.shell, commands.shell.argv(['web'], { user: 'a$b' }), 'auto')), "machinectl shell -- 'a$b@web'");
    assert.equal(far.argv(commands.start, start, 'auto')[0], 'ssh');
    assert.equal(far.asks(commands.start), true);
  });

  it('of a user on another computer is not looked for where that is too old, or not connected', async () => {
    assert.equal(await far.ofUser?.(), undefined);
  });

  it('that is no destination is none', () => {
    for (const host of ['-oProxyCommand=id', 'a b', '', 'a\nb']) assert.throws(() => sshHost(host), CommandError);
  });

  it('lends no connection that there is not', () => assert.rejects(far.connect(), /no connection to me@far/));

  it('adds no more to any command than is its own, whatever the names in it are', () => {
    const elevations = fc.constantFrom<Elevation>('auto', 'polkit', 'sudo', 'run0');
    fc.assert(
      fc.property(anyText, elevations, fc.constantFrom(...Object.values(commands)), (text, elevation, command) => {
        for (const make of withText) {
          let argv: readonly string[];
          try {
            argv = make(text);
          } catch {
            continue; // refused before it could go anywhere
          }
          const helped = [
            argv.join('\0'),
            ['sudo', '--', ...argv].join('\0'),
            ['run0', '--', ...argv].join('\0'),
            asService(argv).join('\0'),
          ];
          assert.ok(helped.includes(systemHost.argv(command, argv, elevation).join('\0')));
          const own = userHost.argv(command, argv, elevation).join('\0');
          assert.ok([...helped, [argv[0], '--user', ...argv.slice(1)].join('\0')].includes(own));
          try {
            const sent = far.argv(command, argv, elevation);
            assert.deepEqual(sent.slice(sent.indexOf('--'), -1), ['--', 'me@far']);
            assert.ok(helped.map((one) => one.split('\0').map(shellWord).join(' ')).includes(there(sent) ?? ''));
          } catch (error) {
            assert.ok(error instanceof CommandError && argv.some((word) => /[\p{Cc}\p{Cs}]/u.test(word)), String(error));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
