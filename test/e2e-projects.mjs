// End-to-end: mkosi projects and the language server, with a screenshot of every step in artifacts/e2e-projects. No systemd is
// needed, and mkosi is a fake that only writes down how it is run, except in the last scenario.
// First: in a workspace that is not trusted nothing of it is executed, until it is trusted.
// Second: the projects of a workspace of two folders, their view, menus, tasks and problems.
// Third: the language server starts with the first file of ours, comes back, and leaves nothing running.
// Fourth: what real mkosi says, of each release that Debian carries, is at the lines that it is about.
//   node test/e2e-projects.mjs [path of a .vsix] [--only untrusted|projects|language|real]
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { vsixPath } from '../tools/package.mjs';
import { root } from '../tools/setup.mjs';
import { mkosiOf, prepare, starter, suites } from './replay/mkosi.mjs';
import { installVSCode } from './rig/vscode/install.mjs';
import { FakeMkosi } from './support/fake-mkosi.mjs';
import { finish } from './support/results.mjs';
import { scenarios } from './support/scenarios.mjs';

const {
  values: { only },
  positionals: [given],
} = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } });
const vsix = path.resolve(given ?? vsixPath()),
  shots = path.join(root, 'artifacts/e2e-projects');
let mkosi, vscode, workbench, workspace;
const { counts, step, skip, attempt } = scenarios(() => workbench, only !== undefined);
await installVSCode();
const { openBrowser, startVSCode } = await import('./rig/vscode/vscode.mjs');
const { Workbench } = await import('./rig/vscode/workbench.mjs');

/** Writes a file of the workspace. */
function put(name, text, mode = 0o644) {
  const file = path.join(workspace, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

/**
 * Opens VS Code on a workspace that `fill` has made, takes the steps, and takes everything down again.
 * @param {{ trust: boolean, opens?: string }} how `opens`: a .code-workspace in it
 */
async function scenario(name, { trust, opens }, fill, steps) {
  if (only !== undefined && only !== name) return;
  let browser;
  await attempt(
    name,
    async () => {
      mkosi = new FakeMkosi();
      workspace = mkdtempSync(path.join(tmpdir(), 'nspawn-projects-'));
      fill();
      // VS Code asks a login shell for the PATH, and /etc/profile sets it anew.
      mkosi.put('user/.bash_profile', `PATH='${mkosi.home}':$PATH\n`);
      const env = { HOME: path.join(mkosi.home, 'user'), PATH: `${mkosi.home}:${process.env.PATH}` };
      vscode = await startVSCode({ workspace, vsix: [vsix], trust, env });
      browser = await openBrowser();
      workbench = new Workbench(browser.page, { shots, timeoutMs: 60_000 });
      await workbench.open(
        opens === undefined ? vscode.url : `${vscode.origin}/?${new URLSearchParams({ workspace: path.join(workspace, opens) })}`,
      );
      await steps();
    },
    async (well) => {
      await browser?.close();
      await vscode?.stop();
      if (!well) vscode?.saveLogs(shots);
      browser = workbench = vscode = undefined;
      mkosi.remove();
      rmSync(workspace, { recursive: true, force: true });
    },
  );
}

/** Waits until the status bar says that files are checked so. @param {RegExp} wanted */
const statusIs = (wanted) =>
  workbench.until(`${wanted} in the status bar`, async () => (await workbench.statusBar()).some((text) => wanted.test(text)));
const lenses = () => workbench.page.locator('.codelens-decoration a').allInnerTexts();
/** Unfolds or folds a view of the explorer. */
async function fold(view, wanted) {
  const header = workbench.page.locator(`.part.sidebar .pane-header[aria-label^="${view}"]`).first();
  await header.waitFor();
  if ((await header.getAttribute('aria-expanded')) === String(wanted)) await header.click();
}
/** Shows the view of projects, which is folded below the files at first, in all of the side bar. */
async function openProjects() {
  await workbench.openView('Explorer');
  await fold('mkosi', false);
  await fold('Explorer', true);
}
const activeTab = () => workbench.page.locator('.editor-group-container.active .tab.active').getAttribute('aria-label');

/** A file that is there when something of the workspace was executed. */
const betrayal = () => path.join(workspace, 'executed');
await scenario(
  'untrusted',
  { trust: false },
  () => {
    cpSync(path.join(root, 'examples'), workspace, { recursive: true });
    const script = `#!/bin/sh\ntouch '${betrayal()}'\necho 1\n`;
    put('image/mkosi.version', script, 0o755);
    put('mkosi', script, 0o755);
    put('needs/mkosi.conf', '[Config]\nMinimumVersion=24\n');
    put('needs/mkosi.images/base.conf', '[Content]\nPackages=systemd\n');
    put(
      '.vscode/settings.json',
      JSON.stringify({
        'nspawn.mkosi.checkOnSave': true,
        'nspawn.mkosi.checkAfterFailedTask': true,
        'nspawn.mkosiVersion': 20,
        'nspawn.systemdVersion': 240,
        'nspawn.elevation': 'sudo',
      }),
    );
    put(
      '.vscode/tasks.json',
      JSON.stringify({
        version: '2.0.0',
        tasks: [{ type: 'mkosi', verb: 'build', folder: 'image', label: 'sneak', runOptions: { runOn: 'folderOpen' } }],
      }),
    );
  },
  async () => {
    const unheard = () => {
      assert.deepEqual(mkosi.runs(), []);
      assert.equal(readdirSync(workspace).includes('executed'), false);
    };
    await step('edit a file that is not trusted', async () => {
      await workbench.openFile('image/mkosi.conf');
      // The newest release: the one that the workspace wants is not asked for, and mkosi neither.
      await statusIs(/^Checked against mkosi 27[.\d]*, the newest known version$/);
      await workbench.press('Control+End');
      await workbench.typeText('\nBoot');
      await workbench.acceptSuggestion('Bootable');
      await workbench.press('Escape');
      await workbench.press('Control+S');
      await workbench.until('the saved file', () => readFileSync(path.join(workspace, 'image/mkosi.conf'), 'utf8').includes('Bootable='));
      assert.deepEqual(await lenses(), []);
      unheard();
    });
    await step('see which version each file is checked against, and why', async () => {
      const asked = /^Checked against mkosi 24, from MinimumVersion= of this project$/;
      await workbench.openFile('needs/mkosi.images/base.conf');
      await statusIs(asked);
      await workbench.screenshot('checked-by-minimum');
      await workbench.openFile('image/mkosi.conf');
      await statusIs(/^Checked against mkosi 27[.\d]*, the newest known version$/);
      await workbench.openFile('needs/mkosi.conf');
      await statusIs(asked);
      await workbench.press('Control+End');
      await workbench.typeText('\n# nothing\nMinimumVersion=26');
      await statusIs(/^Checked against mkosi 26, from MinimumVersion= of this project/);
      await workbench.press('Control+S');
      await workbench.openFile('legacy/mkosi.default');
      await statusIs(/^Checked against mkosi 14, the last version that reads files of this name$/);
      unheard();
    });
    await step('ask for tasks, and not be asked by mkosi but by VS Code for trust first', async () => {
      await workbench.runCommand('Tasks: Run Task');
      const dialog = workbench.page.locator('.monaco-dialog-box', { hasText: 'Do you trust the authors' });
      await dialog.waitFor();
      unheard();
      await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
      await dialog.waitFor({ state: 'hidden' });
      assert.ok((await workbench.statusBar()).some((text) => /Restricted Mode/.test(text)));
      unheard();
    });
    await step('see what the project consists of', async () => {
      await openProjects();
      await (await workbench.treeRow('mkosi', 'image')).click();
      const rows = await workbench.until('its parts', async () => {
        const seen = await workbench.treeRows('mkosi');
        return seen.some((r) => r.label === 'mkosi.version') && seen;
      });
      assert.ok(
        rows.some((r) => /mkosi\.version, version of the image, executable: mkosi runs it/.test(r.ariaLabel)),
        JSON.stringify(rows),
      );
      unheard();
    });
    for (const title of ['Build Image', 'Show Summary', 'Shell in Image', 'Clean', 'Check with mkosi', 'Show Effective Configuration']) {
      await step(`be refused: ${title}`, async () => {
        await workbench.openFile('image/mkosi.conf');
        await workbench.runCommand(`mkosi: ${title}`);
        const [said] = await workbench.notifications();
        assert.match(said.message, /executes files of the workspace.*Trust this workspace/);
        assert.deepEqual(said.buttons, ['Manage Workspace Trust']);
        unheard();
        await workbench.screenshot(`refused-${title.replaceAll(' ', '-')}`);
        await workbench.runCommand('Notifications: Clear All Notifications');
      });
    }
    await step('trust it, and have mkosi', async () => {
      await workbench.runCommand('mkosi: Build Image');
      await workbench.answerNotification('Trust this workspace', 'Manage Workspace Trust');
      unheard();
      await workbench.page
        .locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ })
        .first()
        .click();
      await workbench.until(
        'the end of the restricted mode',
        async () => !(await workbench.statusBar()).some((text) => /Restricted Mode/.test(text)),
      );
      await workbench.page.locator('.monaco-modal-editor-block .action-label.codicon-close').first().click();
      await workbench.page.locator('.tabs-container .tab[aria-label*="mkosi.conf"]').first().click();
      await workbench.until('mkosi to be asked for its release', () => mkosi.runs().includes('/|--version|'));
      await statusIs(/^Checked against mkosi 20, chosen in the settings$/);
      await workbench.until('what can be done with it', async () => (await lenses()).some((text) => text.includes('Build')));
      await workbench.runCommand('mkosi: Build Image');
      await workbench.until('a build', () => mkosi.runs().includes(`${path.join(workspace, 'image')}|build|`));
    });
  },
);

await scenario(
  'projects',
  { trust: true, opens: 'both.code-workspace' },
  () => {
    cpSync(path.join(root, 'examples'), path.join(workspace, 'one'), { recursive: true });
    put('both.code-workspace', JSON.stringify({ folders: [{ path: 'one' }, { path: 'two' }] }));
    put('two/mkosi.conf', '[Output]\nFormat=disk\n\n[Content]\nPackages=systemd\n');
    put('two/mkosi.conf.d/20-late.conf', '[Content]\nPackages=vim\n');
    put('two/mkosi.conf.d/10-early.conf', '[Content]\nPackages=bash\n');
    put('two/mkosi.profiles/dev.conf', '[Content]\nPackages=gdb\n');
    put('two/mkosi.profiles/test/mkosi.conf', '[Content]\nPackages=strace\n');
    put('two/mkosi.images/base/mkosi.conf', '[Output]\nFormat=directory\n');
    put('two/mkosi.images/base/mkosi.postinst', '#!/bin/sh\n', 0o755);
    put('two/mkosi.build', '#!/bin/sh\n', 0o644);
    put('two/mkosi.postinst', '#!/bin/sh\n', 0o755);
    put('two/mkosi.version', '1\n');
    put('two/mkosi.nspawn', '[Exec]\nBoot=yes\n');
    put('two/mkosi.extra/etc/motd', 'hello\n');
  },
  async () => {
    await step('see the projects of both folders', async () => {
      await openProjects();
      await (await workbench.treeRow('mkosi', 'two')).click();
      const rows = await workbench.until('the parts', async () => {
        const seen = await workbench.treeRows('mkosi');
        return seen.some((r) => r.label === 'mkosi.nspawn') && seen;
      });
      assert.deepEqual(
        rows.map((r) => `${r.level} ${r.label}`),
        [
          '1 image',
          '1 legacy',
          '1 two',
          '2 mkosi.conf',
          '2 mkosi.conf.d',
          '2 mkosi.profiles',
          '2 mkosi.images',
          '2 mkosi.build',
          '2 mkosi.postinst',
          '2 mkosi.version',
          '2 mkosi.nspawn',
          '2 mkosi.extra',
        ],
      );
      assert.match(rows.find((r) => r.label === 'mkosi.build').ariaLabel, /not executable, mkosi will not run it/);
      assert.match(rows.find((r) => r.label === 'two').ariaLabel, /mkosi project two/);
    });
    await step('go through them by the keyboard', async () => {
      await (await workbench.treeRow('mkosi', 'mkosi.conf')).click();
      await workbench.press('ArrowDown');
      await workbench.press('ArrowRight');
      await workbench.treeRow('mkosi', '20-late.conf');
      await workbench.press('ArrowDown');
      await workbench.press('Enter');
      await workbench.until('the first drop-in', async () => /10-early\.conf/.test(await activeTab()));
      const rows = await workbench.treeRows('mkosi');
      assert.deepEqual(
        rows.filter((r) => r.level === 3).map((r) => `${r.label} ${r.description}`),
        ['10-early.conf 1 of 2', '20-late.conf 2 of 2'],
      );
    });
    await step('make a script executable', async () => {
      await workbench.clickInlineAction(await workbench.treeRow('mkosi', 'mkosi.build'), 'Make Script Executable');
      await workbench.until('its mode', () => (statSync(path.join(workspace, 'two/mkosi.build')).mode & 0o777) === 0o755);
      await workbench.until('its row', async () =>
        (await workbench.treeRows('mkosi')).some((r) => r.label === 'mkosi.build' && r.description === 'builds from source'),
      );
    });
    await step('see a file that comes', async () => {
      put('two/mkosi.finalize', '#!/bin/sh\n', 0o755);
      await workbench.treeRow('mkosi', 'mkosi.finalize');
    });
    await step('have the menu of a project', async () => {
      const items = await workbench.openContextMenu(await workbench.treeRow('mkosi', 'two'));
      for (const item of [
        'Build Image',
        'Boot Image',
        'Check with mkosi',
        'Show Effective Configuration',
        'Migrate Configuration to a Newer mkosi',
      ]) {
        assert.ok(items.includes(item), items.join());
      }
      await workbench.screenshot('menu-of-a-project');
      await workbench.press('Escape');
    });
    await step('have the menu of a folder that is one', async () => {
      await fold('Explorer', false);
      const folder = workbench.page.locator('.explorer-folders-view .monaco-list-row[aria-label^="image"]').first();
      await workbench.until('the folder', async () => {
        if ((await folder.count()) === 0)
          await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'one' }).first().click();
        return (await folder.count()) > 0;
      });
      const items = await workbench.openContextMenu(folder);
      assert.ok(items.includes('Build Image') && items.includes('Check with mkosi'), items.join());
      await workbench.screenshot('menu-of-a-folder');
      await workbench.press('Escape');
      await fold('Explorer', true);
    });
    await step('have lenses and buttons on its main file', async () => {
      await (await workbench.treeRow('mkosi', 'mkosi.conf')).click();
      await workbench.until('the lenses', async () => (await lenses()).join(' ').includes('Summary'));
      await workbench.page.locator('.editor-actions .action-label[aria-label^="Build Image"]').first().waitFor();
      await workbench.page.locator('.editor-actions .action-label[aria-label^="Show Effective Configuration"]').first().waitFor();
    });
    await step('build with the profiles that are chosen', async () => {
      await workbench.runCommand('mkosi: Build Image With Profiles…');
      assert.deepEqual(
        (await workbench.quickPickItems()).map((i) => i.label),
        ['dev', 'test'],
      );
      for (const row of await workbench.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row').all())
        await row.click();
      await workbench.screenshot('profiles');
      await workbench.press('Enter');
      await workbench.until('the build', () => mkosi.runs().includes(`${path.join(workspace, 'two')}|--profile=dev|--profile=test|build|`));
    });
    await step('have the tasks of every project', async () => {
      await workbench.runCommand('Tasks: Run Task');
      await workbench.acceptQuickPick('Show All Tasks...');
      await workbench.page.locator('.quick-input-widget:visible input').first().fill('mkosi: build');
      const labels = await workbench.until('tasks', async () => {
        const seen = (await workbench.quickPickItems()).map((i) => i.label);
        return seen.includes('mkosi: build') && seen;
      });
      await workbench.screenshot('tasks');
      assert.ok(labels.includes('mkosi: build (image)') && labels.includes('mkosi: build (legacy)'), labels.join());
      await workbench.press('Escape');
    });
    await step('see where a setting comes from, and go there', async () => {
      const main = path.join(workspace, 'two/mkosi.conf'),
        early = path.join(workspace, 'two/mkosi.conf.d/10-early.conf');
      mkosi.answer(
        '',
        0,
        JSON.stringify({
          Images: [{ Image: 'main', Files: [main, early], Format: 'disk', Packages: ['systemd', 'bash'], Bootable: 'auto' }],
        }),
      );
      await (await workbench.treeRow('mkosi', 'mkosi.conf')).click();
      await workbench.runCommand('mkosi: Show Effective Configuration');
      await workbench.until('the view', async () =>
        /# from mkosi\.conf:5 mkosi\.conf\.d\/10-early\.conf:2/.test(await workbench.editorText()),
      );
      await workbench.page.locator('.editor-group-container.active .detected-link', { hasText: '10-early' }).first().waitFor();
      await workbench.clickText('10-early');
      await workbench.runCommand('Open Link');
      await workbench.until('the file', async () => /10-early\.conf/.test(await activeTab()));
      await workbench.until('the line', async () => (await workbench.statusBar()).some((text) => /^Ln 2, Col 1/.test(text)));
    });
    await step('see once what made a task fail', async () => {
      const main = path.join(workspace, 'two/mkosi.conf');
      mkosi.answer(`‣ ${main}: Setting Format should be configured in [Output], not [X].\n‣ 'disk' is not a valid OutputFormat\n`, 1);
      await (await workbench.treeRow('mkosi', 'mkosi.conf')).click();
      await workbench.runCommand('mkosi: Build Image');
      await workbench.until('the offer', async () => (await workbench.notifications()).some((n) => /mkosi failed: build/.test(n.message)));
      await workbench.screenshot('failed-task');
      assert.equal(mkosi.runs().at(-1), `${path.dirname(main)}|build|`, 'it is not asked again before somebody wants it');
      await workbench.answerNotification('mkosi failed', 'Locate');
      const problems = await workbench.until('both problems', async () => {
        // The extension shows the view; a palette that is open at that moment would be closed.
        const seen = (await workbench.page.locator('.markers-panel .monaco-list-row .marker-message').allInnerTexts()).map((m) => m.trim());
        return seen.some((m) => m.includes('OutputFormat')) && seen;
      });
      assert.deepEqual(problems.sort(), [
        "'disk' is not a valid OutputFormat",
        'Setting Format should be configured in [Output], not [X].',
      ]);
    });
    await step('always see what made a task fail, once that is wanted', async () => {
      const summaries = () => mkosi.runs().filter((run) => run.endsWith('|--json|summary|')).length,
        before = summaries();
      // Not through the palette: the view Problems, which the extension shows, would close it.
      const build = async () => workbench.clickInlineAction(await workbench.treeRow('mkosi', 'two'), 'Build Image');
      await build();
      await workbench.until('the offer', async () => (await workbench.notifications()).some((n) => /mkosi failed: build/.test(n.message)));
      await workbench.answerNotification('mkosi failed', 'Always');
      await workbench.until('a look at the project', () => summaries() === before + 1);
      await build();
      await workbench.until('a look that nobody asked for', () => summaries() === before + 2);
      assert.equal(await workbench.page.locator('.notification-toast', { hasText: 'mkosi failed' }).count(), 0);
    });
    await step('have no view of projects when there are none any more', async () => {
      await openProjects();
      const header = workbench.page.locator('.part.sidebar .pane-header[aria-label^="mkosi"]');
      await header.first().waitFor();
      for (const file of ['one/image/mkosi.conf', 'one/legacy/mkosi.default', 'two/mkosi.conf']) rmSync(path.join(workspace, file));
      await workbench.until('no view', async () => (await header.count()) === 0);
      put('two/mkosi.conf', '[Output]\nFormat=disk\n');
      await header.first().waitFor();
    });
  },
);

/** The language servers of this VS Code, by their process ids. */
function servers() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`RIG_PROFILE=${vscode.profile}`) &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server/dist/cli.js') &&
          !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
        );
      } catch {
        return false;
      } // it ended meanwhile
    })
    .map(Number);
}
/** What was written down in this window. @param {string} by the end of a log's name */
const log = (by) =>
  readdirSync(vscode.profile, { recursive: true })
    .filter((f) => f.endsWith(by))
    .map((f) => readFileSync(path.join(vscode.profile, f), 'utf8'))
    .join('\n');
const hostLog = () => log('remoteexthost.log');
let answers = 0;
/** Waits for exactly one that is not among the old ones, and until it answers: the status bar may show what was before. @param {number[]} old */
const another = (...old) =>
  workbench.until('one language server that answers', () => {
    const [first, ...more] = servers(),
      said = log('nspawn language server.log').match(/The server is running/g)?.length ?? 0;
    if (more.length > 0 || first === undefined || old.includes(first) || said <= answers) return false;
    answers = said;
    return first;
  });

await scenario(
  'language',
  { trust: true },
  () => {
    answers = 0;
    put('notes.txt', 'Nothing of ours.\n');
    put('web.nspawn', '[Exec]\nBoots=yes\n');
  },
  async () => {
    let pid;
    await step('leave files of others alone', async () => {
      await workbench.openFile('notes.txt');
      await workbench.until('the extension host', () => /Eager extensions activated/.test(hostLog()));
      assert.doesNotMatch(hostLog(), /_doActivateExtension nspawn-tools\.nspawn/);
      assert.deepEqual(servers(), []);
    });
    await step('start with the first file of ours', async () => {
      await workbench.openFile('web.nspawn');
      pid = await another();
      assert.match(hostLog(), /_doActivateExtension nspawn-tools\.nspawn.*onLanguage:nspawn/);
      await statusIs(/^Checked against systemd \d+/);
      assert.ok((await workbench.squiggles()).some((s) => s.text === 'Boots'));
    });
    await step('choose the release by the keyboard', async () => {
      await workbench.runCommand('nspawn: Select systemd/mkosi Version');
      await workbench.until('releases', async () => (await workbench.quickPickItems()).some((i) => i.label === 'auto'));
      await workbench.typeText('252');
      await workbench.until('the one', async () => (await workbench.quickPickItems())[0]?.label === 'systemd 252');
      await workbench.press('Enter');
      await statusIs(/^Checked against systemd 252, chosen in the settings/);
    });
    await step('judge by another mkosi once that is installed', async () => {
      put('mkosi.conf', '[Distribution]\nDistribution=debian\n');
      await workbench.openFile('mkosi.conf');
      await statusIs(/^Checked against mkosi 25.3, installed here$/);
      mkosi.release('26');
      await workbench.openFile('web.nspawn');
      await statusIs(/^Checked against systemd 252/);
      await workbench.openFile('mkosi.conf');
      await statusIs(/^Checked against mkosi 26, installed here$/);
      await workbench.openFile('web.nspawn');
      await statusIs(/^Checked against systemd 252/);
    });
    await step('come back after a crash', async () => {
      process.kill(pid, 'SIGKILL');
      pid = await another(pid);
      await statusIs(/^Checked against systemd 252/);
      assert.match(await workbench.hover('Boots'), /Boot/);
    });
    await step('restart on request', async () => {
      await workbench.runCommand('nspawn: Restart Language Server');
      pid = await another(pid);
      await statusIs(/^Checked against systemd 252/);
    });
    await step('say so when it does not stay, and start again', async () => {
      for (let i = 0; i < 4; i++) {
        process.kill(pid, 'SIGKILL');
        pid = await another(pid);
        // Killed before it is ready, a server fails in a different way.
        await statusIs(/^Checked against systemd 252/);
      }
      process.kill(pid, 'SIGKILL');
      await workbench.until('the reason', async () =>
        (await workbench.notifications()).some((n) => /stopped 5 times within three minutes/.test(n.message)),
      );
      await statusIs(/^The language server is not running/);
      await workbench.screenshot('gave-up');
      assert.deepEqual(servers(), []);
      await workbench.answerNotification('The nspawn language server stopped', 'Start Again');
      pid = await another(pid);
      await statusIs(/^Checked against systemd 252/);
    });
    await step('say so when it cannot start, and start it from the status bar', async () => {
      const [installed] = readdirSync(path.join(vscode.profile, 'extensions')).filter((name) => name.startsWith('nspawn-tools.nspawn'));
      const program = path.join(vscode.profile, 'extensions', installed, 'server/dist/cli.js');
      renameSync(program, `${program}.away`);
      await workbench.runCommand('nspawn: Restart Language Server');
      await workbench.until('the reason', async () =>
        (await workbench.notifications()).some((n) => /language server did not start/.test(n.message)),
      );
      await statusIs(/^The language server is not running/);
      await workbench.screenshot('does-not-start');
      renameSync(`${program}.away`, program);
      await workbench.page.locator('.part.statusbar .statusbar-item a[aria-label^="The language server is not running"]').click();
      pid = await another(pid);
      await statusIs(/^Checked against systemd 252/);
    });
    await step('leave nothing behind when the window is opened anew', async () => {
      await workbench.runCommand('Developer: Reload Window');
      pid = await another(pid);
      await statusIs(/^Checked against systemd 252/);
      assert.deepEqual(servers(), [pid]);
    });
  },
);

/** The rows of the view Problems. */
const problemRows = async () =>
  (await workbench.page.locator('.markers-panel .monaco-list-row').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
/** Waits for a problem from one source, at a line. @param {RegExp} what @param {string} source @param {number} line */
const problem = (what, source, line) =>
  workbench.until(`${what} of ${source} in line ${line}`, async () => {
    const rows = await problemRows();
    if (rows.some((row) => what.test(row) && row.includes(source) && row.includes(`[Ln ${line},`))) return true;
    throw new Error(JSON.stringify(rows));
  });
/** Puts another real mkosi, of a tree, on the PATH. @param {string} tree */
const install = (tree) => {
  chmodSync(mkosi.put('mkosi', starter(tree)), 0o755);
};
/** Writes a file of the workspace, and waits until the editor has it. @param {string} name @param {string} text */
async function rewrite(name, text) {
  put(name, text);
  await workbench.openFile(name);
  // A panel may cover the last ones.
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, 5);
  await workbench.until(`${name} as it is now`, async () => {
    const seen = await workbench.editorText();
    return lines.every((line) => seen.includes(line));
  });
}

/** Releases of mkosi that can be had here. */
async function real() {
  const unable = await prepare();
  return suites.flatMap((suite) => {
    const found = unable === undefined ? mkosiOf(suite) : { reason: `the mkosi of Debian ${suite}: ${unable}` };
    if ('tree' in found) return [found];
    skip(found.reason);
    return [];
  });
}

const installed = only === undefined || only === 'real' ? await real() : [];
if (installed.length > 0) {
  await scenario(
    'real',
    { trust: true },
    () => {
      put('mkosi.conf', '[Output]\nFormat=directory\n');
      install(installed[0].tree);
    },
    async () => {
      for (const { release, tree } of installed) await withRelease(release, tree);
    },
  );
}

/** What a release prints for mistakes in a project, and for a correct one. */
async function withRelease(release, tree) {
  const old = release < 15,
    main = old ? 'old/mkosi.default' : 'new/mkosi.conf';
  const well = old
    ? '[Distribution]\nDistribution=debian\n\n[Output]\nFormat=directory\n\n[Packages]\nPackages=systemd\n'
    : '[Distribution]\nDistribution=debian\nRelease=bookworm\n\n[Output]\nFormat=directory\n\n[Content]\nPackages=systemd\n';
  await step(`with mkosi ${release}: see at its line what it refuses`, async () => {
    install(tree);
    put(main, well);
    await rewrite(main, well.replace('Format=directory', 'Format=disc'));
    await workbench.runCommand('mkosi: Check with mkosi');
    await problem(/disc/, 'installed mkosi', well.split('\n').indexOf('Format=directory') + 1);
  });
  if (!old) {
    await step(`with mkosi ${release}: see in a drop-in what it does not know`, async () => {
      await rewrite(main, well);
      await rewrite('new/mkosi.conf.d/10-more.conf', '[Content]\nPackages=vim\nPackags=bash\n');
      await workbench.runCommand('mkosi: Check with mkosi');
      await problem(/Unknown setting Packags/, 'installed mkosi', 3);
    });
    await step(`with mkosi ${release}: have what a task says as a problem`, async () => {
      await workbench.runCommand('mkosi: Show Summary');
      await workbench.until('what mkosi says', async () => (await workbench.terminalText()).includes('Unknown setting Packags'));
      await workbench.press('Control+Shift+M');
      await problem(/Unknown setting Packags/, 'mkosi task', 1);
      await workbench.runCommand('Notifications: Clear All Notifications');
      put('new/mkosi.conf.d/10-more.conf', '[Content]\nPackages=vim\n');
    });
  }
  await step(`with mkosi ${release}: see where a setting comes from`, async () => {
    if (!old) put('new/mkosi.images/base.conf', '[Content]\nPackages=less\n');
    await rewrite(main, well);
    await workbench.runCommand('mkosi: Show Effective Configuration');
    const text = await workbench.until('the view', async () => {
      const seen = await workbench.editorText();
      return /^# (---- image main|mkosi 14 prints)/m.test(seen) && seen;
    });
    if (old) {
      assert.match(text, /# from mkosi\.default:5\nFormat=directory/);
    } else {
      assert.match(text, /# from mkosi\.conf:9 mkosi\.conf\.d\/10-more\.conf:2\nPackages=\n/);
      assert.match(text, /# from mkosi\.conf:3\nRelease=bookworm/);
    }
  });
  await step(`with mkosi ${release}: run a task to its end`, async () => {
    await rewrite(main, well);
    await workbench.runCommand('mkosi: Show Summary');
    await workbench.until('its summary, and its end', async () => {
      const said = await workbench.terminalText();
      return /IMAGE|OUTPUT/.test(said) && /Terminal will be reused/.test(said);
    });
    await workbench.runCommand('View: Toggle Panel Visibility');
  });
}
finish(counts);
