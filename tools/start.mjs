// `npm start`: builds the extension and opens it in VS Code on the example workspace, with real machines to manage.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installPackages, must, root } from './setup.mjs';

const examples = path.join(root, 'examples');
const port = Number(process.env.PORT ?? 8080);

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

/** A real systemd with two small machines, for a computer that runs none. */
async function practiceHost(folder) {
  const { boot, can, populate, prepare } = await import('../test/rig/systemd/rig.mjs');
  const { checkout, openParents } = await import('../test/support/checkout.mjs');
  const able = can();
  if (!able.ok) {
    console.log(`No systemd-machined here, and no practice host can be booted (${able.reason}): the sidebar will be empty.`);
    return undefined;
  }
  console.log('No systemd-machined here. Booting a practice host: a real systemd in namespaces of its own, with two small machines.');
  await prepare({ tree: 'self', guest: true, log: console.log });
  const rig = await boot({
    name: `start-${process.pid}`,
    tree: 'self',
    permit: true,
    binds: [checkout, { source: folder, target: folder }],
  });
  await openParents(rig);
  await populate(rig);
  return rig;
}

/** Whatever connects to a port of this computer talks to the server in the practice host, which has a network of its own. */
function forward(rig, inner) {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => {
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
    server.on('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

installPackages();
must(['node', 'tools/package.mjs'], { stdio: ['inherit', 'ignore', 'inherit'] });

if (onPath('code')) {
  console.log('Opening VS Code on the example workspace.');
  must(['code', '--new-window', `--extensionDevelopmentPath=${root}`, examples]);
  process.exit(0);
}

const { installVSCode } = await import('../test/rig/vscode/install.mjs');
const { vsixPath } = await import('./package.mjs');
await installVSCode({ browser: false });
const { startVSCode } = await import('../test/rig/vscode/vscode.mjs');

const shared = mkdtempSync(path.join(tmpdir(), 'nspawn-start-'));
let rig,
  server,
  vscode,
  ending = false;
async function end(status) {
  if (ending) return;
  ending = true;
  server?.close();
  await vscode?.stop();
  await rig?.stop();
  rmSync(shared, { recursive: true, force: true });
  process.exit(status);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    console.log('\nTaking everything down again ...');
    end(0).catch((error) => {
      console.error(error);
      process.exit(1);
    });
  });
}
try {
  if (process.platform === 'linux' && !hasMachined()) rig = await practiceHost(shared);
  // The practice host's user may not write here; changes there are thrown away anyway.
  const workspace = rig ? path.posix.join(rig.user.home, 'examples') : examples;
  if (rig) await rig.run(['cp', '-r', examples, workspace], { user: rig.user.name });
  vscode = await startVSCode({
    workspace,
    vsix: [vsixPath()],
    ...(rig
      ? { wrap: (argv) => rig.command(argv, { user: rig.user.name, cwd: rig.user.home }), env: { HOME: rig.user.home } }
      : { port, env: { HOME: process.env.HOME ?? '/' } }),
  });
  if (rig) server = await forward(rig, vscode.port);
  console.log(`\nVS Code with the extension: http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`);
  console.log(rig ? 'You are the user "tester" of the practice host; nothing there touches this computer.' : '');
  console.log('Ctrl-C ends it.');
  vscode.ended
    .then((why) => {
      console.error(why);
      return end(1);
    })
    .catch(() => process.exit(1));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await end(1);
}
