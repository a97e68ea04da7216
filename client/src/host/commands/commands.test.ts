import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Machine } from '../model/types';
import { applies, CommandError, commands, rightsFor } from '.';

const image = { name: 'web', type: 'directory', readOnly: false, hidden: false };

function machine(state: Machine['state'], more: Partial<Machine> = {}): Machine {
  return { name: 'web', class: 'container', state, addresses: [], image, ...more };
}

describe('Commands', () => {
  it('are argument vectors', () => {
    assert.deepEqual(commands.start.argv(['web', 'a-b.c'], undefined), ['machinectl', 'start', '--', 'web', 'a-b.c']);
    assert.deepEqual(commands.poweroff.argv(['web'], undefined), ['machinectl', 'poweroff', '--', 'web']);
    assert.deepEqual(commands.shell.argv(['web'], {}), ['machinectl', 'shell', '--', 'root@web']);
    assert.deepEqual(commands.shell.argv(['web'], { user: 'tester', program: ['/bin/sh', '-c', 'echo "$HOME" $$'] }), [
      'machinectl',
      'shell',
      '--',
      'tester@web',
      '/bin/sh',
      '-c',
      'echo "$$HOME" $$$$',
    ]);
  });

  it('name each machine once', () => {
    assert.deepEqual(commands.start.argv(['a', 'b', 'a'], undefined).slice(3), ['a', 'b']);
  });

  it('need root to overwrite where the bus knows no better', () => {
    for (const command of [commands.copyTo, commands.copyFrom]) {
      assert.deepEqual(
        [252, 257, 262, undefined].map((systemd) => command.rightsWith?.({ force: true }, systemd)),
        ['root', 'root', 'polkit', 'polkit'],
      );
      assert.equal(command.rightsWith?.({}, 252), 'polkit');
    }
  });

  it("are the owner's where a control socket is", () => {
    const vm = { class: 'vm', service: 'systemd-vmspawn' },
      other = { class: 'vm', service: 'libvirt-qemu' },
      container = { class: 'container', service: 'systemd-nspawn' };
    for (const command of [commands.poweroff, commands.reboot, commands.terminate]) {
      assert.deepEqual(
        [260, 261, undefined].map((systemd) => rightsFor(command, 'polkit', [container, vm], systemd)),
        ['polkit', 'owner', 'owner'],
      );
      assert.equal(rightsFor(command, 'polkit', [container, other]), 'polkit');
    }
    assert.equal(rightsFor(commands.kill, 'polkit', [vm]), 'polkit');
    assert.deepEqual([commands.pause.rights, commands.resume.rights], ['owner', 'owner']);
  });

  it('are called what they are exported as', () => {
    for (const [id, command] of Object.entries(commands)) assert.equal(command.id, id);
  });

  it('refuse names that are none, and say why', () => {
    const names = ['', '--help', '-H', 'a b', 'a;reboot', '$(reboot)', '../etc', 'root@web', '.host', 'ünï', 'a\nb'];
    for (const name of names) {
      for (const argv of [commands.start.argv, commands.poweroff.argv]) {
        assert.throws(
          () => argv(['web', name], undefined),
          (error: unknown) =>
            error instanceof CommandError && error.message.includes(JSON.stringify(name)) && !error.message.includes('\n'),
        );
      }
      assert.throws(() => commands.shell.argv([name], {}), CommandError, name);
    }
    assert.throws(() => commands.start.argv([], undefined), /No machine/);
    assert.throws(() => commands.shell.argv(['a', 'b'], {}), /one machine at a time/);
    assert.throws(() => commands.shell.argv([], {}), CommandError);
  });

  it('refuse users and programs that are none', () => {
    for (const user of ['', '-u', 'a@b', 'a b', 'a\n']) {
      assert.throws(() => commands.shell.argv(['web'], { user }), /is not a user name/, user);
    }
    assert.throws(() => commands.shell.argv(['web'], { program: ['sh'] }), /absolute path/);
    assert.throws(() => commands.shell.argv(['web'], { program: ['/bin/sh', 'a\0b'] }), /NUL/);
  });

  it('never let a name become an option', () => {
    const any = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('-a', '--', '--host=x', '-'));
    fc.assert(
      fc.property(any, (name) => {
        for (const make of [
          () => commands.start.argv([name], undefined),
          () => commands.poweroff.argv([name], undefined),
          () => commands.shell.argv([name], {}),
          () => commands.shell.argv(['web'], { user: name }),
        ]) {
          let argv: readonly string[];
          try {
            argv = make();
          } catch (error) {
            assert.ok(error instanceof CommandError);
            continue;
          }
          assert.deepEqual(argv.slice(0, 3), ['machinectl', argv[1], '--']);
          assert.match(argv.slice(3).join(' '), /^[^-\s]\S*$/);
        }
      }),
    );
  });

  it('know what they make sense for', () => {
    const states = ['running', 'starting', 'stopping', 'failed', 'stopped'] as const;
    const where = (command: Parameters<typeof applies>[0]) => states.filter((state) => applies(command, machine(state)));
    assert.deepEqual(where(commands.start), ['failed', 'stopped']);
    assert.deepEqual(where(commands.poweroff), ['running', 'starting', 'stopping']);
    assert.deepEqual(where(commands.shell), ['running', 'starting', 'stopping']);
    assert.deepEqual(where({ needs: 'image' }), states);
    assert.ok(!applies(commands.start, machine('stopped', { name: 'a b' })), 'no machine can have this name');
    const stack = machine('stopped', { image: { ...image, type: 'mstack' } });
    assert.ok(applies(commands.start, stack) && applies(commands.remove, stack) && !applies(commands.clone, stack));
    const gone: Machine = { name: 'web', class: 'container', state: 'failed', addresses: [] };
    assert.ok(!applies(commands.start, gone) && !applies({ needs: 'image' }, gone), 'nothing to start');
  });
});
