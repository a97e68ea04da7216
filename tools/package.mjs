// Builds the extension and packs it: one .vsix at the top of the checkout.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { must, root } from './setup.mjs';

/** @returns {string} path of the .vsix */
export function vsixPath() {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return path.join(root, `${name}-${version}.vsix`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const f of readdirSync(root)) if (f.endsWith('.vsix')) rmSync(path.join(root, f));
  must(['node', 'tools/build.mjs']);
  // --no-dependencies: the bundles hold everything, node_modules stays out.
  must(['node_modules/.bin/vsce', 'package', '--no-dependencies', '--out', vsixPath()], { env: { ...process.env, NODE_NO_WARNINGS: '1' } });
}
