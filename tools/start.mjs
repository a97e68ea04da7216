// `npm start`: builds the extension and opens it in VS Code on the example workspace, with real machines to manage.
// What does not depend on each other goes on side by side: the extension, the editor, and the practice host. The editor opens as soon as
// the practice host has its files; that boots meanwhile, and the sidebar fills by itself.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { boot, can, populate, prepare } from '../test/rig/systemd/rig.mjs';
import { installVSCode } from '../test/rig/vscode/install.mjs';
import { startVSCode } from '../test/rig/vscode/vscode.mjs';
import { checkout, openParents } from '../test/support/checkout.mjs';
import { Progress, stopPrograms } from './programs.mjs';
import { installPackages, root } from './setup.mjs';

const examples = path.join(root, 'examples');
const port = Number(process.env.PORT ?? 8080);
const progress = new Progress();

/** Whether a program is on the PATH. @param {string} name */
const onPath = (name) =>
  (process.env.PATH ?? '').split(path.delimiter).some((dir) => {
    try {
      accessSync(path.join(dir, name), constants.X_OK);
      return dir !== '';
    } catch {
      return false;
    }
  });

/** systemd runs here and has machined to offer. */
const hasMachined = () =>
  existsSync('/run/systemd/system') &&
  spawnSync('busctl', ['--system', 'status', 'org.freedesktop.machine1'], { stdio: 'ignore' }).status === 0;

/** Whether a practice host is to be booted: where there is no machined, and it can be. */
function needsPracticeHost() {
  if (process.platform !== 'linux' || hasMachined()) return false;
  const able = can();
  if (able.ok) console.log('No systemd-machined here: a practice host is booted, a real systemd in namespaces with two small machines.');
  else console.log(`No systemd-machined here, and no practice host can be booted (${able.reason}): the sidebar will be empty.`);
  return able.ok;
}

/** Builds and packs the extension. @returns {Promise<string>} the .vsix */
async function packExtension() {
  await progress.step('Packages that build the extension', ({ run }) => installPackages(run));
  await progress.step('Extension', ({ run }) => run(['node', 'tools/package.mjs']));
  return (await import('./package.mjs')).vsixPath();
}

const fetchEditor = () =>
  progress.step('VS Code (830 MB when unpacked)', (step) =>
    installVSCode({
      browser: false,
      runProgram: step.run,
      note: (text) => {
        step.detail = text;
      },
    }),
  );

/** A systemd that begins to boot, with two machines and the example workspace. @param {(rig: import('../test/rig/systemd/rig.mjs').Rig) => void} isThere */
const startPracticeHost = (isThere) =>
  progress.step('Practice host', async (step) => {
    const log = (/** @type {string} */ line) => {
      step.detail = line.trim().slice(0, 60);
    };
    await prepare({ tree: 'self', guest: true, log });
    const rig = await boot({ name: `start-${process.pid}`, tree: 'self', permit: true, binds: [checkout], until: 'root', log });
    isThere(rig);
    openParents(rig);
    await populate(rig);
    // Its user may not write to the checkout; changes there are thrown away anyway.
    await step.run(rig.commandWithoutSession(['cp', '-r', examples, rig.user.home]));
    return rig;
  });

/** What VS Code has for an environment in the practice host, as in a session of its user. @param {import('../test/rig/systemd/rig.mjs').Rig} rig */
function environment({ user: { uid, home } }) {
  const runtime = `/run/user/${uid}`;
  return { HOME: home, XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus` };
}

/** A server on the port of this computer. @param {(socket: import('node:net').Socket) => void} [connected] @returns {Promise<import('node:net').Server>} */
async function listen(connected) {
  const server = net.createServer(connected).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** What connects to the port of this computer talks to the server in the practice host, which has a network of its own. */
const forward = (rig, inner) =>
  listen((socket) => {
    const [program, ...args] = rig.netns([
      'node',
      '-e',
      "const s=require('net').connect(+process.argv[1],'127.0.0.1');process.stdin.pipe(s).pipe(process.stdout);s.on('error',()=>process.exit(1))",
      String(inner),
    ]);
    const pipe = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    const end = () => {
      pipe.kill();
      socket.destroy();
    };
    socket.pipe(pipe.stdin).on('error', end);
    pipe.stdout.pipe(socket).on('error', end);
    socket.on('error', end).on('close', end);
    pipe.on('exit', end).on('error', end);
  });

if (onPath('code')) {
  await packExtension();
  console.log('Opening VS Code on the example workspace.');
  await progress.step('VS Code', ({ run }) => run(['code', '--new-window', `--extensionDevelopmentPath=${root}`, examples]));
  process.exit(0);
}

/** What has to be stopped at the end; a promise while it is being started. */
let rig, hosting, opening, server;
let ending = false;
async function end(status) {
  if (ending) return;
  ending = true;
  server?.close();
  await stopPrograms();
  await (await opening?.catch(() => undefined))?.stop();
  await hosting?.catch(() => undefined);
  await rig?.stop();
  process.exit(status);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (ending) process.exit(1); // running programs notice the end of this process, and end too
    console.log('\nTaking everything down again ...');
    end(0).catch((error) => {
      console.error(error);
      process.exit(1);
    });
  });
}
/** Exits with the reason, unless everything is being stopped anyway. @param {unknown} error */
async function fail(error) {
  if (!ending) console.error(error instanceof Error ? error.message : error);
  await end(1);
}

/** @param {string} vsix */
async function openEditor(vsix) {
  if (ending) return;
  const workspace = rig ? path.posix.join(rig.user.home, 'examples') : examples;
  opening = startVSCode({
    workspace,
    vsix: [vsix],
    ...(rig
      ? { wrap: (argv) => rig.commandWithoutSession(argv), env: environment(rig), profile: rig.user.home }
      : { port, env: { HOME: process.env.HOME ?? '/' } }),
  });
  const vscode = await progress.step('Editor', () => opening);
  if (rig && !ending) server = await forward(rig, vscode.port);
  if (ending) return;
  console.log(`\nVS Code with the extension: http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`);
  if (rig) console.log('You are the user "tester" of the practice host; nothing there touches this computer.');
  console.log('Ctrl-C ends it.');
  await fail(await vscode.ended);
}

try {
  (await listen()).close(); // a port that is taken is reported now, not in some minutes
  if (needsPracticeHost())
    hosting = startPracticeHost((booting) => {
      rig = booting;
      rig.booted
        .then(async () => {
          progress.say('The practice host has booted');
          // The services of the user, as if logged in; there is no session.
          await rig.run(['loginctl', 'enable-linger', rig.user.name]);
        })
        .catch(fail);
    });
  const [vsix] = await Promise.all([packExtension(), fetchEditor(), hosting]);
  await openEditor(vsix);
} catch (error) {
  await fail(error);
}
