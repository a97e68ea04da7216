// The real mkosi of some releases: unpacked from Debian's packages, and asked for the summary of projects.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../tools/setup.mjs';
import { cacheFolder, packages } from '../rig/systemd/cache.mjs';

/** What Debian carries: the suite with each release, oldest first. */
export const suites = ['bookworm', 'trixie', 'forky'];
const maker = path.join(root, 'test/replay/mkosi.sh');
/** Debian's own, which user nobody may run too. */
const python = '/usr/bin/python3';
const modules = (tree) => path.join(tree, 'root/usr/lib/python3/dist-packages');

/** Installs what is needed to ask at all. @returns {Promise<string | undefined>} why that is not possible */
export const prepare = () =>
  packages(['python3', 'debian-archive-keyring']).then(
    () => undefined,
    (error) => error.message,
  );

/**
 * The mkosi of a Debian suite, downloaded once.
 * @param {string} suite
 * @returns {{ release: number, tree: string } | { reason: string }}
 */
export function mkosiOf(suite) {
  const hash = createHash('sha256').update(readFileSync(maker)).digest('hex').slice(0, 12);
  const tree = path.join(cacheFolder(), `mkosi-${suite}-${hash}`);
  if (!existsSync(tree)) {
    const making = `${tree}.${process.pid}`;
    const { status, stderr } = spawnSync('bash', [maker, making, suite], { encoding: 'utf8' });
    if (status !== 0) {
      rmSync(making, { recursive: true, force: true });
      return { reason: `the mkosi of Debian ${suite}: ${stderr.trim().split('\n').at(-1) ?? 'no answer'}` };
    }
    renameSync(making, tree);
  }
  // mkosi runs as user nobody, which may not read the cache of another user.
  const open = path.join(mkdtempSync(path.join(tmpdir(), 'mkosi-')), suite);
  chmodSync(path.dirname(open), 0o755);
  cpSync(tree, open, { recursive: true });
  process.on('exit', () => {
    rmSync(path.dirname(open), { recursive: true, force: true });
  });
  return askedFor(open, suite);
}

function askedFor(tree, suite) {
  const { stdout, stderr } = spawnSync(python, ['-m', 'mkosi', '--version'], { encoding: 'utf8', env: environment(tree) });
  const release = Number(/^mkosi (\d+(\.\d+)?)/.exec(stdout)?.[1]);
  return release > 0
    ? { release, tree }
    : { reason: `the mkosi of Debian ${suite} does not run: ${stderr.trim().split('\n').at(-1) ?? ''}` };
}

/**
 * A program that runs a mkosi, for a folder of the PATH.
 * @param {string} tree
 */
export const starter = (tree) => `#!/bin/sh\nPYTHONPATH='${modules(tree)}' PYTHONDONTWRITEBYTECODE=1 exec ${python} -m mkosi "$@"\n`;

const environment = (tree) => ({ ...process.env, PYTHONPATH: modules(tree), PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' });

/**
 * What a mkosi says of folders.
 * @param {string} tree @param {readonly string[]} folders absolute
 * @returns {{ status: number, said: string[] }[]} exit status, and what it warns of or gives up at
 */
export function summaries(tree, folders) {
  const asked = spawnSync(python, [path.join(root, 'test/replay/ask-mkosi.py')], {
    input: folders.map((f) => `${f}\n`).join(''),
    encoding: 'utf8',
    env: environment(tree),
    maxBuffer: 1 << 28,
  });
  if (asked.status !== 0) throw new Error(`mkosi was not asked: ${asked.stderr}`);
  return asked.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/**
 * The main image in what `mkosi --json summary` prints for a folder; of 19 and newer.
 * @param {string} tree @param {string} folder
 * @returns {Record<string, unknown> | undefined} undefined: mkosi refuses the project
 */
export function summaryOf(tree, folder) {
  const { status, stdout } = spawnSync(python, ['-m', 'mkosi', '--json', 'summary'], {
    cwd: folder,
    encoding: 'utf8',
    env: environment(tree),
  });
  return status === 0 ? JSON.parse(stdout).Images.at(-1) : undefined;
}

/** What the checker says of the same folders. */
export function checked(release, above, folders) {
  const argv = ['server/dist/cli.js', 'check', '--mkosi', String(release), '--format', 'json', above];
  const { stdout, stderr, status } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0 && status !== 1) throw new Error(stderr);
  const { files } = JSON.parse(stdout);
  return folders.map((folder) => files.filter((f) => f.path.startsWith(`${folder}/`)).flatMap((f) => f.diagnostics));
}

/**
 * Writes projects below a world-readable folder, and removes it after the work.
 * @template T
 * @param {readonly { id: string, files: Record<string, string>, modes?: Record<string, number>, encoding?: string }[]} cases
 * @param {(above: string, folders: string[]) => T} work @returns {T}
 */
export function withProjects(cases, work) {
  const above = mkdtempSync(path.join(tmpdir(), 'mkosi-replay-'));
  try {
    chmodSync(above, 0o755);
    const folders = cases.map((c, i) => {
      const folder = path.join(above, `${i}`);
      for (const [name, text] of Object.entries(c.files)) {
        const file = path.join(folder, name);
        mkdirSync(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
        if (name.endsWith('/')) continue;
        writeFileSync(file, c.encoding === 'latin-1' ? Buffer.from(text, 'latin1') : text);
        chmodSync(file, c.modes?.[name] ?? 0o644);
      }
      return folder;
    });
    return work(above, folders);
  } finally {
    rmSync(above, { recursive: true, force: true });
  }
}
