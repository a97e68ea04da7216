import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  escapeLabel,
  isImageName,
  isMachineName,
  isUserName,
  machineOfUnit,
  machineOfUnitPath,
  pathOfImage,
  pathOfMachine,
  pathOfUnit,
  unescapeLabel,
  unitOfMachine,
} from './names';

describe('Names', () => {
  // Each was tried with "machinectl start" of systemd 252, which says "Invalid machine name" for the wrong ones.
  const machines = ['web', 'A1', '1a', 'a-b.c', 'a--b', 'x.y.z', 'a'.repeat(64)];
  const notMachines = [
    '',
    '.host',
    '-x',
    'a-',
    'a..b',
    'a.',
    '.x',
    'a-.b',
    'a.-b',
    'a_b',
    'a b',
    'x@y',
    'ünï',
    'a/b',
    '..',
    'a\nb',
    '$(id)',
    'a;b',
    '--help',
    'a'.repeat(65),
  ];

  it('of machines are checked as systemd checks them', () => {
    for (const name of machines) assert.ok(isMachineName(name), name);
    for (const name of notMachines) assert.ok(!isMachineName(name), name);
  });

  // "machinectl clone" of systemd 252 accepts the first ones and refuses the others.
  it('of images are checked as systemd checks them', () => {
    for (const name of [...machines, '-x', 'a b', 'ünï', 'x@y', 'a..b', '.x', '$(id)', '.host', 'ü'.repeat(127)]) {
      assert.ok(isImageName(name), name);
    }
    for (const name of ['', '.', '..', 'a/b', '.#lock', 'a\nb', 'a\0b', '\u007f', '\u009b', '\ud800', 'a'.repeat(256), 'ü'.repeat(128)]) {
      assert.ok(!isImageName(name), JSON.stringify(name));
    }
  });

  it('of users cannot be taken for something else', () => {
    for (const name of ['root', 'tester', '_apt', 'a.b', 'web$', 'jürgen', '1000']) assert.ok(isUserName(name), name);
    for (const name of ['', '-r', 'a@b', 'a b', 'a:b', 'a/b', '.', '..', 'a\n', 'a\0', 'a'.repeat(257)]) {
      assert.ok(!isUserName(name), JSON.stringify(name));
    }
  });
});

describe('Units of machines', () => {
  it('carry the name as it is', () => {
    assert.equal(unitOfMachine('a-b.c'), 'systemd-nspawn@a-b.c.service');
    assert.equal(machineOfUnit('systemd-nspawn@a-b.c.service'), 'a-b.c');
  });

  it('are told from other units', () => {
    for (const unit of [
      'ssh.service',
      'systemd-nspawn@.service',
      'systemd-nspawn@a.socket',
      'systemd-nspawn@',
      '',
      'systemd-vmspawn@a.service',
      'systemd-nspawn@a\\x2db.service',
      'systemd-nspawn@a_b.service',
    ]) {
      assert.equal(machineOfUnit(unit), undefined, unit);
    }
  });

  it('have object paths', () => {
    // Recorded: the signals of systemd 257 about units of this name.
    const units = '/org/freedesktop/systemd1/unit/';
    assert.equal(pathOfUnit('systemd-nspawn@web.service'), `${units}systemd_2dnspawn_40web_2eservice`);
    assert.equal(machineOfUnitPath(`${units}systemd_2dnspawn_40a_2db_2ec_2eservice`), 'a-b.c');
    const others = ['ssh_2eservice', 'systemd_2dnspawn_40_2fetc_2eservice', '_c3', ''].map((label) => units + label);
    for (const path of [...others, '/', '']) {
      assert.equal(machineOfUnitPath(path), undefined, path);
    }
  });
});

describe('Labels of object paths', () => {
  it('are written as systemd writes them', () => {
    // All but the last recorded from systemd 252 and 257.
    for (const [text, label] of [
      ['deb1', 'deb1'],
      ['.host', '_2ehost'],
      ['1a', '_31a'],
      ['a b', 'a_20b'],
      ['ünï', '_c3_bcn_c3_af'],
      ['-x', '_2dx'],
      ['a_b', 'a_5fb'],
      ['', '_'],
    ] as const) {
      assert.equal(escapeLabel(text), label);
      assert.equal(unescapeLabel(label), text);
    }
    assert.equal(pathOfMachine('.host'), '/org/freedesktop/machine1/machine/_2ehost');
    assert.equal(pathOfImage('-x'), '/org/freedesktop/machine1/image/_2dx');
  });

  it('come back as the text they were made of, and are always a valid path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.match(pathOfImage(text), /^(\/[A-Za-z0-9_]+)+$/);
        assert.equal(unescapeLabel(escapeLabel(text)), text);
      }),
    );
  });

  it('that are none give nothing', () => {
    for (const label of ['a_', 'a_2', 'a_zz', 'a-b', '_ff', 'a/b', '']) {
      assert.equal(unescapeLabel(label), undefined, label);
    }
  });
});
