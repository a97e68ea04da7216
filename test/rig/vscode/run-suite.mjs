// Runs a test suite in the extension host of a real VS Code.
//
//   node test/rig/vscode/run-suite.mjs <extension folder or .vsix> <suite .js> <workspace folder> [timeout in ms]
//
// The suite is a built CommonJS file that exports `run(): Promise<void>`. It rejects when a test fails, and its last
// line of output, by console.log, is   RESULT {"passed":n,"failed":n,"skipped":n}
// All output has to go through console: in the extension host, process.stdout leads nowhere.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { openBrowser, startVSCode, workbenchURL } from './vscode.mjs';

const { tag } = createRequire(import.meta.url)('./suite-entry.cjs');
const suiteEntry = fileURLToPath(new URL('suite-entry.cjs', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/**
 * @typedef {Pick<import('./vscode.mjs').StartOptions, 'env' | 'settings' | 'trust' | 'wrap' | 'inside' | 'profile'>}
 *   ServerOptions
 */
/**
 * @typedef {object} SuiteOptions
 * @property {string} extension  folder of the extension, or a .vsix, which is installed first
 * @property {string} tests  the suite
 * @property {string} workspace  folder to open
 * @property {string} [name]  names the folder below artifacts/ (default: suite)
 * @property {string} [artifacts]  folder for what a failure leaves (default: artifacts/NAME of the repository)
 * @property {number} [timeoutMs]  from opening the workbench to the end of the suite (default: 5 minutes)
 * @property {(argv: string[]) => string[]} [netns]  see openBrowser
 * @property {(line: string) => void} [print]  gets the output as it comes (default: console.log)
 */
/**
 * @typedef {object} SuiteResult
 * @property {0 | 1} code  0: at least one test ran and none failed
 * @property {Counts | undefined} counts  what the suite reported, if it came that far
 * @property {string} output  what the suite printed
 * @property {string | undefined} problem  why `code` is 1
 */

/**
 * Runs a suite and never throws because of it: a suite that does not load, does not end, runs no test or takes VS Code
 * down with it is a result with code 1, and a screenshot and the logs are in `artifacts`.
 * @param {SuiteOptions & ServerOptions} what
 * @returns {Promise<SuiteResult>}
 */
export async function runSuite({
  extension,
  tests,
  workspace,
  name = 'suite',
  artifacts = path.join(root, 'artifacts', name),
  timeoutMs = 300_000,
  netns,
  print = console.log,
  ...server
}) {
  rmSync(artifacts, { recursive: true, force: true });
  const packed = extension.endsWith('.vsix');
  /** @type {string[]} */
  const output = [];
  /** @type {string[]} */
  const workbench = [];
  /** @type {Counts | undefined} */
  let counts;
  let problem;
  let vscode;
  let browser;
  try {
    const inside = server.inside ?? ((file) => file);
    vscode = await startVSCode({
      ...server,
      driver: true,
      vsix: packed ? [extension] : [],
      env: { ...server.env, RIG_SUITE: inside(path.resolve(tests)) },
    });
    browser = await openBrowser(netns ? { netns } : {});
    const { page } = browser;
    await page.exposeFunction('codeAutomationLog', (/** @type {string} */ level, /** @type {unknown[]} */ args) => {
      const text = format(...args);
      workbench.push(`[${level}] ${text}`);
      if (!text.startsWith(tag)) return;
      const line = text.slice(tag.length);
      output.push(line);
      if (line.startsWith('RESULT ')) counts = JSON.parse(line.slice('RESULT '.length));
      else print(line);
    });
    page.on('pageerror', (error) => {
      workbench.push(`[page] ${error.stack ?? error.message}`);
    });
    const code = await result(
      page,
      vscode.ended,
      workbenchURL(vscode, {
        folder: workspace,
        tests: suiteEntry,
        ...(packed ? {} : { extension }),
      }),
      timeoutMs,
    );
    if (counts?.failed) problem = `${counts.failed} test(s) failed`;
    else if (code !== 0) problem = 'the suite did not load or did not run to its end';
    else if (!counts) problem = 'the tests ended without a RESULT line';
    else if (counts.passed === 0) problem = 'no test ran';
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  if (problem) {
    mkdirSync(artifacts, { recursive: true });
    await browser?.page.screenshot({ path: path.join(artifacts, 'screen.png'), timeout: 10_000 }).catch((error) => {
      workbench.push(`[rig] no screenshot: ${error.message}`);
    });
    writeFileSync(path.join(artifacts, 'workbench.log'), `${problem}\n${workbench.join('\n')}\n`);
  }
  await browser?.close();
  await vscode?.stop();
  if (problem) {
    vscode?.saveLogs(artifacts);
    print(`${problem} (see ${path.relative(process.cwd(), artifacts) || '.'})`);
  }
  return { code: problem ? 1 : 0, counts, output: output.join('\n'), problem };
}

/**
 * Opens the workbench and waits for the suite's exit code.
 * @param {import('playwright-core').Page} page @param {Promise<string>} ended @param {string} url @param {number}
 *   timeoutMs
 * @returns {Promise<number>}
 */
function result(page, ended, url, timeoutMs) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no result within ${timeoutMs} ms`));
    }, timeoutMs);
    const settle = (/** @type {() => void} */ settled) => {
      clearTimeout(timer);
      settled();
    };
    const fail = (/** @type {string} */ why) => {
      settle(() => {
        reject(new Error(why));
      });
    };
    page.on('crash', () => {
      fail('the page crashed');
    });
    ended.then(fail);
    page
      .exposeFunction('codeAutomationExit', (/** @type {number} */ code) => {
        settle(() => {
          resolve(code);
        });
      })
      .then(() => page.goto(url))
      .catch((error) => {
        fail(error.message);
      });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [extension, tests, workspace, timeoutMs] = process.argv.slice(2);
  if (!extension || !tests || !workspace) {
    console.error('usage: run-suite.mjs <extension folder or .vsix> <suite .js> <workspace folder> [timeout in ms]');
    process.exit(2);
  }
  const limit = timeoutMs ? { timeoutMs: Number(timeoutMs) } : {};
  const { code, counts } = await runSuite({ extension, tests, workspace, ...limit });
  console.log('RESULT', JSON.stringify(counts ?? null));
  process.exitCode = code;
}
