import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { active, attempt, does, leader, names, running, shown, succeeds, terminal, tidy, up } from './systemd';
import { runsIn, until } from './until';

describe('in VS Code, every verb', () => {
  afterEach(tidy);

  it('reboots', async () => {
    await does('start', 'db');
    const before = await until('its leader', () => leader('db'));
    await does('reboot', 'db');
    await until('another leader', () => {
      const now = leader('db');
      return now !== '' && now !== before;
    });
  });

  it('sends a signal, to several in one call', async () => {
    await does('start', 'db2');
    await until('both', () => running().length === 2);
    await succeeds('kill', ['db', 'db2'], { signal: 'SIGTERM', whom: 'leader' });
    await until('both to be gone', () => running().length === 0);
  });

  it('terminates, several in one call', async () => {
    await until('the units to have ended', () => active('db') !== 'deactivating' && active('db2') !== 'deactivating');
    assert.deepEqual(await succeeds('start', ['db', 'db2']), ['machinectl', 'start', '--', 'db', 'db2']);
    await until('both', () => running().length === 2);
    assert.deepEqual(await succeeds('terminate', ['db', 'db2']), ['machinectl', 'terminate', '--', 'db', 'db2']);
    await until('both to be gone', () => running().length === 0);
  });

  it('stops the unit', async () => {
    await until('the unit to have ended', () => active('db') !== 'deactivating');
    await does('start', 'db');
    await until('it to run', () => active('db') === 'active');
    await does('stopUnit', 'db');
    assert.notEqual(active('db'), 'active');
  });

  it('enables and disables', async () => {
    await does('enable', ['db', 'db2']);
    assert.equal(attempt('systemctl', 'is-enabled', 'systemd-nspawn@db.service', 'systemd-nspawn@db2.service'), 'enabled\nenabled');
    await does('disable', ['db', 'db2']);
    assert.match(attempt('systemctl', 'is-enabled', 'systemd-nspawn@db.service'), /disabled/);
  });

  it('opens a shell as somebody, a login and a log', async () => {
    await succeeds('start', 'web');
    await up('web');
    for (const [verb, args] of [
      ['openShellAs', /machinectl .*shell .*nobody@web \/bin\/sh/],
      ['login', /machinectl .*login .*web/],
    ] as const) {
      const done = does(verb, 'web', { user: 'nobody', program: ['/bin/sh'] });
      const opened = await until('a terminal', () => terminal(verb === 'login' ? 'Log In web' : 'Open Shell As web'));
      await runsIn(opened, args);
      opened.dispose();
      await done;
    }
    const follow = does('unitJournal', 'web');
    (await until('the log', () => terminal('Follow Unit Log web'))).dispose();
    await follow;
  });

  it('tells why a machine failed', async () => {
    await does('kill', 'web', { signal: 'SIGKILL', whom: 'leader' });
    await until('the failure', () => active('web') === 'failed');
    await until('what our model has of it', async () => {
      await vscode.commands.executeCommand('nspawn.whyFailed', { name: 'web' });
      return shown('Why web failed');
    });
    assert.match(shown('Why web failed')?.getText() ?? '', /^web failed: exit-code.*systemd-nspawn@web\.service/);
    await does('resetFailed', 'web');
    assert.equal(active('web'), 'inactive');
  });

  it('gets its rights as the setting says', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'elevation-')),
      searched = process.env.PATH;
    for (const program of ['sudo', 'run0']) writeFileSync(path.join(folder, program), '#!/bin/sh\nshift\nexec "$@"\n', { mode: 0o755 });
    process.env.PATH = `${folder}:${searched ?? ''}`;
    const settings = vscode.workspace.getConfiguration('nspawn');
    try {
      // For a verb that asks polkit itself, and for one that does not.
      for (const [elevation, polkit, root] of [
        ['auto', 'machinectl', 'sudo'],
        ['polkit', 'machinectl', 'systemd-run'],
        ['sudo', 'sudo', 'sudo'],
        ['run0', 'run0', 'run0'],
      ] as const) {
        await settings.update('elevation', elevation, vscode.ConfigurationTarget.Global);
        const argv = await succeeds('readOnlyOn', 'db2', { readOnly: false });
        assert.equal(argv[0], polkit, elevation);
        assert.deepEqual(argv.slice(polkit === 'machinectl' ? 1 : 3), ['read-only', '--', 'db2', 'no']);
        await does('start', 'db');
        const [looked] = await does('failedUnits', 'db');
        assert.equal(looked?.argv[0], root, elevation);
      }
    } finally {
      process.env.PATH = searched;
      await settings.update('elevation', undefined, vscode.ConfigurationTarget.Global);
      await does('terminate', 'db');
      await until('it to be gone', () => !running().includes('db'));
    }
  });

  it('runs nothing for options that are none', async () => {
    const before = vscode.window.terminals.length;
    await does('clone', 'db', { newName: '../evil' });
    await does('setLimit', 'db', { limit: '--help' });
    await does('pullTar', [], { url: 'file --help', name: 'x', verify: 'no' });
    await does('openShellAs', 'db', { user: '-u' });
    await does('copyTo', 'db', { source: 17 });
    await does('terminate', '--help');
    await does('remove', ['../db', '/etc']);
    assert.equal(vscode.window.terminals.length, before);
    assert.deepEqual(names(), ['db', 'db2', 'disk', 'web']);
  });

  it('asks before it destroys', async () => {
    // This VS Code refuses modal questions, and what was not answered with yes is not done.
    const rows = [{ name: 'db' }];
    await vscode.commands.executeCommand('nspawn.remove', rows[0], rows);
    assert.ok(names().includes('db'));
  });

  it('takes no answer from a link, and shows what a link chose before it runs', async () => {
    const before = vscode.window.terminals.length;
    for (const [command, given] of [
      ['remove', { confirmed: true }],
      ['terminate', { confirmed: true }],
      ['kill', { confirmed: true, options: { signal: 'SIGKILL', whom: 'all' } }],
      ['clean', { confirmed: true }],
      ['clone', { options: { newName: 'copy' } }],
      ['copyFrom', { options: { source: '/etc/passwd', target: '/tmp/passwd', force: true } }],
      ['pullTar', { confirmed: true, options: { url: 'http://127.0.0.1:1/x.tar', name: 'x', verify: 'no' } }],
    ] as const) {
      // As a link passes it.
      await vscode.commands.executeCommand(
        `nspawn.${command}`,
        ...(JSON.parse(JSON.stringify([{ name: 'db' }, null, given])) as unknown[]),
      );
    }
    assert.equal(vscode.window.terminals.length, before);
    assert.deepEqual(names(), ['db', 'db2', 'disk', 'web']);
  });
});
