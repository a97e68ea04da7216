// A throw-away VS Code, and a headless Chromium to look at it. Both can be on the other side of a namespace.
//
//   const vscode = await startVSCode({ workspace, vsix: ['nspawn.vsix'] });
//   const { page, close } = await openBrowser();
//   await page.goto(vscode.url);
//   ...
//   await close(); await vscode.stop();
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { codeServerPath, findBrowser, nodePath } from './install.mjs';

/** User settings of every VS Code that is started here: quiet, and no suggestion but the extension's own. */
export const quiet = {
  'chat.disableAIFeatures': true,
  'editor.wordBasedSuggestions': 'off', // else any word in the file passes for a completion
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'terminal.integrated.gpuAcceleration': 'off',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * @typedef {object} StartOptions
 * @property {string} [workspace]  folder to open
 * @property {string[]} [vsix]  packed extensions to install first
 * @property {string[]} [extensions]  folders of unpacked extensions, used where they are (made to be looked at; tests
 *   of a folder: see workbenchURL)
 * @property {Record<string, unknown>} [settings]  user settings, on top of `quiet`
 * @property {Record<string, string>} [env]  for the server and so for the extension host, on top of this process's
 *   environment (HOME is the profile unless given here)
 * @property {boolean} [trust]  every folder is trusted (default); false: folders open in restricted mode
 * @property {boolean} [driver]  accept `extension` and `tests` of workbenchURL. VS Code then shows no notification
 *   toasts.
 * @property {string} [host]  address to listen on; a password is set unless it is loopback (default 127.0.0.1)
 * @property {number} [port]  default: any free one
 * @property {(argv: string[], options: object) => string[]} [wrap]  makes the argv that runs `argv` where the server is
 *   to run, as its user. stdin, stdout and stderr must pass through.
 * @property {(file: string) => string} [inside]  how a path of this side is called there (default: the same). The
 *   repository, the workspace and the .vsix files must be readable there.
 * @property {string} [profile]  folder, called as it is there, in which the server makes its profile (default: the
 *   temporary folder)
 */

/**
 * A running VS Code server.
 * @typedef {object} VSCode
 * @property {string} url  the workbench on the workspace
 * @property {string} origin  http://ADDRESS:PORT
 * @property {number} port
 * @property {string | undefined} password  what the login page wants, when not on loopback
 * @property {string} profile  the folder that holds everything, called as it is there; goes with stop()
 * @property {(file: string) => string} inside
 * @property {() => string} log  what the server and its wrapper printed so far
 * @property {Promise<string>} ended  resolves with the reason when the server ends
 * @property {() => Promise<void>} stop  ends every process that came from the server and removes the profile; may be
 *   called again
 * @property {(dir: string) => void} saveLogs  writes server.log and, after stop(), VS Code's own logs into `dir`
 */

/** @typedef {{ port: number, profile: string, password?: string }} Ready */

/**
 * Starts VS Code; resolves when it answers. It also ends when this process does, however that happens. Rejects with the
 * server's output when it does not start or an extension cannot be installed.
 * @param {StartOptions} [options]
 * @returns {Promise<VSCode>}
 */
export async function startVSCode({
  workspace,
  vsix = [],
  extensions = [],
  settings = {},
  env = {},
  trust = true,
  driver = false,
  host = '127.0.0.1',
  port = 0,
  wrap = (argv) => argv,
  inside = (file) => file,
  profile,
} = {}) {
  /** @param {string} file */
  const there = (file) => inside(path.resolve(file));
  /** @type {import('./server.mjs').ServerRequest} */
  const request = {
    codeServer: there(codeServerPath),
    vsix: vsix.map(there),
    extensions: extensions.map(there),
    settings: { ...quiet, ...settings },
    env,
    trust,
    driver,
    host,
    port,
    ...(profile ? { profile } : {}),
    ...(workspace ? { workspace: there(workspace) } : {}),
  };
  const server = fileURLToPath(new URL('server.mjs', import.meta.url));
  const [program = '', ...args] = wrap([there(nodePath), there(server)], {});
  // Detached: Ctrl+C is for this process alone.
  const child = spawn(program, args, { cwd: '/', stdio: 'pipe', detached: true });
  let output = '';
  let failure = '';
  /** @type {Record<string, string>} */
  let files = {};
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const ready = new Promise((/** @type {(ready: Ready) => void} */ resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = parse(line);
      if (message.ready) resolve(message.ready);
      if (message.failed) failure = message.failed;
      if (message.files) files = message.files;
      output += message.log ?? '';
    });
  });
  const ended = new Promise((/** @type {(reason: string) => void} */ resolve) => {
    child.once('error', (error) => {
      resolve(`${program}: ${error.message}`);
    });
    child.once('close', (code, signal) => {
      resolve(failure || `the VS Code server ended: ${code ?? signal}`);
    });
  });
  const stop = async () => {
    child.stdin.end();
    const kill = (/** @type {NodeJS.Signals} */ signal) => {
      try {
        if (child.pid) process.kill(-child.pid, signal);
      } catch {
        /* it has just ended */
      }
    };
    const timers = [setTimeout(kill, 15_000, 'SIGTERM'), setTimeout(kill, 25_000, 'SIGKILL')];
    await ended;
    timers.forEach(clearTimeout);
  };
  child.stdin.on('error', () => {
    /* `ended` reports it */
  });
  child.stdin.write(`${JSON.stringify(request)}\n`);
  const timer = setTimeout(() => {
    failure = 'no answer within two minutes';
    stop();
  }, 120_000);
  const started = await Promise.race([ready, ended]);
  clearTimeout(timer);
  if (typeof started === 'string') throw new Error(`VS Code did not start: ${started}\n${output}`);

  const origin = `http://${['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host}:${started.port}`;
  return {
    url: workspace ? `${origin}/?${new URLSearchParams({ folder: there(workspace) })}` : origin,
    origin,
    port: started.port,
    password: started.password,
    profile: started.profile,
    inside: there,
    ended,
    stop,
    log: () => output,
    saveLogs(dir) {
      mkdirSync(dir, { recursive: true });
      for (const [name, text] of Object.entries({ 'server.log': output, ...files })) {
        writeFileSync(path.join(dir, name), text);
      }
    },
  };
}

/**
 * The address of a workbench on a folder; with `tests`, VS Code runs them in the extension host (see run-suite.mjs).
 * @param {VSCode} vscode
 * @param {{ folder: string, extension?: string, tests?: string }} what `extension`: folder of the extension under
 *   development (default: none); `tests`: a CommonJS file that exports `run()`
 */
export function workbenchURL(vscode, { folder, extension, tests }) {
  const { host } = new URL(vscode.origin);
  // The authority has to be the one the browser uses, and the .js has to be there:
  // https://github.com/microsoft/vscode/issues/83145
  const remote = (/** @type {string} */ file) => `vscode-remote://${host}${file}`;
  const payload = [['skipWelcome', 'true']];
  if (extension ?? tests) {
    const developed = extension ? vscode.inside(extension) : `${vscode.profile}/empty-extension`;
    payload.push(['extensionDevelopmentPath', remote(developed)]);
  }
  if (tests) payload.push(['extensionTestsPath', remote(vscode.inside(tests))]);
  const query = new URLSearchParams({ folder: vscode.inside(folder), payload: JSON.stringify(payload) });
  return `${vscode.origin}/?${query}`;
}

/**
 * Opens a headless Chromium with one empty page. It also ends when this process does.
 * @param {{ netns?: (argv: string[]) => string[], viewport?: { width: number, height: number } }} [options] `netns`:
 *   makes the argv that runs `argv` in the server's network; more arguments are put after it
 * @returns `browser`: its only context; `profile`: the folder that holds everything, goes with close()
 */
export async function openBrowser({ netns = (argv) => argv, viewport = { width: 1280, height: 800 } } = {}) {
  const browserPath = findBrowser();
  if (!browserPath) throw new Error('No Chromium: run test/rig/vscode/install.mjs, or name its program in $CHROMIUM.');
  const { chromium } = await import('playwright-core'); // not before installVSCode()
  const profile = mkdtempSync(path.join(tmpdir(), 'vscode-rig-browser-'));
  const forget = () => {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  // Playwright starts a file, not an argv. And Chromium ends when Playwright's pipe does: its profile goes then, even
  // when this process was killed and can do nothing any more.
  const executablePath = path.join(profile, 'chromium');
  const quote = (/** @type {string} */ word) => `'${word.replaceAll("'", "'\\''")}'`;
  writeFileSync(
    executablePath,
    `#!/bin/sh
${netns([browserPath]).map(quote).join(' ')} "$@"
code=$?
for again in 1 2 3 4 5; do rm -rf ${quote(profile)} && break; sleep 0.2; done
exit $code
`,
  );
  chmodSync(executablePath, 0o755);
  try {
    const context = await chromium.launchPersistentContext(path.join(profile, 'data'), {
      executablePath,
      viewport,
      permissions: ['clipboard-read', 'clipboard-write'],
      artifactsDir: profile,
      args: ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])], // root gets no sandbox
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false, // Playwright would keep this process alive
    });
    endOnSignals();
    process.once('exit', forget); // after Playwright's own, which ends the browser
    return {
      browser: context,
      page: context.pages()[0] ?? (await context.newPage()),
      profile,
      async close() {
        await context.close();
        process.off('exit', forget);
        forget();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}

let watching = false;
/**
 * Lets a signal end this process through `exit`, where Playwright ends the browser, unless another listener handles the
 * signal.
 */
function endOnSignals() {
  if (watching) return;
  watching = true;
  for (const [signal, number] of /** @type {const} */ ([
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ])) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + number);
    });
  }
}

/** @param {string} line @returns {{ ready?: Ready, failed?: string, files?: Record<string, string>, log?: string }} */
function parse(line) {
  try {
    const message = JSON.parse(line);
    if (typeof message === 'object' && message) return message;
  } catch {
    /* the wrapper said something */
  }
  return { log: `${line}\n` };
}
