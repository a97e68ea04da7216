// Runs one throw-away VS Code server. vscode.mjs starts this program, here or inside a machine of its own, as the
// server's user.
//
// The first line of stdin is what to run (a ServerRequest); the end of stdin means stop. So the server goes away with
// the process that started it, however that one ends, and on either side of a namespace.
//
// Messages leave as JSON lines on stdout:
//   { log }  output of the server
//   { ready: { port, profile, password } }  it answers
//   { failed }  why it does not, or no longer
//   { files: { [name]: text } }  VS Code's own logs, sent last, before the profile is removed
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * @typedef {object} ServerRequest  paths as this program sees them
 * @property {string} codeServer  the script that starts code-server
 * @property {string} [profile]  folder in which the profile is made (default: the temporary folder)
 * @property {string} [workspace]  folder to open
 * @property {string[]} extensions  folders of unpacked extensions, used where they are
 * @property {string[]} vsix  packed extensions to install first
 * @property {Record<string, unknown>} settings  user settings
 * @property {Record<string, string>} env  on top of the environment of this program
 * @property {boolean} trust  every folder is trusted
 * @property {boolean} driver  the workbench accepts tests to run (and shows no notification toasts)
 * @property {string} host  address to listen on
 * @property {number} port  0: any free one
 */

/** Marks every process that comes from this server, so that none of them survives it. */
const mark = 'RIG_PROFILE'; // VS Code keeps VSCODE_* from its terminals
const loopback = ['127.0.0.1', 'localhost'];

/** @param {object} message */
const send = (message) => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};
const profile = { path: '', /** @type {NodeJS.ProcessEnv} */ env: {} };
/** @type {import('node:child_process').ChildProcess | undefined} */
let server;
/** @type {Promise<never> | undefined} */
let ending;

/** @param {ServerRequest} request */
async function start(request) {
  profile.path = mkdtempSync(path.join(request.profile ?? tmpdir(), 'vscode-rig-'));
  const data = path.join(profile.path, 'data');
  for (const dir of ['data/User', 'extensions', 'empty-extension', 'tmp']) {
    mkdirSync(path.join(profile.path, dir), { recursive: true });
  }
  writeFileSync(path.join(data, 'User/settings.json'), JSON.stringify(request.settings, null, 2));
  // Tests run only beside an extension under development; this one replaces it when the real one is installed.
  writeFileSync(
    path.join(profile.path, 'empty-extension/package.json'),
    JSON.stringify({ name: 'empty', publisher: 'rig', version: '0.0.0', engines: { vscode: '^1.91.0' } }),
  );
  request.extensions.forEach((dir, i) => {
    symlinkSync(dir, path.join(profile.path, `extensions/unpacked-${i}`));
  });
  const port = request.port || (await freePort(request.host));
  // No password on loopback; elsewhere anyone who reaches the port would have a shell here.
  const password = loopback.includes(request.host) ? undefined : randomBytes(12).toString('hex');
  const config = path.join(profile.path, 'config.yaml');
  writeFileSync(
    config,
    [
      `bind-addr: ${request.host}:${port}`,
      'cert: false',
      ...(password ? ['auth: password', `password: ${password}`] : ['auth: none']),
      '',
    ].join('\n'),
    { mode: 0o600 },
  );
  // HOME, TMPDIR and XDG_*: code-server and VS Code leave nothing outside.
  profile.env = {
    ...inherited(),
    HOME: profile.path,
    XDG_CONFIG_HOME: profile.path,
    XDG_DATA_HOME: profile.path,
    TMPDIR: path.join(profile.path, 'tmp'),
    SHELL: '/bin/bash',
    CS_DISABLE_GETTING_STARTED_OVERRIDE: '1',
    ...request.env,
    [mark]: profile.path,
  };
  /** @param {string[]} args */
  const codeServer = (...args) => {
    const child = spawn(
      process.execPath,
      [request.codeServer, '--config', config, '--user-data-dir', data, '--extensions-dir', path.join(profile.path, 'extensions'), ...args],
      { env: profile.env, cwd: profile.path, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (log) => {
        send({ log });
      });
    }
    return child;
  };
  for (const file of request.vsix) {
    server = codeServer('--install-extension', file, '--force');
    const code = await exit(server);
    if (code !== 0) throw new Error(`installing ${file} failed: exit code ${code}`);
  }
  const running = (server = codeServer(
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-proxy',
    ...(request.trust ? ['--disable-workspace-trust'] : []),
    ...(request.driver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ...(request.workspace ? [request.workspace] : []),
  ));
  const gone = exit(running).then((code) => {
    throw new Error(`code-server ended: ${code}`);
  });
  gone.catch((error) => stop(error));
  const address = loopback.includes(request.host) ? request.host : '127.0.0.1';
  await Promise.race([gone, answers(`http://${address}:${port}/healthz`)]);
  send({ ready: { port, profile: profile.path, password } });
}

/**
 * The environment of this program without what belongs to the editor, to npm and to Node itself.
 * @returns {NodeJS.ProcessEnv}
 */
function inherited() {
  const foreign = /^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|INIT_CWD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** @param {string} host @returns {Promise<number>} */
function freePort(host) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
      });
    });
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number | string | null>} code, signal or error
 */
function exit(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? signal);
    });
  });
}

/** @param {string} url */
async function answers(url) {
  for (let i = 0; i < 1200; i++) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return;
    await delay(50);
  }
  throw new Error(`code-server did not answer on ${url} within a minute`);
}

/** @param {unknown} [reason] @returns {Promise<never>} */
function stop(reason) {
  return (ending ??= (async () => {
    if (reason) send({ failed: reason instanceof Error ? reason.message : String(reason) });
    try {
      if (server && server.exitCode === null && server.signalCode === null && server.pid) {
        const ended = exit(server);
        process.kill(-server.pid, 'SIGTERM');
        await Promise.race([ended, delay(3000)]);
      }
      for (let left = descendants(), i = 0; left.length > 0 && i < 100; left = descendants(), i++) {
        for (const pid of left)
          try {
            process.kill(pid, 'SIGKILL');
          } catch {
            /* it ended meanwhile */
          }
        await delay(30);
      }
      if (profile.path) send({ files: logFiles(path.join(profile.path, 'data')) });
    } finally {
      if (profile.path) rmSync(profile.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
    process.exit(reason ? 1 : 0);
  })());
}

/** Every process that came from this server: shells have process groups of their own, a daemon has no parent. */
function descendants() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const own = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${mark}=${profile.path}`);
        return own && !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      } catch {
        return false;
      } // ended meanwhile, or not ours to see
    });
}

/**
 * @param {string} data the user data folder
 * @returns {Record<string, string>} the end of every log file in it, by name
 */
function logFiles(data) {
  /** @type {Record<string, string>} */
  const files = {};
  for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.log')) continue;
    const file = path.join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8').slice(-200_000);
    if (text)
      files[
        path
          .relative(data, file)
          .replace(/^(User\/)?logs\//, '')
          .replaceAll('/', '-')
      ] = text;
  }
  return files;
}

process.stdout.on('error', () => {
  /* the reader is gone: stdin ends too */
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(`stopped by ${signal}`));
process.on('uncaughtException', (error) => stop(error));
createInterface({ input: process.stdin })
  .once('line', (line) => {
    start(JSON.parse(line)).catch((error) => stop(error));
  })
  .once('close', () => stop());
