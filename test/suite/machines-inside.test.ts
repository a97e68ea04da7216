import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { active, ask, asRoot, attempt, does, leader, names, release, running, shown, succeeds, terminal, tidy, up } from './systemd';
import { until } from './until';

/** A file of a running machine, read from outside. */
const inside = (machine: string, file: string): string => asRoot('cat', `/proc/${leader(machine)}/root${file}`);

describe('in VS Code, a machine', () => {
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-suite-'));
    await succeeds('start', 'web');
    await up('web');
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await does('terminate', ['web', 'open']);
    await until('all to be gone', () => running().length === 0 && active('web') !== 'deactivating');
  });
  afterEach(tidy);

  it('gets files and gives them back, over others only when that is wanted', async () => {
    const source = path.join(folder, '-a $(b) ü.txt'),
      target = path.join(folder, 'back');
    writeFileSync(source, 'one');
    await succeeds('copyTo', 'web', { source, target: '/root/-a $(b) ü.txt' });
    assert.equal(inside('web', '/root/-a $(b) ü.txt'), 'one');
    writeFileSync(source, 'two');
    const [refused] = await does('copyTo', 'web', { source, target: '/root/-a $(b) ü.txt' });
    assert.notEqual(refused?.status, 0);
    await succeeds('copyTo', 'web', { source, target: '/root/-a $(b) ü.txt', force: true });
    await succeeds('copyFrom', 'web', { source: '/root/-a $(b) ü.txt', target });
    assert.equal(readFileSync(target, 'utf8'), 'two');
    await succeeds('copyTo', 'web', { source: folder, target: '/root/folder' });
    assert.equal(inside('web', '/root/folder/back'), 'two');
  });

  it('sees a folder of the host, unless its users are its own', async () => {
    const [refused] = await does('bind', 'web', { source: folder, target: '/mnt/x', mkdir: true });
    assert.notEqual(refused?.status, 0);
    asRoot('sh', '-c', 'printf "[Exec]\\nPrivateUsers=no\\n" >/etc/systemd/nspawn/open.nspawn');
    await succeeds('clone', 'web', { newName: 'open' });
    await succeeds('start', 'open');
    await up('open');
    writeFileSync(path.join(folder, 'seen'), 'yes');
    await succeeds('bind', 'open', { source: folder, target: '/mnt/x', mkdir: true, readOnly: true });
    assert.equal(inside('open', '/mnt/x/seen'), 'yes');
    assert.match(asRoot('grep', ' /mnt/x ', `/proc/${leader('open')}/mountinfo`), / ro[, ]/);
  });

  it('is looked into as root, by way of polkit where that is chosen', async () => {
    const settings = vscode.workspace.getConfiguration('nspawn');
    await settings.update('elevation', 'polkit', vscode.ConfigurationTarget.Global);
    try {
      const [overview] = await does('failedUnits', 'web');
      assert.deepEqual([overview?.argv[0], overview?.status], ['systemd-run', 0]);
      const follow = does('journal', 'web');
      await until('the journal', () => /^root +\S*journalctl --follow --lines=200 --machine=web$/m.test(ask('ps', '-eo', 'user,args')));
      (await until('its terminal', () => terminal('Follow Journal Inside web'))).dispose();
      await follow;
      await until('the journal to end', () => !/journalctl .*--machine=web/.test(ask('ps', '-eo', 'args')));
    } finally {
      await settings.update('elevation', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('tells its status and all its properties', async () => {
    const argv = await succeeds('status', 'web');
    assert.deepEqual(argv, ['machinectl', 'status', '--no-pager', '--', 'web']);
    assert.ok(terminal('Show Status web'), 'it stays, to be read');
    await vscode.commands.executeCommand('nspawn.properties', { name: 'web' });
    const text = shown('web.properties')?.getText() ?? '';
    assert.match(text, /^# web: running\n# Debian/);
    for (const line of [/^Name=web$/m, /^Leader=\d+$/m, /^Type=(directory|subvolume)$/m, /^Id=systemd-nspawn@web\.service$/m])
      assert.match(text, line);
    await until('an address', async () => {
      await vscode.commands.executeCommand('nspawn.copyAddress', { name: 'web' });
      return /^[0-9a-f:.]+$/.test(await vscode.env.clipboard.readText());
    });
  });

  it('gets signals, its init alone or all that runs in it', async () => {
    assert.deepEqual(await succeeds('kill', 'web', { signal: 'SIGRTMIN+23', whom: 'leader' }), [
      'machinectl',
      'kill',
      '--signal=SIGRTMIN+23',
      '--kill-whom=leader',
      '--',
      'web',
    ]);
    await succeeds('kill', 'open', { signal: 'SIGKILL', whom: 'all' });
    await until('the end of open', () => !running().includes('open'));
    assert.ok(running().includes('web'), 'SIGRTMIN+23 is for logging less, not for ending');
    await until('what our model has of it', async () => {
      await vscode.commands.executeCommand('nspawn.whyFailed', { name: 'open' });
      return shown('Why open failed');
    });
    await does('resetFailed', 'open');
    await succeeds('remove', 'open');
    assert.equal(asRoot('ls', '/etc/systemd/nspawn'), '', 'its settings file went with it');
  });

  it('is paused and resumed only where it is a virtual machine, of a release that can', async () => {
    assert.deepEqual([...(await does('pause', 'web')), ...(await does('resume', 'web'))], []);
    asRoot('systemd-run', '--unit=pretended-vm', 'sleep', 'infinity');
    const pid = await until('a process', () => attempt('systemctl', 'show', '-p', 'MainPID', '--value', 'pretended-vm').replace(/^0$/, ''));
    asRoot(
      'busctl',
      'call',
      'org.freedesktop.machine1',
      '/org/freedesktop/machine1',
      'org.freedesktop.machine1.Manager',
      'RegisterMachine',
      'sayssus',
      'pretended',
      '0',
      'test',
      'vm',
      pid,
      '',
    );
    await until('it to be registered', () => running().includes('pretended'));
    await until('it in our model', async () => {
      await vscode.commands.executeCommand('nspawn.properties', { name: 'pretended' });
      return shown('pretended.properties');
    });
    const ran = await does('pause', 'pretended');
    // It has no socket that listens, so that it stays a try, with the rights of its caller (see machines-control.test.ts).
    assert.deepEqual(
      ran.map(({ argv }) => argv.slice(-4)),
      release < 261 ? [] : [['machinectl', 'pause', '--', 'pretended']],
    );
    asRoot('systemctl', 'stop', 'pretended-vm');
    await until('its end', () => !running().includes('pretended'));
  });

  it('starts with the system when that is wanted, whoever asks', async () => {
    const wanted = (): string => attempt('systemctl', 'is-enabled', 'systemd-nspawn@web.service', 'systemd-nspawn@db.service');
    assert.deepEqual(await succeeds('enable', ['web', 'db']), ['machinectl', 'enable', '--', 'web', 'db']);
    assert.equal(wanted(), 'enabled\nenabled');
    await succeeds('disable', ['web', 'db']);
    assert.equal(wanted(), 'disabled\ndisabled');
  });

  it('gets a settings file where systemd trusts it, saved as root', async () => {
    await vscode.workspace.getConfiguration('nspawn').update('elevation', 'polkit', vscode.ConfigurationTarget.Global);
    try {
      await vscode.commands.executeCommand('nspawn.settingsFile', { name: 'db2' });
      const document = await until('the file', () => shown('/db2.nspawn'));
      assert.deepEqual([document.uri.path, document.languageId, document.isDirty], ['/etc/systemd/nspawn/db2.nspawn', 'nspawn', true]);
      assert.match(document.getText(), /^# Settings of the machine "db2"/);
      assert.ok(await document.save());
      assert.equal(asRoot('cat', '/etc/systemd/nspawn/db2.nspawn'), document.getText().trim());
      assert.equal(asRoot('stat', '-c', '%U %a', '/etc/systemd/nspawn/db2.nspawn'), 'root 644');
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(0, 0), '# again\n');
      await vscode.workspace.applyEdit(edit);
      asRoot('chmod', '604', '/etc/systemd/nspawn/db2.nspawn');
      // Where there is sudo, through that.
      await vscode.workspace.getConfiguration('nspawn').update('elevation', 'auto', vscode.ConfigurationTarget.Global);
      assert.ok(await document.save(), 'a second time too');
      assert.match(asRoot('cat', '/etc/systemd/nspawn/db2.nspawn'), /^# again/);
      assert.equal(asRoot('stat', '-c', '%U %a', '/etc/systemd/nspawn/db2.nspawn'), 'root 604');
    } finally {
      await vscode.workspace.getConfiguration('nspawn').update('elevation', undefined, vscode.ConfigurationTarget.Global);
      asRoot('rm', '/etc/systemd/nspawn/db2.nspawn');
    }
  });

  it('keeps in the editor what could not be saved as root, and the file as it is', async () => {
    const file = '/etc/systemd/nspawn/db2.nspawn';
    asRoot('sh', '-c', `mkdir -p /etc/systemd/nspawn && printf '[Exec]\\n' > ${file}`);
    try {
      await vscode.commands.executeCommand('nspawn.settingsFile', { name: 'db2' });
      const document = await until('the file', () => [shown('/db2.nspawn')].find((d) => d?.getText() === '[Exec]\n'));
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(1, 0), 'Boot=no\n');
      await vscode.workspace.applyEdit(edit);
      // A link to another file with the same timestamp as the one that was read.
      asRoot(
        'sh',
        '-c',
        `printf '[Exec]\\n' > /etc/elsewhere && touch --reference=${file} /etc/elsewhere && ln -sf ../../elsewhere ${file}`,
      );
      assert.equal(await document.save(), false);
      assert.deepEqual([document.isDirty, document.getText(), asRoot('cat', '/etc/elsewhere')], [true, '[Exec]\nBoot=no\n', '[Exec]']);
      // A change by another program.
      asRoot('sh', '-c', `rm ${file} && printf '# of root\\n' > ${file}`);
      assert.equal(await document.save(), false);
      assert.deepEqual([document.isDirty, asRoot('cat', file)], [true, '# of root']);
    } finally {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      asRoot('rm', '-f', file, '/etc/elsewhere');
    }
  });
});

/** A name that is valid for an image but not for a machine. */
const imageNames = ['-rf', '--help', '--', 'ü $(touch x); `id`', 'a b', '日本', 'x@y', '*', '"\'', '%i', 'a_b', '$HOME'];
const machineNames = ['a-b.c', '1st', 'A--z', 'x.y-z'];

describe('in VS Code, names', () => {
  afterEach(tidy);

  for (const name of [...machineNames, ...imageNames]) {
    it(`can be ${name}, for every verb of images`, async () => {
      await succeeds('clone', 'db', { newName: name });
      await succeeds('readOnlyOn', name, { readOnly: true });
      await succeeds('readOnlyOff', name, { readOnly: false });
      await vscode.commands.executeCommand('nspawn.properties', { name });
      assert.match((await until('its properties', () => shown('.properties'))).getText(), /^Name=/m);
      await succeeds('rename', name, { newName: `${name}2` });
      assert.deepEqual(
        names().filter((n) => n.startsWith(name)),
        [`${name}2`],
      );
      await succeeds('remove', `${name}2`);
      assert.ok(!names().includes(`${name}2`));
    });
  }

  it('that a machine can have are good for every verb of machines', async () => {
    const [name = ''] = machineNames;
    await succeeds('clone', 'db', { newName: name });
    await succeeds('enable', name);
    await succeeds('disable', name);
    await succeeds('start', name);
    await until('it to run', () => running().includes(name));
    await succeeds('status', name);
    await until('its init to listen', async () => {
      await does('powerOff', name);
      return !running().includes(name);
    });
    await until('its unit to have ended', () => active(name) !== 'deactivating');
    await does('resetFailed', name);
    await until('it to be removed', async () => {
      // machined may notice the end a moment later
      await does('remove', name);
      return !names().includes(name);
    });
  });

  it('that no machine can have reach no verb of machines', async () => {
    const bad = [...imageNames, '.host', 'a\nb', '', '../db', '/etc', '-M', '--host=evil', 'root@db', 'nobody'];
    const verbs = [
      'start',
      'powerOff',
      'reboot',
      'terminate',
      'kill',
      'stopUnit',
      'resetFailed',
      'openShell',
      'login',
      'status',
      'journal',
      'failedUnits',
      'unitJournal',
      'copyTo',
      'copyFrom',
      'bind',
      'enable',
      'disable',
      'pause',
      'resume',
    ];
    for (const verb of verbs) {
      for (const name of bad) {
        const ran = await does(verb, name, { signal: 'SIGTERM', whom: 'all', source: '/etc/hostname', target: '/x', user: 'root' });
        assert.deepEqual(ran, [], `${verb} ${name}`);
      }
    }
  });
});
