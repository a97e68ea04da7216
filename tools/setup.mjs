// What `npm start` and `npm test` do first: installs the packages of this checkout when they are not there or not current.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Runs a program and waits; ends this process with a message when it fails. @param {string[]} argv */
export function must([program, ...args], options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (status === 0) return;
  console.error(`${[program, ...args].join(' ')}: ${error?.message ?? `exit status ${status}`}`);
  process.exit(1);
}

/**
 * Installs what package-lock.json names, once. Scripts of packages are not run; none of ours needs one.
 * @param {import('./programs.mjs').RunProgram} [run] for those that show progress
 */
export async function installPackages(run = async (argv) => must(argv)) {
  const stamp = path.join(root, 'node_modules/.installed');
  const want = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return;
  await run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, want);
}
