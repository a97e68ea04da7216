// Looks for faults in generated input: generated documents, and generated sessions of the built server, a hundredth as many.
//   npm run fuzz -- [DOCUMENTS] [--seed SEED]      100,000 and another seed each time without them; the same seed, the same run

import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { must, root } from '../tools/setup.mjs';

const {
  values: { seed = String(randomInt(2 ** 31)) },
  positionals: [documents = '100000'],
} = parseArgs({
  options: { seed: { type: 'string' } },
  allowPositionals: true,
});
if (!/^[1-9]\d*$/.test(documents) || !/^-?\d+$/.test(seed)) {
  console.error('Usage: npm run fuzz -- [DOCUMENTS] [--seed SEED], both whole numbers');
  process.exit(2);
}
console.log(`seed ${seed}`);
must(['node', 'tools/build.mjs']);
const env = { ...process.env, PROPERTY_RUNS: documents, PROPERTY_SEED: seed };
const failed = [['product', 'test/product/sessions'], ['properties']].filter(
  (suite) => spawnSync('node', ['test/mocha.mjs', ...suite], { cwd: root, stdio: 'inherit', env }).status !== 0,
);
if (failed.length > 0) console.error(`Failed. The same again: npm run fuzz -- ${documents} --seed ${seed}`);
process.exit(failed.length > 0 ? 1 : 0);
