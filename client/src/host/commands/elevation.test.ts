import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { commands } from '.';
import { type Elevation, elevated, polkitRule } from './elevation';

describe('Rights', () => {
  const argv = ['x', 'y'];
  const get = (rights: 'anyone' | 'polkit' | 'root', elevation: Elevation, has: readonly string[] = ['sudo', 'run0'], isRoot = false) =>
    elevated({ rights }, argv, { elevation, isRoot, installed: (p) => has.includes(p) }).join(' ');

  it('come from polkit where it can decide, and from sudo where it cannot', () => {
    assert.equal(get('polkit', 'auto'), 'x y');
    assert.equal(get('root', 'auto'), 'sudo -- x y');
    assert.equal(get('root', 'auto', ['run0']), 'run0 -- x y');
    assert.equal(get('root', 'auto', []), 'systemd-run --quiet --collect --wait --pty -- x y');
    assert.equal(get('root', 'polkit'), 'systemd-run --quiet --collect --wait --pty -- x y');
    assert.equal(
      elevated({ rights: 'root' }, ['x', '$HOME'], { elevation: 'polkit', isRoot: false, installed: () => true }).at(-1),
      '$$HOME',
    );
    assert.equal(get('anyone', 'sudo'), 'x y');
    assert.equal(get('polkit', 'sudo'), 'sudo -- x y');
    assert.equal(get('polkit', 'run0'), 'run0 -- x y');
    assert.equal(get('root', 'sudo', [], true), 'x y');
  });

  /** What a rule answers, in an interpreter of its own. */
  const ask = (rule: string, user: string, id: string, unit = '') => {
    const polkit = {
      Result: { YES: 'yes', NOT_HANDLED: '-' },
      addRule: (f: unknown) => {
        polkit.rule = f;
      },
      rule: undefined as unknown,
    };
    runInNewContext(rule, { polkit });
    return (polkit.rule as (action: object, subject: object) => string)({ id, lookup: () => unit }, { user });
  };

  it('are explained by a rule that allows this and nothing else', () => {
    const user = 'o\'x"\n//';
    const rule = polkitRule(user, [...commands.start.actions, ...commands.poweroff.actions]);
    const units = 'org.freedesktop.systemd1.manage-units';
    assert.equal(ask(rule, user, units, 'systemd-nspawn@web.service'), 'yes');
    assert.equal(ask(rule, user, units, 'sshd.service'), '-');
    assert.equal(ask(rule, user, 'org.freedesktop.machine1.manage-machines'), 'yes');
    assert.equal(ask(rule, user, 'org.freedesktop.machine1.manage-images'), '-');
    assert.equal(ask(rule, 'other', 'org.freedesktop.machine1.manage-machines'), '-');
  });
});
