// Tests the rig with an extension made for the purpose: `node test/rig/vscode/selftest.mjs`. Exit code 0: all as
// expected.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { boot, can } from '../systemd/rig.mjs';
import { installVSCode } from './install.mjs';
import { runSuite } from './run-suite.mjs';
import { openBrowser, startVSCode } from './vscode.mjs';
import { Workbench } from './workbench.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const artifacts = path.join(root, 'artifacts/rig-selftest');
const failures = path.join(artifacts, 'suite');
const dir = mkdtempSync(path.join(tmpdir(), 'vscode-rig-selftest-'));
chmodSync(dir, 0o755); // for the ordinary user of another system
const extension = path.join(dir, 'extension');
const workspace = path.join(dir, 'workspace');

/** @param {string} name @param {string} text @returns {string} the file */
function put(name, text) {
  const file = path.join(dir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

cpSync(fileURLToPath(new URL('sample', import.meta.url)), dir, { recursive: true });

/** @param {string} name @param {string} tests body of a mocha file @returns {string} */
const suite = (name, tests) => {
  put(`suites/${name}.test.js`, tests);
  return put(
    `suites/${name}.js`,
    `
    const Mocha = require(require.resolve('mocha', { paths: [process.env.CHECKOUT] }));
    exports.run = () => new Promise((resolve, reject) => {
      const mocha = new Mocha({ timeout: 0, color: false });
      mocha.addFile(__dirname + '/${name}.test.js');
      const runner = mocha.run((failed) => {
        console.log('RESULT ' + JSON.stringify({ passed: runner.stats.passes, failed, skipped: runner.stats.pending }));
        if (failed) reject(new Error(failed + ' failed')); else resolve();
      });
    });`,
  );
};

let failed = 0;
/** @param {string} name @param {() => Promise<void>} body */
async function step(name, body) {
  const start = Date.now();
  try {
    await body();
    console.log(`ok      ${name} (${Date.now() - start} ms)`);
  } catch (error) {
    failed++;
    console.log(`not ok  ${name} (${Date.now() - start} ms)\n${error instanceof Error ? error.stack : error}`);
  }
}

/** @param {string} tests @param {Partial<Parameters<typeof runSuite>[0]>} [more] */
async function outcome(tests, more = {}) {
  const result = await runSuite({
    extension,
    tests,
    workspace,
    artifacts: failures,
    print: () => {},
    ...more,
    env: { CHECKOUT: root, ...more.env },
  });
  const shot = existsSync(path.join(failures, 'screen.png'));
  assert.equal(shot, result.code === 1, 'a screenshot if and only if it failed');
  return result;
}

await installVSCode();
rmSync(artifacts, { recursive: true, force: true });

await step('a passing suite', async () => {
  const { code, counts, output } = await outcome(
    suite(
      'passing',
      `
    const vscode = require('vscode');
    it('meets the extension and the workspace', async () => {
      await vscode.extensions.getExtension('rig.sample').activate();
      const [file] = await vscode.workspace.findFiles('basket.sample');
      const document = await vscode.workspace.openTextDocument(file);
      if (document.languageId !== 'sample') throw new Error(document.languageId);
      console.log('environment: %s, a number: %d', process.env.COLOUR, 42);
    });`,
    ),
    { env: { COLOUR: 'red' } },
  );
  assert.equal(code, 0, output);
  assert.deepEqual(counts, { passed: 1, failed: 0, skipped: 0 });
  assert.match(output, /environment: red, a number: 42\n.*✔ meets the extension/s);
});
await step('a failing suite', async () => {
  const { code, counts, output } = await outcome(
    suite(
      'failing',
      `
    it('passes', () => {});
    it('fails', () => { throw new Error('as it should'); });`,
    ),
  );
  assert.equal(code, 1);
  assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 0 });
  assert.match(output, /Error: as it should\n\s+at .*failing\.test\.js:3/);
});
await step('a suite that never ends', async () => {
  const endless = suite('endless', `it('waits', () => new Promise(() => {}));`);
  const { code, problem } = await outcome(endless, { timeoutMs: 15_000 });
  assert.deepEqual([code, problem], [1, 'no result within 15000 ms']);
  assert.ok(
    readdirSync(failures).some((name) => name.endsWith('remoteagent.log')),
    'the log of VS Code',
  );
});
await step('a suite without tests', async () => {
  const { code, problem } = await outcome(suite('none', ''));
  assert.deepEqual([code, problem], [1, 'no test ran']);
});
await step('a suite that does not load', async () => {
  const { code, output } = await outcome(put('suites/broken.js', `require('./missing');`));
  assert.equal(code, 1);
  assert.match(output, /Cannot find module '.\/missing'/);
});
await step('a suite that kills the extension host', async () => {
  const deadly = suite('deadly', `it('dies', () => { process.kill(process.pid, 'SIGKILL'); });`);
  const { code, problem } = await outcome(deadly);
  assert.deepEqual([code, problem], [1, 'the tests ended without a RESULT line']);
});
await step('an extension that is not one', async () => {
  const { code, problem } = await runSuite({
    extension: put('broken.vsix', 'no zip'),
    tests: suite('unused', ''),
    workspace,
    artifacts: failures,
    print: () => {},
  });
  assert.equal(code, 1);
  assert.match(String(problem), /installing .*broken\.vsix failed/);
});

const able = can();
if (able.ok) {
  await step('a suite as an ordinary user of a systemd of its own', async () => {
    const binds = [
      { source: dir, target: '/srv/sample' },
      { source: root, target: '/srv/checkout', readOnly: true },
    ];
    const rig = await boot({ name: 'vscode-selftest', binds });
    try {
      const { code, counts, output, problem } = await outcome(
        suite(
          'inside',
          `
        const { execFileSync } = require('node:child_process');
        const vscode = require('vscode');
        it('meets machined', async () => {
          await vscode.extensions.getExtension('rig.sample').activate();
          if (!(await vscode.workspace.findFiles('basket.sample')).length) throw new Error('no workspace');
          console.log(String(execFileSync('id', ['-un'])));
          console.log(String(execFileSync('machinectl', ['list-images', '--no-legend', '--all'])));
        });`,
        ),
        {
          wrap: (argv) => rig.command(argv, { user: rig.user.name }),
          netns: (argv) => rig.netns(argv),
          env: { CHECKOUT: '/srv/checkout' },
          inside: (file) => file.replace(dir, '/srv/sample').replace(root, '/srv/checkout/'),
        },
      );
      assert.equal(code, 0, `${problem}\n${output}`);
      assert.deepEqual(counts, { passed: 1, failed: 0, skipped: 0 });
      assert.match(output, /tester\n[^]*\.host/);
      const { stdout } = await rig.run(['sh', '-c', 'ls -d /tmp/vscode-*; ps -o args -u tester | grep [c]ode-server']);
      assert.equal(stdout, '', 'nothing is left behind inside');
    } finally {
      await rig.stop();
    }
  });
} else {
  console.log(`not run: a suite inside a systemd of its own, because ${able.reason}`);
}

const vscode = await startVSCode({ workspace, extensions: [extension] });
const { page, close } = await openBrowser();
const workbench = new Workbench(page, { shots: artifacts });
await step('the window opens', () => workbench.open(vscode.url));
/** @param {string} name @param {() => Promise<void>} body */
const scenario = (name, body) =>
  step(name, async () => {
    try {
      await body();
    } finally {
      await workbench.screenshot(name.replaceAll(' ', '-'));
    }
  });
await scenario('editor', async () => {
  await workbench.openFile('.config/deep/basket.sample');
  assert.equal(await workbench.editorText(), 'deep\n');
  await workbench.openFile('basket.sample');
  assert.equal(await workbench.editorText(), 'apple\nrotten pear\n');
  assert.deepEqual(await workbench.squiggles(), [{ severity: 'warning', text: 'rotten' }]);
  assert.equal(await workbench.hover('apple'), 'About apple.');
  assert.match(await workbench.hover('rotten'), /This is rotten\.sample\(rot\)\s+About rotten\./);
});
await scenario('suggestions', async () => {
  await workbench.clickText('apple');
  await workbench.press('Control+End');
  assert.deepEqual(
    (await workbench.suggestions()).map((item) => item.label),
    ['apple', 'apricot', 'pear'],
  );
  await workbench.screenshot('suggestions-open');
  await workbench.acceptSuggestion('apricot');
  await workbench.typeText('\nap');
  await workbench.acceptSuggestion('apple');
  assert.equal(await workbench.editorText(), 'apple\nrotten pear\napricot\napple');
  await assert.rejects(workbench.acceptSuggestion('nut'), /no suggestion "nut" but apple/);
  await workbench.press('Escape');
});
await scenario('problems', async () => {
  assert.deepEqual(await workbench.problems(), [
    {
      file: 'basket.sample',
      severity: 'warning',
      message: 'This is rotten.',
      source: 'sample',
      code: 'rot',
      position: '[Ln 2, Col 1]',
    },
  ]);
});
await scenario('tree', async () => {
  await workbench.openView('Sample');
  const rows = (await workbench.treeRows('Fruits')).map((row) => [row.label, row.description]);
  assert.deepEqual(rows, [
    ['apple', ''],
    ['pear', ''],
  ]);
  assert.equal(await workbench.welcome('Nothing'), 'There is nothing here.');
  const marks = async () => (await workbench.treeRows('Fruits')).map((row) => row.description).join();
  await workbench.clickInlineAction(await workbench.treeRow('Fruits', 'pear'), 'Mark');
  await workbench.until('the mark', async () => (await marks()) === ',marked');
  assert.deepEqual(await workbench.openContextMenu(await workbench.treeRow('Fruits', 'apple')), ['Mark', 'More']);
  await workbench.screenshot('context-menu');
  await workbench.press('Escape');
  await workbench.clickViewAction('Fruits', 'Mark');
  await workbench.until('the other mark', async () => (await marks()) === 'marked,marked');
  await workbench.contextMenu(await workbench.treeRow('Fruits', 'apple'), 'More', 'Notify');
  await workbench.answerNotification('ripe', 'Wait');
});
await scenario('quick pick', async () => {
  await workbench.runCommand('Sample: Ask');
  const items = (await workbench.quickPickItems()).map((item) => [item.label, item.description]);
  assert.deepEqual(items, [
    ['apple', 'red'],
    ['pear', 'green'],
  ]);
  await workbench.acceptQuickPick('pear');
  await workbench.answerInput('Eva');
  await workbench.until('the answer', async () => (await workbench.output('Sample')).includes('pear for Eva'));
});
await scenario('terminal', async () => {
  await workbench.runCommand('Sample: Terminal');
  await workbench.until('its output', async () => (await workbench.terminalText()).includes('apple pie'));
  await workbench.typeInTerminal('seven\n');
  await workbench.until('its answer', async () => (await workbench.terminalText()).includes('got seven'));
});
await scenario('notification', async () => {
  await workbench.runCommand('Sample: Notify');
  const [toast] = await workbench.notifications();
  assert.deepEqual(toast, { severity: 'warning', message: 'The fruit is ripe.', buttons: ['Eat', 'Wait'] });
  await workbench.screenshot('notification-open');
  await workbench.answerNotification('ripe', 'Eat');
  await workbench.until('the answer', async () => (await workbench.output('Sample')).includes('answer: Eat'));
});
await scenario('dialog', async () => {
  await workbench.runCommand('Sample: Confirm');
  const { message, detail, buttons } = await workbench.dialog();
  assert.deepEqual([message, detail, buttons.sort()], ['Throw it away?', 'For good.', ['Cancel', 'Throw']]);
  await workbench.screenshot('dialog-open');
  await workbench.answerDialog('Throw');
  await workbench.until('the answer', async () => (await workbench.output('Sample')).includes('confirmed: Throw'));
});
await close();
await vscode.stop();

await step('nothing is left behind', async () => {
  assert.ok(!existsSync(vscode.profile), vscode.profile);
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGKILL'])) {
    const script = `
      import { openBrowser, startVSCode } from ${JSON.stringify(new URL('vscode.mjs', import.meta.url).href)};
      const vscode = await startVSCode({ workspace: ${JSON.stringify(workspace)} });
      const { page, profile } = await openBrowser();
      await page.goto(vscode.url);
      console.log(JSON.stringify([vscode.profile, profile]));`;
    const args = ['--input-type=module', '-e', script];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [profile, browser] = JSON.parse(
      await new Promise((resolve) => {
        child.stdout.once('data', resolve);
      }),
    );
    for (const folder of [profile, browser]) {
      assert.ok(existsSync(folder) && users(folder).length > 0, `${folder} is in use`);
    }
    child.kill(signal);
    await workbench.until(`nothing left after ${signal}`, () => !existsSync(profile) && users(profile).length === 0);
    await workbench.until(`no browser left after ${signal}`, () => users(browser).length === 0 && !existsSync(browser));
  }
});
rmSync(dir, { recursive: true, force: true });
console.log(failed === 0 ? `all as expected; screenshots in ${artifacts}` : `${failed} FAILED; see ${artifacts}`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * @param {string} text
 * @returns {string[]} the processes that have the text among their arguments or in their environment
 */
function users(text) {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        return ['cmdline', 'environ'].some((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(text));
      } catch {
        return false;
      }
    });
}
