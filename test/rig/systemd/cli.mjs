// The rig for developers: node test/rig/systemd/rig.mjs COMMAND ...

import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { attach, boot, can, list, populate, prepare, RigError, trees } from './rig.mjs';

const usage = `usage: rig.mjs COMMAND [OPTION]...

  boot [NAME]              boots a rig and stays until Ctrl-C, which takes it down
    --tree TREE            ${trees.join(', ')} (default: self, this machine's own root)
    --practice             with the machines "web" and "db" in it
    --btrfs                /var/lib/machines is a btrfs
    --ask                  polkit asks "tester" for the password, which is "test"
    --net host             the network of this machine
    --bind SOURCE:TARGET   may be repeated
  shell [NAME [-- COMMAND]] a shell or a command inside, as "tester" (--user root for root)
  list                     the rigs that run
  stop [NAME]              takes a rig down that runs in another terminal
  prepare [TREE]...        installs packages and builds trees in advance
  selftest [TREE]...       checks the rig itself (default: self 252 262)
`;

/**
 * Runs a command on this terminal.
 * @param {readonly string[]} argv
 * @returns {Promise<number>} its exit status
 */
function here([program = '', ...args]) {
  return new Promise((resolve, reject) => {
    const ignore = () => {}; // Ctrl-C is for the command
    process.on('SIGINT', ignore);
    const child = spawn(program, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', ignore);
      resolve(code ?? 1);
    });
  });
}

/** @param {string} text */
function treeNamed(text) {
  const tree = trees.find((known) => known === text);
  if (tree === undefined) throw new RigError(`no tree "${text}": there are ${trees.join(', ')}`);
  return tree;
}

/** @param {string} text */
function bindOf(text) {
  const [source = '', target = source] = text.split(':');
  return { source, target };
}

/** @param {string} line */
const log = (line) => console.error(line);

/**
 * @param {readonly string[]} argv
 * @returns {Promise<number>} the exit status
 */
async function dispatch(argv) {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      tree: { type: 'string', default: 'self' },
      net: { type: 'string', default: 'own' },
      user: { type: 'string', default: 'tester' },
      bind: { type: 'string', multiple: true, default: [] },
      practice: { type: 'boolean', default: false },
      btrfs: { type: 'boolean', default: false },
      ask: { type: 'boolean', default: false },
    },
  });
  const [command = 'help', name = 'rig', ...rest] = positionals;
  switch (command) {
    case 'boot': {
      const rig = await boot({
        name,
        tree: treeNamed(values.tree),
        machines: values.btrfs ? 'btrfs' : 'dir',
        net: values.net === 'host' ? 'host' : 'own',
        permit: !values.ask,
        binds: values.bind.map(bindOf),
        log,
      });
      if (values.practice) await populate(rig);
      console.log(`systemd ${rig.systemdVersion} runs as the rig "${name}", its root is ${rig.root}`);
      console.log(`a shell in it: node test/rig/systemd/rig.mjs shell ${name}; Ctrl-C here ends it`);
      const keepAlive = setInterval(() => {}, 60_000);
      for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => rig.stop());
      await rig.closed;
      clearInterval(keepAlive);
      return 0;
    }
    case 'shell': {
      const rig = await attach(name);
      const argv = rest.length > 0 ? rest : ['bash', '-l'];
      const tty = process.stdin.isTTY && process.stdout.isTTY;
      const cwd = values.user === rig.user.name ? rig.user.home : '/root';
      return here(rig.command(argv, { user: values.user, cwd, tty }));
    }
    case 'list':
      for (const rig of list()) console.log(`${rig.name}\t${rig.tree}\t${rig.pid ?? 'starting'}`);
      return 0;
    case 'stop':
      await (await attach(name)).stop();
      return 0;
    case 'prepare':
      for (const tree of positionals.length > 1 ? positionals.slice(1).map(treeNamed) : trees) {
        await prepare({ tree, guest: true, btrfs: true, log });
      }
      return 0;
    case 'selftest': {
      const able = can();
      if (!able.ok) throw new RigError(able.reason);
      const { selftest } = await import('./selftest.mjs');
      return selftest(positionals.length > 1 ? positionals.slice(1).map(treeNamed) : ['self', '252', '262']);
    }
    default:
      (command === 'help' ? console.log : console.error)(usage);
      return command === 'help' ? 0 : 2;
  }
}

/**
 * @param {readonly string[]} argv
 * @returns {Promise<number>} the exit status
 */
export async function main(argv) {
  try {
    return await dispatch(argv);
  } catch (error) {
    const wrongUse = error instanceof TypeError && 'code' in error; // from parseArgs
    console.error(wrongUse ? `${error.message}\n\n${usage}` : error instanceof RigError ? error.message : error);
    return wrongUse ? 2 : 1;
  }
}
