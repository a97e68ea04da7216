// End-to-end: what a user does with machines, with a screenshot of every step in artifacts/e2e-machines. VS Code runs inside a real
// systemd as an ordinary user.
// First: write a .nspawn file with help, then see, start, enter and stop a real machine; polkit asks for a password.
// Second: machined and the bus die while the views are open.
// Third: what destroys asks first; keys, filter, transfers, and why a machine failed.
// Fourth (on systemd 262): the machines of a user's own.
// Fifth: the machines of another computer, whose key is not known at first, whose polkit asks, and that is lost for a while.
//   node test/e2e-machines.mjs [path of a .vsix] [--only first-use|recovery|verbs|user|hosts]
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ini from 'ini';
import { answerPolkit, beside, finish, machines, rig, rowOf, scenario, step, workbench } from './support/e2e.mjs';
import { acceptConnections, bootRemoteHost, remoteName } from './support/remote-host.mjs';

await scenario('first-use', { permit: false, session: true }, async (workspace) => {
  await step('see mistakes', async () => {
    await workbench.openFile('mistakes.nspawn');
    const marks = await workbench.until('all squiggles', async () => {
      const found = await workbench.squiggles();
      return found.length >= 5 && found;
    });
    assert.ok(marks.some((m) => m.text.includes('Boots')));
    const problems = await workbench.problems();
    assert.ok(
      problems.some((p) => p.message.includes('did you mean [Network]?')),
      JSON.stringify(problems),
    );
  });
  await step('accept a completion', async () => {
    await workbench.openFile('web.nspawn');
    await workbench.press('Control+End');
    await workbench.typeText('[Exec]\nTime');
    await workbench.acceptSuggestion('Timezone');
    await workbench.acceptSuggestion('copy');
    await workbench.until('the completed line', async () => (await workbench.editorText()).includes('Timezone=copy'));
    await workbench.press('Control+S');
    await workbench.until('the file', () => ini.parse(readFileSync(path.join(workspace, 'web.nspawn'), 'utf8')).Exec.Timezone === 'copy');
  });
  await step('read the documentation', async () => {
    await workbench.press('Control+Home');
    const text = await workbench.hover('PrivateUsers');
    assert.match(text, /--private-users/);
  });
  await step('see the machines', async () => {
    await workbench.openView('Machines');
    const rows = await workbench.until('both rows', async () => {
      const seen = await workbench.treeRows('Machines');
      return seen.length === 2 && seen;
    });
    assert.deepEqual(
      rows.map((r) => r.label),
      ['db', 'web'],
    );
    assert.match(rows[1].ariaLabel, /web, stopped/);
    assert.deepEqual(
      (await workbench.treeRows('Images')).map((r) => r.label),
      ['db', 'web'],
    );
  });
  await step('start a machine and answer polkit', async () => {
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'web'), 'Start');
    await answerPolkit('polkit');
    await workbench.until('systemd to run it', async () => (await machines()).includes('web'));
    await workbench.until('its row', async () => /web, running/.test((await rowOf('web'))?.ariaLabel ?? ''));
  });
  await step('open its shell', async () => {
    // The machine has to be up before it has a bus to log in by.
    await workbench.until('its bus', async () =>
      (await rig.run(['systemctl', '-M', 'web', 'is-system-running'])).stdout.match(/running|degraded/),
    );
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'web'), 'Open Shell');
    await answerPolkit();
    await workbench.until('a prompt', async () => /root@web/.test(await workbench.terminalText()));
    await workbench.typeInTerminal('cat /proc/1/comm; hostname\n');
    await workbench.until('an answer from inside', async () => /systemd\s+web/.test(await workbench.terminalText()));
  });
  await step('power it off', async () => {
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'web'), 'Power Off');
    await answerPolkit();
    await workbench.until('systemd to be done', async () => !(await machines()).includes('web'));
    await workbench.until('its row', async () => /web, stopped/.test((await rowOf('web'))?.ariaLabel ?? ''));
  });
});
await scenario('recovery', { permit: true, session: false }, async () => {
  await step('lose machined and the bus, and have them back', async () => {
    await workbench.openView('Machines');
    await rig.run(['machinectl', 'start', 'web']);
    await workbench.until('the row', async () => /web, running/.test((await rowOf('web'))?.ariaLabel ?? ''));
    await rig.run(['systemctl', 'kill', '-s', 'KILL', 'systemd-machined']);
    await workbench.until('the row to be there', async () => /web, running/.test((await rowOf('web'))?.ariaLabel ?? ''));
    // A machined that starts while the bus does deadlocks with it in user look-ups, for the 90 s that systemd lets both try.
    await workbench.until('machined to be back', async () => (await machines()).includes('web'));
    await beside(['systemctl', 'kill', '-s', 'KILL', 'dbus']);
    // Its socket starts the bus again with the first client. A machined that outlived the bus has to end first: a request to it
    // before makes the bus block all clients, for longer than this scenario may take.
    await workbench.until(
      'machined to be back, or gone',
      async () => {
        const owned = [
          'busctl',
          'call',
          'org.freedesktop.DBus',
          '/',
          'org.freedesktop.DBus',
          'NameHasOwner',
          's',
          'org.freedesktop.machine1',
        ];
        return (
          (await beside(owned)).includes('true') ||
          /^(inactive|failed)$/m.test(await beside(['systemctl', 'is-active', 'systemd-machined'], [0, 3]))
        );
      },
      120_000,
    );
    await workbench.until('a machine to start', async () => (await beside(['machinectl', 'start', 'db'])) === '', 120_000);
    await workbench.until('news after the bus came back', async () => /db, running/.test((await rowOf('db'))?.ariaLabel ?? ''));
    await rig.run(['machinectl', 'poweroff', 'db']);
    await workbench.until('news of the end', async () => /db, stopped/.test((await rowOf('db'))?.ariaLabel ?? ''));
  });
});
await scenario('verbs', { permit: true, session: true }, async () => {
  const images = async () => JSON.parse((await rig.run(['machinectl', 'list-images', '-o', 'json'])).stdout).map((i) => i.name);
  await step('be asked what dies, in a dialog that names it', async () => {
    await rig.run(['mkdir', '-p', '/etc/systemd/nspawn']);
    await rig.run(['touch', '/etc/systemd/nspawn/db.nspawn']);
    await workbench.openView('Machines');
    await workbench.contextMenu(await workbench.treeRow('Machines', 'db'), 'Delete Image…');
    const dialog = JSON.stringify(await workbench.until('a dialog', () => workbench.dialog()));
    assert.match(dialog, /Delete the image db\?/);
    assert.match(dialog, /\/etc\/systemd\/nspawn\/db\.nspawn/);
    await workbench.screenshot('delete');
    await workbench.answerDialog('Cancel');
    assert.ok((await images()).includes('db'));
  });
  await step('rename by F2', async () => {
    await workbench.pressOn(await workbench.treeRow('Machines', 'db'), 'F2', () => workbench.asked());
    await workbench.answerInput('data');
    await workbench.until('systemd to have renamed it', async () => (await images()).includes('data'));
    await workbench.treeRow('Machines', 'data');
  });
  await step('filter, and see everything again', async () => {
    await workbench.clickViewAction('Machines', 'Filter');
    await workbench.answerInput('dat');
    await workbench.until('one row', async () => (await workbench.treeRows('Machines')).length === 1);
    await workbench.clickViewAction('Machines', 'Clear Filter');
    await workbench.until('both rows', async () => (await workbench.treeRows('Machines')).length === 2);
  });
  await step('delete by the Delete key', async () => {
    await workbench.pressOn(await workbench.treeRow('Machines', 'data'), 'Delete', () => workbench.warned());
    await workbench.answerDialog('Delete');
    await workbench.until('systemd to have deleted it', async () => !(await images()).includes('data'));
    await workbench.until('its row to go', async () => (await rowOf('data')) === undefined);
    assert.notEqual((await rig.run(['test', '-e', '/etc/systemd/nspawn/data.nspawn'])).code, 0, 'its settings have gone with it');
  });
  await step('start an image whose name no machine can have, and be told so', async () => {
    const name = '$(id) "ü"; -x';
    await rig.run(['machinectl', 'clone', '--', 'web', name]);
    await workbench.clickViewAction('Machines', 'Refresh');
    await workbench.clickInlineAction(await workbench.treeRow('Machines', name), 'Start');
    await workbench.until('the reason', async () =>
      (await workbench.notifications()).some(
        ({ message }) =>
          message.includes(JSON.stringify(name)) && /cannot be the name of a running machine.*Rename the image/.test(message),
      ),
    );
    await workbench.screenshot('refused');
    await workbench.pressOn(await workbench.treeRow('Machines', name), 'Delete', () => workbench.warned());
    await workbench.answerDialog('Delete');
    await workbench.until('systemd to have deleted it', async () => !(await images()).includes(name));
    await workbench.until('its row to go', async () => (await rowOf(name)) === undefined);
  });
  await step('watch a transfer and cancel it', async () => {
    await rig.run(['systemd-run', '--no-block', 'machinectl', 'export-tar', 'web', '/var/tmp/web.tar.xz']);
    const row = await workbench.until('its row', async () => (await workbench.treeRows('Transfers')).find((r) => r.label === 'web'));
    assert.match(row.ariaLabel, /Exporting web/);
    await workbench.screenshot('transfer');
    const going = async () => (await rig.run(['machinectl', 'list-transfers'])).stdout.includes('export-tar');
    const itsRow = async () => (await workbench.treeRows('Transfers').catch(() => [])).find((r) => r.label === 'web');
    await workbench.until('the row to say so', async () => {
      // A row that is drawn anew at that moment loses the click.
      await workbench.clickInlineAction(await workbench.treeRow('Transfers', 'web'), 'Cancel Transfer').catch(() => {});
      return workbench
        .until('the word', async () => /cancelling/.test((await itsRow())?.ariaLabel ?? '') || !(await going()), 3000)
        .catch(() => false);
    });
    await workbench.screenshot('cancelling');
    // An export of systemd 252 notices it when it has compressed most of it: until then it reports nothing else.
    const other = [];
    await workbench.until(
      'importd to have stopped',
      async () => {
        const row = await itsRow();
        if (row !== undefined && !/cancelling/.test(row.ariaLabel)) other.push(row.ariaLabel);
        return !(await going());
      },
      90_000,
    );
    assert.deepEqual(other, []);
    await workbench.until('its row to go', async () => (await itsRow()) === undefined);
  });
  await step('see why it failed', async () => {
    await rig.run(['machinectl', 'start', 'web']);
    await workbench.until('it to run', async () => /web, running/.test((await rowOf('web'))?.ariaLabel ?? ''));
    assert.ok(
      (await workbench.statusBar()).some((text) => /1 machine running/.test(text)),
      JSON.stringify(await workbench.statusBar()),
    );
    await rig.run(['machinectl', 'kill', '--signal=SIGKILL', '--kill-whom=leader', 'web']);
    await workbench.until('the failure', async () => /web, failed/.test((await rowOf('web'))?.ariaLabel ?? ''));
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'web'), 'Why Did It Fail?');
    await workbench.until('the reason', async () => /web failed: exit-code/.test(await workbench.editorText()));
  });
  await step('leave no connection behind when the extension ends', async () => {
    const connections = async () =>
      (await rig.run(['busctl', 'list', '--unique', '--no-legend'])).stdout.split('\n').filter((l) => / (node|MainThread) /.test(l));
    const before = await connections();
    assert.ok(before.length >= 2, before.join('\n'));
    await workbench.runCommand('Developer: Reload Window');
    const names = (lines) => lines.map((l) => l.split(/\s+/)[0]);
    await workbench.until(
      'the old ones to end and as many new ones',
      async () => {
        const now = names(await connections());
        return now.length === before.length && names(before).every((name) => !now.includes(name));
      },
      60_000,
    );
    await workbench.treeRow('Machines', 'web');
  });
});
await scenario('user', { permit: true, session: true, tree: '262' }, async () => {
  const { user } = rig;
  const ask = async (...argv) => (await rig.run(argv, { user: user.name })).stdout;
  const rowLike = (pattern) =>
    workbench.until(`a row like ${pattern}`, async () => (await workbench.treeRows('Machines')).find((r) => pattern.test(r.ariaLabel)));
  await step('see the machines of the system and of the user, each below a root', async () => {
    const image = `${user.home}/.local/state/machines/mine`;
    await ask('mkdir', '-p', `${image}/usr/lib/systemd`);
    await ask('touch', `${image}/usr/lib/os-release`, `${image}/usr/lib/systemd/systemd`);
    await workbench.openView('Machines');
    await rowLike(/^mine, stopped.*This user$/);
    assert.deepEqual(
      (await workbench.treeRows('Machines')).map((r) => r.label),
      ['This computer', 'db', 'web', 'This user', 'mine'],
    );
  });
  await step('start a machine of the user, which fails here, and see why', async () => {
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'mine'), 'Start');
    await rowLike(/^mine, failed/);
    assert.match(await ask('systemctl', '--user', 'is-failed', 'systemd-nspawn@mine.service'), /^failed/);
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'mine'), 'Why Did It Fail?');
    await workbench.until('the reason', async () => /mine failed: exit-code/.test(await workbench.editorText()));
  });
  await step('delete its image without anybody being asked for a password', async () => {
    await workbench.contextMenu(await workbench.treeRow('Machines', 'mine'), 'Reset Failed State');
    await rowLike(/^mine, stopped/);
    await workbench.contextMenu(await workbench.treeRow('Machines', 'mine'), 'Delete Image…');
    assert.match(JSON.stringify(await workbench.until('a dialog', () => workbench.dialog())), /Delete the image mine\? \(This user\)/);
    await workbench.answerDialog('Delete');
    await workbench.until('the row to go', async () => (await rowOf('mine')) === undefined);
    assert.match(await ask('machinectl', '--user', 'list-images'), /No images/);
  });
});
await scenario('hosts', { permit: true, session: true }, async () => {
  const remote = await bootRemoteHost(rig, { permit: false, known: false });
  const rowLike = (pattern) =>
    workbench.until(`a row like ${pattern}`, async () => (await workbench.treeRows('Machines')).find((r) => pattern.test(r.ariaLabel)));
  const rows = async () => (await workbench.treeRows('Machines')).map((r) => r.label);
  try {
    await remote.addMachine('afar', 'tiny');
    await step('see one computer without a root', async () => {
      await workbench.openView('Machines');
      await workbench.until('both rows', async () => (await rows()).join() === 'db,web');
    });
    await step('add a host, whose key is not known', async () => {
      await workbench.runCommand('Machines: Add Host…');
      await workbench.acceptQuickPick(remoteName);
      await rowLike(/^remote\.example, .*The SSH host key of remote\.example is not known/);
      assert.deepEqual(await rows(), ['This computer', 'db', 'web', remoteName]);
    });
    await step('connect in a terminal once', async () => {
      await workbench.clickInlineAction(await workbench.treeRow('Machines', remoteName), 'Connect in Terminal');
      await workbench.until('ssh to ask', async () => /yes\/no/.test(await workbench.terminalText()));
      await workbench.typeInTerminal('yes\n');
      await workbench.until('a prompt over there', async () => /tester@remote-/.test(await workbench.terminalText()));
      await workbench.typeInTerminal('exit\n');
      await rowLike(/^afar, stopped.*remote\.example/);
      await rowLike(/^remote\.example, .*connected/);
    });
    await step('start a machine there, whose polkit asks here', async () => {
      await workbench.clickInlineAction(await workbench.treeRow('Machines', 'afar'), 'Start');
      await answerPolkit();
      await rowLike(/^afar, running.*remote\.example/);
      assert.match((await remote.run(['machinectl', 'list'])).stdout, /^afar /m);
    });
    await step('be told why something failed there', async () => {
      await workbench.contextMenu(await workbench.treeRow('Images', 'afar'), 'Set Size Limit…');
      await workbench.answerInput('1G');
      await answerPolkit();
      await workbench.until('the reason', async () =>
        (await workbench.notifications()).some(({ message }) =>
          /afar \(remote\.example\) failed \(exit status .*\/var\/lib\/machines is not on btrfs/.test(message),
        ),
      );
      await workbench.screenshot('explained');
    });
    await step('lose the connection and keep the rows', async () => {
      await remote.run(['systemctl', 'stop', 'remote-sshd']);
      await remote.run(['pkill', '-x', 'systemd-stdio-b']);
      await rowLike(/^remote\.example, .*remote\.example cannot be reached/);
      await rowLike(/^afar, running/);
      await remote.run(['machinectl', 'terminate', 'afar']);
    });
    await step('have it back, with what happened meanwhile', async () => {
      await acceptConnections(remote);
      await workbench.clickInlineAction(await workbench.treeRow('Machines', remoteName), 'Reconnect');
      await rowLike(/^remote\.example, .*connected$/);
      await rowLike(/^afar, stopped/);
    });
    await step('remove the host', async () => {
      await workbench.contextMenu(await workbench.treeRow('Machines', remoteName), 'Remove Host…');
      await workbench.until('the rows of this computer alone', async () => (await rows()).join() === 'db,web');
    });
  } finally {
    await remote.stop();
  }
});
finish();
