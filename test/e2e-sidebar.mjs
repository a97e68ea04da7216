// End-to-end: how the sidebar behaves: what it shows and says, how it is used, and that it changes nothing that is not its own.
// With a screenshot of every step in artifacts/e2e-sidebar.
// First: what empty views say, and that they fill by themselves.
// Second: how it feels: groups, tooltips, drag and drop, terminals, many at once, why a machine failed, first steps.
// Third: what messages people get when something cannot be done, and what to do then.
// Fourth (on systemd 262): images that are a device or a stack of layers, and that less can be done with.
// Fifth: the extension never saves an edited file, and leaves nothing when it ends, however it ends.
// Sixth: what ssh, other computers and images say is text, and no link, command or icon, wherever it is shown.
//   node test/e2e-sidebar.mjs [path of a .vsix] [--only empty|comfort|errors|images|safe|words]
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodePath } from './rig/vscode/install.mjs';
import { beside, finish, machines, rig, rowOf, scenario, step, vscode, workbench } from './support/e2e.mjs';

const labels = async (view) => (await workbench.treeRows(view)).map(({ label }) => label);
const labelled = (view, ...wanted) =>
  workbench.until(`${wanted.join()} in ${view}`, async () => {
    const seen = await labels(view);
    if (seen.join() !== wanted.join()) throw new Error(seen.join());
    return true;
  });
const state = (name, wanted) =>
  workbench.until(`${name} to be ${wanted}`, async () => (await rowOf(name))?.ariaLabel.startsWith(`${name}, ${wanted}`));
const welcome = (view, pattern) =>
  workbench.until(
    `${pattern} in ${view}`,
    async () => {
      const text = await workbench.welcome(view);
      if (!pattern.test(text)) throw new Error(text);
      return true;
    },
    60_000,
  );
/** Rests on a row until its tooltip says so; again when the row was drawn anew under the mouse, which closes it. */
const tooltip = (view, name, pattern) =>
  workbench.until(`${pattern} in the tooltip of ${name}`, async () => {
    await workbench.page.mouse.move(0, 0);
    await (await workbench.treeRow(view, name)).hover();
    const hover = workbench.page.locator('.monaco-hover:visible');
    await hover.first().waitFor({ timeout: 5000 });
    const text = (await hover.allInnerTexts()).join().replaceAll('\u00a0', ' ');
    if (!pattern.test(text)) throw new Error(text);
    return true;
  });

/** The first notification that says so. */
const told = (pattern, patience) =>
  workbench.until(
    `to be told ${pattern}`,
    async () => {
      const all = await workbench.notifications();
      const found = all.find(({ message }) => pattern.test(message));
      if (!found) throw new Error(JSON.stringify(all));
      return found;
    },
    patience,
  );
const dismiss = async () => {
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.until('no notification', async () => (await workbench.page.locator('.notification-toast').count()) === 0);
};

await scenario('empty', { permit: true, session: false }, async () => {
  await step('have nothing, and be told how to get something', async () => {
    await beside(['sh', '-c', 'rm -rf /var/lib/machines/*']);
    await workbench.openView('Machines');
    await welcome('Machines', /No machines yet.*Download tar Archive.*First Steps/s);
    await welcome('Images', /No images yet.*Import tar Archive/s);
  });
  await step('have machined masked, and unmasked', async () => {
    await beside(['systemctl', 'mask', '--now', 'systemd-machined.service']);
    await workbench.clickViewAction('Machines', 'Refresh');
    await welcome('Machines', /is masked.*systemctl unmask systemd-machined/s);
    await welcome('Images', /is masked/);
    await workbench.screenshot('masked');
    await beside(['systemctl', 'unmask', 'systemd-machined.service']);
    await welcome('Machines', /No machines yet/);
  });
  await step('have no machined at all, and have it installed', async () => {
    const files = [
      '/usr/share/dbus-1/system-services/org.freedesktop.machine1.service',
      '/lib/systemd/system/systemd-machined.service',
      '/lib/systemd/system/dbus-org.freedesktop.machine1.service',
    ];
    const reload = async () => {
      await beside(['systemctl', 'daemon-reload']);
      await beside(['busctl', 'call', 'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'ReloadConfig']);
    };
    await beside(['systemctl', 'stop', 'systemd-machined.service']);
    for (const file of files) await beside(['mv', file, `${file}.away`]);
    await reload();
    await workbench.clickViewAction('Machines', 'Refresh');
    await welcome('Machines', /is not installed.*apt install systemd-container/s);
    await workbench.screenshot('not-installed');
    for (const file of files) await beside(['mv', `${file}.away`, file]);
    await reload();
    await welcome('Machines', /No machines yet/);
  });
  await step('lose the bus, begin without one, and have it back', async () => {
    await beside(['systemctl', 'stop', 'dbus.socket', 'dbus.service']);
    await welcome('Machines', /connection to systemd was lost.*made again/s);
    await workbench.runCommand('Developer: Reload Window');
    await welcome('Machines', /bus cannot be reached/);
    await beside(['systemctl', 'start', 'dbus.socket']);
    await welcome('Machines', /No machines yet/);
  });
  await step('get a machine', async () => {
    await rig.addMachine('first', 'tiny');
    await workbench.clickViewAction('Machines', 'Refresh'); // only root may watch /var/lib/machines
    await labelled('Machines', 'first');
  });
  await step('keep its row while machined is masked, and be told by whatever is tried', async () => {
    await beside(['systemctl', 'mask', '--runtime', '--now', 'systemd-machined.service']);
    await workbench.clickViewAction('Machines', 'Refresh');
    await workbench.page
      .locator('.part.sidebar .tree-view-message, .part.sidebar .message', {
        hasText: 'systemctl unmask --runtime systemd-machined.service',
      })
      .first()
      .waitFor();
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'first'), 'Start');
    await told(
      /systemd-machined is masked, so it cannot be started\. To unmask it: sudo systemctl unmask --runtime systemd-machined\.service/,
    );
    await dismiss();
    await beside(['systemctl', 'unmask', '--runtime', 'systemd-machined.service']);
    await workbench.until(
      'the line above to go',
      async () => (await workbench.page.locator('.part.sidebar', { hasText: 'unmask' }).count()) === 0,
    );
  });
});
await scenario('comfort', { permit: true, session: true, groups: ['systemd-journal'] }, async (workspace) => {
  const settings = (some) => {
    mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
    writeFileSync(path.join(workspace, '.vscode/settings.json'), JSON.stringify(some));
  };
  await step("see groups and an order of one's own", async () => {
    await rig.addMachine('db2', 'tiny');
    await rig.run(['machinectl', 'start', 'web']);
    await workbench.openView('Machines');
    await state('web', 'running');
    await labelled('Machines', 'db', 'db2', 'web');
    settings({ 'nspawn.machines.groupBy': 'state', 'nspawn.images.groupBy': 'type' });
    await labelled('Machines', 'Running', 'web', 'Stopped', 'db', 'db2');
    await labelled('Images', 'Directory', 'db', 'db2', 'web');
    await workbench.screenshot('grouped');
    settings({ 'nspawn.machines.sortBy': 'state' });
    await labelled('Machines', 'web', 'db', 'db2');
    settings({});
    await labelled('Machines', 'db', 'db2', 'web');
  });
  await step('filter by what nothing is called', async () => {
    await workbench.clickViewAction('Machines', 'Filter');
    await workbench.answerInput('nothing');
    await welcome('Machines', /No name matches the filter.*Clear Filter/s);
    await workbench.page.locator('.welcome-view-content').getByRole('button', { name: 'Clear Filter' }).first().click();
    await labelled('Machines', 'db', 'db2', 'web');
  });
  await step('rest on a row, and read what is known', async () => {
    await tooltip('Machines', 'web', /State: running[^]*Unit: systemd-nspawn@web\.service/);
  });
  await step('open a shell by the list of terminals', async () => {
    await workbench.until('its bus', async () =>
      /running|degraded/.test(await beside(['systemctl', '-M', 'web', 'is-system-running'], [0, 1])),
    );
    await workbench.runCommand('View: Toggle Terminal');
    await workbench.until("a shell of one's own", async () => /tester@/.test(await workbench.terminalText()));
    const item = workbench.page.locator('.context-view .monaco-menu .action-label', { hasText: 'Shell in Machine…' });
    await workbench.until('the menu', async () => {
      // VS Code loads the profiles of extensions when a terminal is there
      await workbench.press('Escape');
      await workbench.page.locator('.part.panel .action-label[aria-label^="Launch Profile"]').first().click();
      await item.click({ timeout: 3000 });
      return true;
    });
    await workbench.acceptQuickPick('web');
    await workbench.until('a prompt', async () => /root@web/.test(await workbench.terminalText()));
    await workbench.typeInTerminal('exit\n');
    await workbench.until('the terminal to close', async () => !/root@web/.test(await workbench.terminalText()));
    await workbench.runCommand('Terminal: Kill All Terminals');
  });
  await step('drag a file from the explorer into a machine', async () => {
    await workbench.press('Control+Shift+E');
    const file = workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'web.nspawn' }).first();
    await file.waitFor();
    const centre = async (what) => {
      const { x, y, width, height } = await what.boundingBox();
      return [x + width / 2, y + height / 2];
    };
    const { mouse } = workbench.page;
    await mouse.move(...(await centre(file)));
    await mouse.down();
    const bar = workbench.page.locator('.activitybar .action-item:has(.action-label[aria-label^="Machines"])').first();
    await mouse.move(...(await centre(bar)), { steps: 10 });
    // A user who drags something waits on the icon until its view opens.
    await workbench.until('the view to open', async () => {
      const [x, y] = await centre(bar);
      await mouse.move(x + Math.random(), y);
      return (await workbench.page.locator('.part.sidebar .composite.title', { hasText: 'Machines' }).count()) > 0;
    });
    await mouse.move(...(await centre(await workbench.treeRow('Machines', 'web'))), { steps: 10 });
    await workbench.screenshot('dragging');
    await mouse.up();
    await workbench.answerInput('/root/dropped');
    const leader = (await beside(['machinectl', 'show', '-p', 'Leader', '--value', 'web'])).trim();
    const mine = readFileSync(path.join(workspace, 'web.nspawn'), 'utf8');
    await workbench.until('the file inside', async () => (await beside(['cat', `/proc/${leader}/root/root/dropped`], [0, 1])) === mine);
  });
  await step('see why a machine failed, and go to the line', async () => {
    await beside(['mkdir', '-p', '/etc/systemd/nspawn']);
    await beside([
      'sh',
      '-c',
      'printf "[Exec]\\nBoot=yes\\n[Files]\\nReadOnly=perhaps\\nBind=/does/not/exist\\n" >/etc/systemd/nspawn/db.nspawn',
    ]);
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'db'), 'Start');
    await state('db', 'failed');
    await workbench.until('the number at the icon', async () =>
      (await workbench.page.locator('.activitybar .badge:visible .badge-content').allInnerTexts()).includes('1'),
    );
    const { buttons } = await told(/The unit of db failed/);
    assert.deepEqual(buttons, ['Why Did It Fail?'], 'polkit has nothing against it');
    await workbench.answerNotification('The unit of db failed', 'Why Did It Fail?');
    const text = await workbench.until('the reason', async () => {
      const seen = await workbench.editorText();
      return /What matters/.test(seen) && seen;
    });
    assert.match(
      text,
      /^db failed: exit-code.*\n\s*\nWhat matters\n.*\/etc\/systemd\/nspawn\/db\.nspawn:4: .*\n.*Failed to stat \/does\/not\/exist(.*\n)+.*The last messages/,
    );
    await workbench.until('the line', async () => {
      await workbench.page.keyboard.down('Control');
      await workbench.clickText('/etc/systemd/nspawn/db.nspawn:4').finally(() => workbench.page.keyboard.up('Control'));
      return workbench.until('the file', async () => /ReadOnly=perhaps/.test(await workbench.editorText()), 3000); // it becomes a link after a while
    });
    await workbench.until('the cursor in it', async () => (await workbench.statusBar()).some((item) => /Ln 4,/.test(item)));
    assert.ok((await workbench.squiggles()).some((mark) => mark.text.includes('perhaps')));
  });
  await step('start too often what fails, and learn how to go on', async () => {
    const unit = 'systemd-nspawn@db.service';
    await workbench.until('systemd to have enough of it', async () => {
      await beside(['systemctl', 'start', unit], [0, 1]);
      return (await beside(['journalctl', '--no-pager', '-n', '5', `--unit=${unit}`])).includes('repeated too quickly');
    });
    await state('db', 'failed');
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'db'), 'Why Did It Fail?');
    // The unit keeps the reason of its own.
    await workbench.until('both', async () =>
      /^db failed: exit-code.*\n.*The last start was refused: it was started too often.*"Reset Failed State"/.test(
        await workbench.editorText(),
      ),
    );
  });
  await step('find in the palette only what makes sense now', async () => {
    const offered = async (title) => {
      await workbench.press('F1');
      await workbench.page.locator('.quick-input-widget:visible input').first().fill(`>${title}`);
      const items = await workbench.quickPickItems();
      await workbench.press('Escape');
      return items.some(({ label }) => label === title);
    };
    assert.equal(await offered('Machines: Why Did It Fail?'), true);
    await workbench.contextMenu(await workbench.treeRow('Machines', 'db'), 'Reset Failed State');
    await state('db', 'stopped');
    await workbench.until('the number to go', async () => (await workbench.page.locator('.activitybar .badge:visible').count()) === 0);
    await workbench.until(
      'the terminal to close',
      async () => !(await workbench.page.locator('.terminal-tabs-entry, .single-terminal-tab').allInnerTexts()).join().includes('Reset'),
    );
    await workbench.until('the command to go', async () => (await offered('Machines: Why Did It Fail?')) === false);
    assert.equal(await offered('Machines: Copy Name'), false);
    assert.equal(await offered('Machines: Power Off'), true);
  });
  await step('delete two at once by keyboard, in a dialog that names both and their settings', async () => {
    await (await workbench.treeRow('Machines', 'db')).click();
    await workbench.press('Shift+ArrowDown');
    await workbench.press('Delete');
    const dialog = JSON.stringify(await workbench.until('a dialog', () => workbench.dialog()));
    assert.match(
      dialog,
      /Delete 2 images\?.*db \(directory.*\/etc\/systemd\/nspawn\/db\.nspawn.*db2 \(directory.*settings files \(\.nspawn\) too/s,
    );
    await workbench.screenshot('delete-two');
    await workbench.answerDialog('Delete');
    await labelled('Machines', 'web');
    await beside(['test', '!', '-e', '/etc/systemd/nspawn/db.nspawn']);
  });
  await step('reach the menu of a row by keyboard', async () => {
    await (await workbench.treeRow('Machines', 'web')).click();
    await workbench.press('Shift+F10');
    await workbench.until('the menu', async () =>
      (await workbench.page.locator('.context-view .monaco-menu .action-label:visible').allInnerTexts()).includes('Power Off'),
    );
    await workbench.press('Escape');
  });
  await step('take the first steps, in a light and in a dark window', async () => {
    await workbench.runCommand('View: Close All Editors');
    if ((await workbench.page.locator('.part.panel:visible').count()) > 0) await workbench.press('Control+J'); // space for the pictures
    await workbench.press('Control+B');
    await workbench.runCommand('Welcome: Open Walkthrough...');
    await workbench.acceptQuickPick('Machines with systemd-nspawn');
    const steps = workbench.page.locator('.getting-started-step .step-title');
    const titles = await workbench.until('five steps', async () => {
      const seen = await steps.allInnerTexts();
      return seen.length === 5 && seen;
    });
    assert.deepEqual(
      titles.map((title) => title.trim()),
      ['See your machines', 'Get an image', 'Start it', 'Go inside', 'Change how it runs'],
    );
    for (const theme of ['light', 'dark']) {
      for (const [i, title] of titles.entries()) {
        await steps.nth(i).click();
        await workbench.until(
          `the step ${title}`,
          async () => (await workbench.page.locator('.getting-started-step.expanded .step-title').innerText()) === title,
        );
        await workbench.until('its picture', async () => {
          const pictures = await Promise.all(
            workbench.page.frames().map((frame) =>
              frame
                .locator('svg:visible')
                .count()
                .catch(() => 0),
            ),
          );
          return pictures.slice(1).some((count) => count > 0);
        });
        await workbench.screenshot(`step-${theme}-${i + 1}`);
      }
      if (theme === 'light') await workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
    }
    await steps.first().click();
    await workbench.page.locator('.getting-started-step.expanded').getByRole('button', { name: 'Show Machines' }).click();
    await workbench.treeRow('Machines', 'web');
    await workbench.page.locator('.getting-started-step.expanded .codicon-getting-started-step-checked.complete').waitFor();
  });
});
await scenario('errors', { permit: true, session: true }, async () => {
  const rules = '/etc/polkit-1/rules.d',
    unitState = async (name) => (await beside(['systemctl', 'is-active', `systemd-nspawn@${name}.service`], [0, 3])).trim();
  const fill = async (label, text) => {
    await workbench.page.locator('.quick-input-widget:visible', { hasText: label }).waitFor();
    await workbench.answerInput(text);
  };
  await step('hear of a download that says nothing any more, and of its end once', async () => {
    const server =
      'require("http").createServer((_, r) => { r.writeHead(200, { "Content-Length": 1e6 }); r.write("x".repeat(1000)); }).listen(8099)';
    await beside(['systemd-run', '--quiet', nodePath, '-e', server]);
    await workbench.openView('Machines');
    await workbench.runCommand('Machines: Download tar Archive…');
    await fill('URL to download', 'http://127.0.0.1:8099/slow.tar.gz');
    await fill('Name of the new image', 'slow');
    await workbench.acceptQuickPick('Do not verify');
    await workbench.until('its row', async () => (await workbench.treeRows('Transfers')).some(({ label }) => label === 'slow'));
    await told(/The download of slow has made no progress for a minute.*Cancel it and download again/, 120_000);
    await workbench.answerNotification('has made no progress for a minute', 'Cancel Transfer');
    await workbench.until('systemd to have ended it', async () => !/slow/.test(await beside(['machinectl', 'list-transfers'])));
    await workbench.until(
      'its row to go',
      async () => (await workbench.page.locator('.pane-header[aria-label^="Transfers"]').count()) === 0,
    );
    await workbench.until('its program to end', async () => !/^\S*machinectl pull-tar/m.test(await beside(['ps', '-ww', '-eo', 'args='])));
    const said = await workbench.page.locator('.notification-toast').allInnerTexts();
    assert.deepEqual(
      said.filter((text) => /exit status/.test(text)),
      [],
    );
    await dismiss();
  });
  await step('start what cannot be booted, and learn what is missing before', async () => {
    await beside(['mkdir', '-p', '/var/lib/machines/empty/usr', '/var/lib/machines/noinit/etc']);
    await beside(['touch', '/var/lib/machines/noinit/etc/os-release']);
    await beside(['chmod', '755', '/var/lib/machines']);
    await workbench.clickViewAction('Machines', 'Refresh');
    for (const [name, why] of [
      ['empty', /^empty cannot be booted: it has neither \/etc\/os-release nor \/usr\/lib\/os-release.*Boot=no/],
      ['noinit', /^noinit cannot be booted: it has no init: none of \/usr\/lib\/systemd\/systemd, .*\/sbin\/init/],
    ]) {
      await workbench.clickInlineAction(await workbench.treeRow('Machines', name), 'Start');
      assert.deepEqual((await told(why)).buttons, ['Start Anyway']);
      assert.equal(await unitState(name), 'inactive');
      await dismiss();
    }
  });
  await step('be denied by polkit, and get the rule that would allow it to read, and no more', async () => {
    await beside([
      'sh',
      '-c',
      `echo 'polkit.addRule(function (a) { if (/manage-images/.test(a.id)) return polkit.Result.NO; });' >${rules}/00-deny.rules`,
    ]);
    const before = await beside(['ls', '-R', '/etc/polkit-1', '/usr/share/polkit-1']);
    await workbench.until(
      'the rule to count',
      async () => (await rig.run(['machinectl', 'read-only', 'db', 'false'], { user: rig.user.name })).code !== 0,
    );
    await workbench.contextMenu(await workbench.treeRow('Images', 'db'), 'Make Read-Only');
    assert.deepEqual((await told(/failed \(exit status 1\).*polkit does not allow you this/)).buttons, ['Show polkit Rule']);
    await workbench.answerNotification('polkit does not allow you this', 'Show polkit Rule');
    const rule = await workbench.until('the rule', async () => {
      const text = await workbench.editorText();
      return /polkit\.addRule/.test(text) && text;
    });
    assert.match(
      rule,
      /Save as \/etc\/polkit-1\/rules\.d\/50-nspawn\.rules[^]*subject\.user !== "tester"[^]*"org\.freedesktop\.machine1\.manage-images"/,
    );
    assert.equal(await beside(['ls', '-R', '/etc/polkit-1', '/usr/share/polkit-1']), before);
    await beside(['rm', `${rules}/00-deny.rules`]);
  });
  await step('choose a name that is taken, or one that systemd would not find again', async () => {
    await workbench.contextMenu(await workbench.treeRow('Images', 'db'), 'Clone…');
    await workbench.page.locator('.quick-input-widget:visible input').first().fill('web');
    await workbench.page.locator('.quick-input-message', { hasText: 'An image called web exists already.' }).waitFor();
    await workbench.page.locator('.quick-input-widget:visible input').first().fill('web.v');
    await workbench.page.locator('.quick-input-message', { hasText: 'systemd reads the ending ".v" as a type of image' }).waitFor();
    await workbench.press('Escape');
  });
  await step('limit an image where there is no btrfs', async () => {
    await workbench.contextMenu(await workbench.treeRow('Images', 'db'), 'Set Size Limit…');
    await fill('Maximum size', '500M');
    await told(/Limits are btrfs quotas, and \/var\/lib\/machines is not on btrfs/);
    await dismiss();
  });
  await step('delete an image that is busy', async () => {
    await beside([
      'systemd-run',
      '--quiet',
      '--unit=other',
      'systemd-nspawn',
      '--quiet',
      '--boot',
      '--machine=other',
      '--directory=/var/lib/machines/db',
    ]);
    await workbench.until('it to be there', async () => (await labels('Machines')).includes('other'));
    await workbench.contextMenu(await workbench.treeRow('Images', 'db'), 'Delete Image…');
    await workbench.until('a dialog', () => workbench.dialog());
    await workbench.answerDialog('Delete');
    await told(/The image is busy.*something else uses it/);
    await dismiss();
    await beside(['machinectl', 'terminate', 'other']);
    await workbench.until('it to go', async () => !(await labels('Machines')).includes('other'));
  });
  await step('ask for a shell where nobody can give one', async () => {
    /** The processes of terminals of shells, open to be read. */
    const waiting = async () =>
      (await beside(['ps', '-ww', '-eo', 'pid=,args=']))
        .split('\n')
        .filter((line) => /terminal-wrapper\.js .* shell /.test(line))
        .map((line) => line.trim().split(' ', 1)[0]);
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'db'), 'Start');
    await state('db', 'running');
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'db'), 'Open Shell');
    await told(/This needs D-Bus and systemd inside.*install dbus in the machine/);
    const words = () =>
      workbench.until('the words of the system', async () =>
        /Failed to get shell PTY.*[^]*machinectl ended with exit status 1\. Press any key/.test(await workbench.terminalText()),
      );
    await words();
    // Another try takes the place of the one that failed.
    const [first, ...more] = await waiting();
    assert.deepEqual(more, []);
    await workbench.answerNotification('This needs D-Bus and systemd inside', 'Try Again');
    await workbench.until('another terminal in its place', async () => {
      const [second, ...others] = await waiting();
      return second !== undefined && second !== first && others.length === 0;
    });
    await told(/This needs D-Bus and systemd inside/);
    await words();
    await workbench.typeInTerminal(' ');
    await workbench.until('the terminal to close', async () => !/Failed to get shell PTY/.test(await workbench.terminalText()));
    await dismiss();
  });
  await step('bind into a machine with users of its own', async () => {
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'web'), 'Start');
    await state('web', 'running');
    await workbench.contextMenu(await workbench.treeRow('Machines', 'web'), 'Bind Mount Host Path…');
    const dialog = workbench.page.locator('.quick-input-widget:visible', { hasText: 'Host path to bind into web' });
    const box = dialog.locator('input').first(),
      choose = dialog.getByRole('button', { name: 'Choose' });
    await workbench.until('the dialog to know where it is', async () => (await box.inputValue()).endsWith('/'));
    // What is chosen before the dialog has looked at the path is not taken.
    await workbench.until('the path to be taken', async () => {
      if ((await dialog.count()) === 0) return true;
      if (!/^\/srv\/?$/.test(await box.inputValue({ timeout: 1000 }).catch(() => '')))
        await box.fill('/srv', { timeout: 1000 }).catch(() => {});
      await choose.click({ timeout: 1000 }).catch(() => {});
      return false;
    });
    await fill('Path inside the machine', '/mnt/srv');
    await workbench.acceptQuickPick('Read-only');
    await told(/Mounts cannot be added to a running machine that uses user namespaces\. Write Bind= into its settings file/);
    await dismiss();
  });
});
await scenario('images', { permit: true, session: false, tree: '262' }, async () => {
  const menu = async (view, name) => {
    const items = await workbench.openContextMenu(await workbench.treeRow(view, name));
    await workbench.press('Escape');
    return items.filter((item) => /^(Clone|Rename|Make|Set|Export|Delete)/.test(item));
  };
  await step('see images of every type, as what they are', async () => {
    for (const [name, type] of [
      ['disk', 'raw'],
      ['device', 'block'],
      ['stack', 'mstack'],
    ])
      await rig.addMachine(name, type);
    await workbench.openView('Machines');
    await workbench.clickViewAction('Machines', 'Refresh');
    await labelled('Images', 'db', 'device', 'disk', 'stack', 'web');
    const rows = Object.fromEntries((await workbench.treeRows('Images')).map((row) => [row.label, row]));
    assert.deepEqual([rows.device.description, rows.device.ariaLabel], ['block · 34 MB', 'image device, block, 34 MB']);
    assert.deepEqual([rows.stack.description, rows.stack.ariaLabel], ['mstack', 'image stack, mstack']);
    for (const [name, icon] of [
      ['device', 'database'],
      ['stack', 'layers'],
    ]) {
      assert.equal(await (await workbench.treeRow('Images', name)).locator(`.codicon-${icon}`).count(), 1, name);
    }
    await tooltip('Images', 'device', /Type: block\s+Path: \/dev\/loop\d+\s+Size: 34 MB\s+Limit: 34 MB\s+Read-only: no/);
    await tooltip('Images', 'stack', /Type: mstack\s+Path: \/var\/lib\/machines\/stack\.mstack\s+Read-only: no\s+Created: /);
    await tooltip('Machines', 'stack', /State: stopped[^]*Image: mstack/);
    await workbench.screenshot('types');
  });
  await step('be offered what systemd does with each', async () => {
    assert.deepEqual(await menu('Images', 'device'), ['Rename…', 'Make Read-Only', 'Set Size Limit…', 'Delete Image…']);
    assert.deepEqual(await menu('Images', 'stack'), ['Set Size Limit…', 'Export as tar…', 'Delete Image…']);
    assert.deepEqual(await menu('Images', 'disk'), [
      'Clone…',
      'Rename…',
      'Make Read-Only',
      'Set Size Limit…',
      'Export as Disk Image…',
      'Delete Image…',
    ]);
    assert.deepEqual(await menu('Machines', 'device'), ['Rename…', 'Delete Image…']);
    assert.deepEqual(await menu('Machines', 'stack'), ['Delete Image…']);
    assert.deepEqual(await menu('Machines', 'web'), ['Clone…', 'Rename…', 'Delete Image…']);
  });
  await step('mark a device read-only, and writable again', async () => {
    const marked = (item, wanted) =>
      workbench
        .contextMenu(row, item)
        .then(() =>
          workbench.until(
            `it to be ${wanted}`,
            async () => (await workbench.treeRows('Images')).find(({ label }) => label === 'device')?.description === wanted,
          ),
        );
    const row = await workbench.treeRow('Images', 'device');
    await marked('Make Read-Only', 'block · 34 MB · read-only');
    await marked('Make Writable', 'block · 34 MB');
  });
  await step('be told what cannot be done with them, and why', async () => {
    await (await workbench.treeRow('Images', 'stack')).click();
    await workbench.press('F2');
    await told(/systemd cannot rename an mstack/);
    await dismiss();
    await (await workbench.treeRow('Images', 'device')).click();
    await workbench.press('F2');
    await told(/device cannot be renamed: it is a link to \/dev\/loop\d+, and systemd does not rename devices below \/dev/);
    await dismiss();
    await workbench.contextMenu(await workbench.treeRow('Images', 'device'), 'Delete Image…');
    const dialog = JSON.stringify(await workbench.until('a dialog', () => workbench.dialog()));
    assert.match(dialog, /device \(block, 34 MB, \/dev\/loop\d+\).*device: only the settings files \(\.nspawn\) are deleted/);
    assert.doesNotMatch(dialog, /everything in them/);
    await workbench.screenshot('delete-device');
    await workbench.answerDialog('Cancel');
  });
  await step('start a device', async () => {
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'device'), 'Start');
    await state('device', 'running');
    assert.ok((await machines()).includes('device'));
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'device'), 'Power Off');
    await state('device', 'stopped');
  });
  await step('start a stack, learn what it needs, and give it that', async () => {
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'stack'), 'Start');
    await told(/The unit of stack failed.*An mstack \(stack\) needs PrivateUsers=managed or PrivateUsers=no in its settings file/);
    await dismiss();
    await state('stack', 'failed');
    await beside(['mkdir', '-p', '/etc/systemd/nspawn']);
    await beside(['sh', '-c', 'printf "[Exec]\\nPrivateUsers=no\\n" >/etc/systemd/nspawn/stack.nspawn']);
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'stack'), 'Start');
    await state('stack', 'running');
    assert.equal(await workbench.until('its row', async () => (await rowOf('stack'))?.description), 'Tiny Linux');
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'stack'), 'Power Off');
    await state('stack', 'stopped');
  });
  await step('delete a stack, and its settings with it', async () => {
    await workbench.contextMenu(await workbench.treeRow('Machines', 'stack'), 'Delete Image…');
    assert.match(
      JSON.stringify(await workbench.until('a dialog', () => workbench.dialog())),
      /stack \(mstack, .*stack\.mstack\).*stack\.nspawn.*everything in them/,
    );
    await workbench.answerDialog('Delete');
    await labelled('Images', 'db', 'device', 'disk', 'web');
    await beside(['test', '!', '-e', '/etc/systemd/nspawn/stack.nspawn']);
  });
});
await scenario('safe', { permit: true, session: true }, async (workspace) => {
  /** Processes that a command of ours has started, and what manages them. */
  const ours = async () =>
    (await beside(['ps', '-ww', '-eo', 'args=']))
      .split('\n')
      .filter((line) => /client\/dist\/terminal-wrapper\.js|machinectl.* shell |journalctl --follow/.test(line));
  let folder = ''; // of the socket that they report to
  const sockets = async () => (await beside(['find', folder], [0, 1])).split('\n');
  const nothingLeft = () =>
    workbench.until('nothing of ours to be left', async () => {
      const left = [...(await ours()), ...(await sockets())].filter((one) => one !== '');
      if (left.length > 0) throw new Error(left.join('\n'));
      return true;
    });
  const tabs = () => workbench.page.locator('.terminal-tabs-entry, .single-terminal-tab').allInnerTexts();
  const open = async () => {
    const openShell = async () => workbench.clickInlineAction(await workbench.treeRow('Machines', 'web'), 'Open Shell');
    await workbench.openView('Machines');
    await openShell();
    await workbench.until('a prompt', async () => {
      // Extensions that have just been started again do not know a row that VS Code still shows, and ask which machine is meant.
      if ((await workbench.page.locator('.quick-input-widget:visible').count()) > 0) {
        await workbench.press('Escape');
        await openShell();
      }
      return /root@web/.test(await workbench.terminalText());
    });
    await workbench.contextMenu(await workbench.treeRow('Machines', 'web'), 'Follow Unit Log');
    await workbench.until('both to run', async () => (await ours()).length >= 4);
    folder = path.dirname(/terminal-wrapper\.js (\S+)/.exec((await ours()).join())?.[1] ?? '');
    assert.ok((await sockets()).includes(path.join(folder, 'socket')), folder);
  };
  await step('start a machine while something is not saved, which stays so', async () => {
    await workbench.openFile('web.nspawn');
    await workbench.press('Control+End');
    await workbench.typeText('# not ready to be saved');
    const file = path.join(workspace, 'web.nspawn'),
      before = readFileSync(file, 'utf8');
    await workbench.openView('Machines');
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'web'), 'Start');
    await workbench.until('systemd to run it', async () => (await machines()).includes('web'));
    await workbench.until('its row', async () => /web, running/.test((await rowOf('web'))?.ariaLabel ?? ''));
    await workbench.until(
      'the terminal to have closed',
      async () => (await ours()).length === 0 && (await workbench.page.locator('.terminal-wrapper:visible').count()) === 0,
    );
    assert.equal(readFileSync(file, 'utf8'), before);
    assert.equal(await workbench.page.locator('.tab.active.dirty').count(), 1);
    await workbench.runCommand('File: Revert File');
  });
  await step('reload the window, and no shell and no log is left', async () => {
    await workbench.until('its bus', async () =>
      /running|degraded/.test(await beside(['systemctl', '-M', 'web', 'is-system-running'], [0, 1])),
    );
    await open();
    await workbench.runCommand('Developer: Reload Window');
    await workbench.page.waitForLoadState();
    await nothingLeft();
    await workbench.until('the sidebar to be back', async () => /web, running/.test((await rowOf('web'))?.ariaLabel ?? ''), 60_000);
    assert.doesNotMatch((await tabs()).join(), /web/);
  });
  await step('have the extensions killed, and no process is left', async () => {
    await open();
    await beside(['pkill', '-KILL', '-f', '--', '--type=extensionHost']);
    await workbench.until('no process to be left', async () => (await ours()).length === 0);
    await workbench.until('the terminals to have closed', async () => !/web/.test((await tabs()).join()));
  });
  await step('close the window, and nothing is left', async () => {
    await open();
    await workbench.page.goto('about:blank');
    await nothingLeft();
    await workbench.open(vscode.url);
  });
  await step('disable the extension, and nothing is left', async () => {
    await open();
    await workbench.runCommand('Extensions: Disable All Installed Extensions');
    await workbench.press('Control+Shift+X');
    const reload = workbench.page.locator('.extensions-viewlet').getByText('Reload Window');
    await reload.waitFor();
    await workbench.screenshot('disabling');
    await reload.click();
    await nothingLeft();
    await workbench.until(
      'the icon to have gone',
      async () =>
        (await workbench.page.locator('.activitybar .action-item').count()) > 3 &&
        (await workbench.page.locator('.activitybar .action-item:has(.action-label[aria-label^="Machines"])').count()) === 0,
    );
  });
});
await scenario('words', { permit: true, session: true }, async () => {
  const link = '[Click](command:workbench.action.toggleSidebarVisibility)',
    odd = `${link}$(trash)\u202eraw`;
  /** What of a part of the window is more than text. */
  const alive = (part) => workbench.page.locator(part).locator('a[href], a[data-href], .codicon-trash, img').count();
  await step('add a host whose ssh says a link, and read it', async () => {
    await beside([
      'sh',
      '-c',
      `printf '%s\\n' '#!/bin/sh' 'echo "$0: ${link.replaceAll('$', '\\$')} www.example.org a@example.org" >&2' 'exit 255' >/usr/local/bin/ssh; chmod 755 /usr/local/bin/ssh`,
    ]);
    await workbench.openView('Machines');
    await workbench.runCommand('Machines: Add Host…');
    await workbench.answerInput('evil');
    await (await workbench.treeRow('Machines', 'evil')).hover();
    await workbench.until('the tooltip', async () =>
      /cannot be reached.*Click.*command:workbench/s.test((await workbench.page.locator('.monaco-hover:visible').allInnerTexts()).join()),
    );
    await workbench.screenshot('words-tooltip');
    assert.equal(await alive('.monaco-hover:visible .hover-contents'), 0);
    await workbench.press('Escape');
  });
  await step('be told of it, without anything to click on but the buttons', async () => {
    await workbench.runCommand('Machines: Start');
    await workbench.acceptQuickPick('evil');
    const { message } = await told(/evil cannot be reached/);
    assert.match(message, /\[Click\] \(command:workbench\.action\.toggleSidebarVisibility\)/);
    await workbench.screenshot('words-notification');
    assert.equal(await alive('.notification-toast .notification-list-item-message'), 0);
    await workbench.page.locator('.notification-toast .notification-list-item-message').first().click();
    assert.equal(await workbench.page.locator('.part.sidebar:visible').count(), 1, 'nothing was run');
    await dismiss();
    await workbench.runCommand('Machines: Remove Host…');
    await workbench.acceptQuickPick('evil');
    await beside(['rm', '/usr/local/bin/ssh']);
  });
  await step(
    'see an image that is called like a link, an icon and something turned around, and be asked about it by its name',
    async () => {
      await beside(['mkdir', `/var/lib/machines/${odd}`, '/var/lib/machines/twin', '/var/lib/machines/twin\u200b']);
      await workbench.clickViewAction('Machines', 'Refresh');
      const shown = '[Click] (command:workbench.action.toggleSidebarVisibility)$(trash)\\u{202E}raw';
      const row = await workbench.treeRow('Images', shown);
      await row.hover();
      await workbench.until('the tooltip', async () =>
        /Path: .*Click/.test((await workbench.page.locator('.monaco-hover:visible').allInnerTexts()).join()),
      );
      assert.equal(await alive('.monaco-hover:visible .hover-contents'), 0);
      await workbench.press('Escape');
      await workbench.contextMenu(row, 'Delete Image…');
      assert.ok(JSON.stringify(await workbench.until('a dialog', () => workbench.dialog())).includes('trash)\\\\u{202E}raw'));
      await workbench.screenshot('words-dialog');
      await workbench.answerDialog('Cancel');
      await workbench.treeRow('Images', 'twin');
      await workbench.contextMenu(await workbench.treeRow('Images', 'twin\\u{200B}'), 'Delete Image…');
      assert.ok(JSON.stringify(await workbench.until('a dialog', () => workbench.dialog())).includes('Delete the image twin\\\\u{200B}?'));
      await workbench.answerDialog('Cancel');
    },
  );
  await step('find it in a picker, without an icon', async () => {
    await workbench.runCommand('Machines: Clone…');
    await workbench.until('the picker', async () => (await workbench.quickPickItems()).some(({ label }) => label.includes('Click')));
    assert.equal(await alive('.quick-input-widget:visible .quick-input-list'), 0);
    await workbench.screenshot('words-picker');
    await workbench.press('Escape');
  });
});
finish();
