// Bundles TypeScript tests and runs them with mocha on this Node. The last line, `RESULT {json}`, is what test/run.mjs counts.
//   node test/mocha.mjs SUITE [--grep PATTERN] [PART OF A PATH ...]     SUITE: unit | properties | product | host
//   node test/mocha.mjs FILE.ts [--grep PATTERN]                        one test file, of whatever suite; under a debugger without timeouts

import { rmSync } from 'node:fs';
import inspector from 'node:inspector';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import Mocha from 'mocha';
import { root } from '../tools/setup.mjs';
import { globSync } from './support/glob.mjs';

/** Which files a suite consists of. */
const suites = {
  /** Beside the code, and the rules of the whole tree; needs nothing but the sources. */
  unit: { folders: ['client/src', 'server/src', 'test'], name: /\.test\.ts$/, not: /^test\/(product|suite)\// },
  /** Those of the unit tests that try what is generated, on many more documents: $PROPERTY_RUNS, 20,000 without it. */
  properties: { folders: ['server/src'], name: /^(property|cost)\.test\.ts$/ },
  /** What was built and packed. */
  product: { folders: ['test/product'], name: /\.test\.ts$/ },
  /** In the extension host of a VS Code; run by test/vscode.mjs and test/electron.mjs. */
  suite: { folders: ['test/suite'], name: /\.ts$/ },
  /** The host library against the systemd that it finds here. */
  host: { folders: ['client/src/host'], name: /\.e2e\.ts$/ },
};

/** The suite that a test file belongs to. @param {string} file relative to the checkout @returns {keyof typeof suites | undefined} */
const suiteOf = (file) =>
  Object.keys(suites).find((suite) => {
    const { folders, name, not } = suites[suite];
    return folders.some((folder) => file.startsWith(`${folder}/`)) && name.test(path.posix.basename(file)) && !not?.test(file);
  });

/**
 * Bundles the files of a suite to out/SUITE.
 * @param {keyof typeof suites} suite @param {{ only?: string[], packages?: 'external' | 'bundle' }} [how]
 * @returns {Promise<string[]>} the bundles, absolute
 */
export async function bundleSuite(suite, { only = [], packages = 'external' } = {}) {
  const { folders, name, not } = suites[suite];
  const files = globSync(root, folders, name).filter((f) => !not?.test(f) && (only.length === 0 || only.some((o) => f.includes(o))));
  const outdir = path.join(root, 'out', suite);
  rmSync(outdir, { recursive: true, force: true });
  const { bundles } = await import('../tools/build.mjs');
  const { plugins } = bundles()[1];
  await build({
    absWorkingDir: root,
    entryPoints: files,
    outdir,
    outbase: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    ...(packages === 'external' ? { packages } : { plugins }),
    mainFields: ['module', 'main'],
    sourcemap: 'inline',
    logLevel: 'warning',
    loader: { '.md': 'text' },
    external: ['vscode'],
  });
  return files.map((f) => path.join(outdir, f.replace(/\.ts$/, '.js')));
}

/** @param {string[]} files @param {string} [grep] @returns {Promise<{ passed: number, failed: number, skipped: number }>} */
export function runMocha(files, grep) {
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: process.env.CI ? 'dot' : 'spec',
    timeout: inspector.url() === undefined ? 120_000 : 0,
    forbidOnly: true,
    forbidPending: true,
    failZero: true,
    ...(grep ? { grep: new RegExp(grep) } : {}),
  });
  for (const f of files) mocha.addFile(f);
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => resolve({ passed: runner.stats?.passes ?? 0, failed, skipped: runner.stats?.pending ?? 0 }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const suite = Object.hasOwn(suites, args[0] ?? '') ? args.shift() : suiteOf(args[0] ?? '');
  if (suite === undefined) {
    console.error(`${args[0]} is no test file, and no suite: those are ${Object.keys(suites).join(', ')}`);
    process.exit(2);
  }
  if (suite === 'suite') {
    console.error('Tests of this suite run in a VS Code: node test/vscode.mjs --only NAME,NAME');
    process.exit(2);
  }
  const at = args.indexOf('--grep');
  const grep = at < 0 ? undefined : args.splice(at, 2)[1];
  if (suite === 'properties') process.env.PROPERTY_RUNS ??= '20000';
  process.setSourceMapsEnabled(true);
  process.chdir(root);
  // What is generated is the same in every run, so that a new failure comes from a change; another seed tries other input.
  createRequire(import.meta.url)('fast-check').configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });
  const files = args.length > 0 && args.every((a) => a.endsWith('.js')) ? args : await bundleSuite(suite, { only: args });
  const counts = await runMocha(files, grep);
  if (counts.passed + counts.failed === 0) counts.failed = 1;
  console.log(`RESULT ${JSON.stringify(counts)}`);
  process.exit(counts.failed > 0 ? 1 : 0);
}
