// A real VS Code on a workspace that wants to hurt who opens it, with a screenshot of every step in artifacts/walk-hostile: not trusted,
// then trusted. Good files are judged, nothing is executed, the language server stays small, and the extension host answers to the end.
//   node test/walk-hostile.mjs [path of a .vsix] [--once]
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { vsixPath } from '../tools/package.mjs';
import { root } from '../tools/setup.mjs';
import { finish } from './counts.mjs';
import { FakeMkosi } from './fake-mkosi.mjs';
import { make, mark, remove } from './hostile/workspace.mjs';
import { installVSCode } from './rig/vscode/install.mjs';
import { walking } from './steps.mjs';

const { values: { once }, positionals: [given] } = parseArgs({ allowPositionals: true, options: { once: { type: 'boolean' } } });
const vsix = path.resolve(given ?? vsixPath()), shots = path.join(root, 'artifacts/walk-hostile');
/** MiB that the language server may have at its peak. */
const mostMemory = 300;
let mkosi, vscode, browser, workbench, room, workspace;
const { counts, step, skip, take } = walking(() => workbench, once === true);
await installVSCode();
const { openBrowser, startVSCode } = await import('./rig/vscode/vscode.mjs');
const { Workbench } = await import('./rig/vscode/workbench.mjs');

/** What the language server of this VS Code has had at its peak, in MiB. */
function memory() {
  const peaks = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`RIG_PROFILE=${vscode.profile}`)) return [];
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server/dist/cli.js')) return [];
      const [, kB] = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      return kB === undefined ? [] : [Math.round(Number(kB) / 1024)];
    } catch { return []; } // it ended meanwhile
  });
  assert.equal(peaks.length, 1, 'one language server');
  console.log(`    the language server has had ${peaks[0]} MiB`);
  return peaks[0];
}
/** Nothing of the workspace was executed, and the server is small. */
function unharmed() {
  assert.deepEqual(readdirSync(room).filter((name) => name.endsWith(mark)), []);
  assert.ok(memory() < mostMemory);
}
const squiggled = async () => (await workbench.squiggles()).map((s) => s.text);
/** @param {...string} wanted what is underlined, in any order */
const underlined = (...wanted) => workbench.until(`${wanted} underlined`, async () => JSON.stringify((await squiggled()).sort()) === JSON.stringify(wanted.sort()));
/** A command of ours that is answered by the extension host itself. */
async function answers() {
  await workbench.runCommand('nspawn: Choose the Release That Files Are Judged By');
  await workbench.until('releases', async () => (await workbench.quickPickItems()).some((i) => i.label === 'auto'));
  await workbench.press('Escape');
}

await take('hostile', async () => {
  room = mkdtempSync(path.join(tmpdir(), 'nspawn-hostile-'));
  workspace = path.join(room, 'workspace');
  mkosi = new FakeMkosi();
  mkdirSync(workspace);
  for (const reason of make(workspace, { small: true }).left) skip(reason);
  mkosi.put('user/.bash_profile', `PATH='${mkosi.home}':$PATH\n`);
  const env = { HOME: path.join(mkosi.home, 'user'), PATH: `${mkosi.home}:${process.env.PATH}` };
  // VS Code's own search would follow the link to / through the whole computer, and find no file in it.
  vscode = await startVSCode({ workspace, vsix: [vsix], trust: false, env, settings: { 'search.followSymlinks': false } });
  browser = await openBrowser();
  workbench = new Workbench(browser.page, { shots, timeoutMs: 60_000 });
  await workbench.open(vscode.url);
  await step('judge a good file in a workspace that is not trusted, and by no rules of it', async () => {
    await workbench.openFile('good/web.nspawn');
    await underlined('maybe', 'Boots');
    assert.ok((await workbench.statusBar()).some((text) => /Restricted Mode/.test(text)));
    unharmed();
  });
  await step('judge a good project', async () => {
    await workbench.openFile('good/mkosi.conf');
    await underlined('NoSuch');
    unharmed();
  });
  await step('open bad ones', async () => {
    for (const name of ['hungry/mkosi.conf', 'loops/mkosi.conf', 'fifos/project/mkosi.conf', 'patterns/mkosi.conf', 'values/list.nspawn', 'scripts/mkosi.conf']) {
      await workbench.openFile(name);
    }
    await workbench.openFile('good/web.nspawn');
    await underlined('maybe', 'Boots');
    unharmed();
  });
  await step('have commands and the view of projects beside them', async () => {
    await answers();
    await workbench.openView('Explorer');
    unharmed();
  });
  await step('be refused a build', async () => {
    await workbench.openFile('scripts/mkosi.conf');
    await workbench.runCommand('mkosi: Build Image');
    await workbench.until('the refusal', async () => (await workbench.notifications()).some((n) => /Trust this workspace/.test(n.message)));
    assert.deepEqual(mkosi.runs(), []);
    unharmed();
  });
  await step('trust it, and have its rules', async () => {
    await workbench.answerNotification('Trust this workspace', 'Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).first().click();
    await workbench.until('the end of the restricted mode', async () => !(await workbench.statusBar()).some((text) => /Restricted Mode/.test(text)));
    await workbench.page.locator('.monaco-modal-editor-block .action-label.codicon-close').first().click();
    await workbench.openFile('good/web.nspawn');
    await underlined('maybe');
    await workbench.openFile('hungry/mkosi.conf');
    await answers();
    unharmed();
  });
}, async (well) => {
  await browser?.close();
  await vscode?.stop();
  if (!well) vscode?.saveLogs(shots);
  browser = workbench = vscode = undefined;
  mkosi?.remove();
  if (workspace !== undefined) remove(workspace);
  rmSync(room, { recursive: true, force: true });
});
finish(counts);
