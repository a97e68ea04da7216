// Writes everything that follows from something else in this repository. `--check` writes nothing and names what is stale.
//   npm run generate [-- --check]
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './setup.mjs';

/**
 * Modules of tools/generate. Each exports `generate()`, which returns what it writes: paths below the root, with their whole text.
 * A later one gets to see what earlier ones have written.
 */
const generators = ['schema', 'rules', 'manifest'];

/**
 * The files that are not what `npm run generate` would write.
 * @param {(file: string, text: string) => void} [write] what to do with each: a path below the root, and its text
 * @returns {Promise<string[]>} paths below the root
 */
export async function staleFiles(write = () => undefined) {
  const stale = [];
  for (const name of generators) {
    const { generate } = await import(`./generate/${name}.mjs`);
    for (const [file, text] of await generate()) {
      if (textOf(file) === text) continue;
      stale.push(file);
      write(file, text);
    }
  }
  return stale;
}

function textOf(file) {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  const stale = await staleFiles(check ? undefined : (file, text) => writeFileSync(path.join(root, file), text));
  for (const file of stale) console.log(check ? `${file} is stale: npm run generate` : `wrote ${file}`);
  process.exit(check && stale.length > 0 ? 1 : 0);
}
