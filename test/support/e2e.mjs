// What the test/e2e-*.mjs inside a real systemd share: the host, the VS Code in it, and the window that they drive.
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { vsixPath } from '../../tools/package.mjs';
import { root } from '../../tools/setup.mjs';
import { run } from '../rig/systemd/process.mjs';
import { boot, can, prepare } from '../rig/systemd/rig.mjs';
import { installVSCode } from '../rig/vscode/install.mjs';
import { checkout, openParents } from './checkout.mjs';
import { finish as end } from './results.mjs';
import { scenarios } from './scenarios.mjs';

const {
  values: { only, grep },
  positionals: [given],
} = parseArgs({ allowPositionals: true, options: { only: { type: 'string' }, grep: { type: 'string' } } });
const vsix = path.resolve(given ?? vsixPath());
const script = path.basename(process.argv[1], '.mjs');
const artifacts = path.join(root, 'artifacts', script);
/** Of steps that do not build on each other: whether one is to run. @param {string} name */
export const isWanted = (name) => grep === undefined || new RegExp(grep).test(name);
/** What the scenario that is running has. */
export let rig, vscode, workbench, browser;
const { counts, step, attempt } = scenarios(() => workbench, only !== undefined);

export { step };
export const finish = () => end(counts);
const able = can();
if (!able.ok) end({ ...counts, skipped: 1, reason: `${script}: ${able.reason}` });
await installVSCode();
const { openBrowser, startVSCode } = await import('../rig/vscode/vscode.mjs');
const { Workbench } = await import('../rig/vscode/workbench.mjs');
await prepare({ tree: 'self', guest: true, log: console.log });

/** What systemd itself says about the machines: [[name, class], ...]. */
export const machines = async () => JSON.parse((await rig.run(['machinectl', 'list', '-o', 'json'])).stdout).map((m) => m.machine);
export const rowOf = async (name) => (await workbench.treeRows('Machines')).find((r) => r.label === name);

/** Runs a command as root that does not itself hang on the bus, as one of `rig.run` does. @returns {Promise<string>} what it prints */
export async function beside(argv, codes = [0]) {
  const { code, stdout, stderr } = await run(['nsenter', '--target', `${rig.pid}`, '--all', '--', ...argv]);
  if (!codes.includes(code)) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout;
}

/** Waits for polkit's question in the terminal and answers it. Its agent asks first and clears the input then: once may not do. */
export async function answerPolkit(shot) {
  await workbench.until('polkit to ask', async () => /Password: *$/.test(await workbench.terminalText()));
  if (shot) await workbench.screenshot(shot);
  await workbench.until('polkit to be content', async () => {
    await workbench.typeInTerminal('test\n');
    const answered = async () => !/Password: *$/.test(await workbench.terminalText());
    return workbench.until('an answer', answered, 3000).catch(() => false);
  });
}

/**
 * Boots a host with the machines web and db, opens VS Code there, runs the steps, and takes everything down again.
 * @param {{ permit: boolean, session: boolean, tree?: import('../rig/systemd/rig.mjs').Tree, groups?: string[] }} how `session`: VS Code
 *   runs in a login session, which polkit's question needs; without one it hangs on nothing that ends with the bus. `groups`: the user's
 */
export async function scenario(name, { permit, session, tree = 'self', groups = [] }, steps) {
  if (only !== undefined && only !== name) return;
  let folder;
  await attempt(
    name,
    async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'nspawn-e2e-'));
      chmodSync(folder, 0o755);
      const workspace = path.join(folder, 'containers'); // the window shows this name
      cpSync(path.join(root, 'examples'), workspace, { recursive: true });
      rig = await boot({ name: `${name}-${process.pid}`, tree, permit, binds: [checkout, { source: folder, target: folder }] });
      openParents(rig);
      const { user } = rig;
      await rig.run(['chown', '-R', user.name, workspace]);
      for (const group of groups) await rig.run(['usermod', '--append', '--groups', group, user.name]);
      await rig.addMachine('web', 'guest');
      await rig.addMachine('db', 'tiny');
      vscode = await startVSCode({
        workspace,
        vsix: [vsix],
        env: { HOME: user.home },
        wrap: (argv) => (session ? rig.command(argv, { user: user.name, cwd: user.home }) : rig.commandWithoutSession(argv)),
      });
      browser = await openBrowser({ netns: (argv) => rig.netns(argv) });
      workbench = new Workbench(browser.page, { shots: artifacts, timeoutMs: 60_000 });
      await workbench.open(vscode.url);
      await steps(workspace);
    },
    async (passed) => {
      await browser?.close();
      await vscode?.stop();
      if (!passed) {
        vscode?.saveLogs(artifacts);
        console.log(await beside(['journalctl', '--no-pager', '-n', '80']).catch((error) => error.message));
      }
      await rig?.stop();
      rig = vscode = workbench = browser = undefined;
      rmSync(folder, { recursive: true, force: true });
    },
  );
}
