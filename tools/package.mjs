// Builds the extension and packs it, with the notices and the bill of materials of third-party code: one .vsix at the top of the checkout.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.mjs';
import { billOf, bundledPackages, noticesOf } from './bundled.mjs';
import { must, root } from './setup.mjs';

const manifest = () => JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** @returns {string} path of the .vsix */
export function vsixPath() {
  const { name, version } = manifest();
  return path.join(root, `${name}-${version}.vsix`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const f of readdirSync(root)) if (f.endsWith('.vsix')) rmSync(path.join(root, f));
  try {
    const packages = bundledPackages(root, await buildAll());
    writeFileSync(path.join(root, 'ThirdPartyNotices.txt'), noticesOf(packages));
    writeFileSync(path.join(root, 'sbom.cdx.json'), `${JSON.stringify(billOf(manifest(), packages), undefined, 2)}\n`);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  // --no-dependencies: the bundles hold everything, node_modules stays out.
  must(['node_modules/.bin/vsce', 'package', '--no-dependencies', '--out', vsixPath()], { env: { ...process.env, NODE_NO_WARNINGS: '1' } });
}
