// `npm test`: everything, from a clean clone. Ends with one line: N passed, N failed, N skipped.
//   node test/run.mjs [STAGE ...]      runs only some stages; `--list` names them
// What cannot run here is counted as skipped, with its reason; with CI=true it counts as failed.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { installPackages, root } from '../tools/setup.mjs';
import { add, nothing } from './support/results.mjs';

/**
 * A stage is a command. One that prints `RESULT {"passed":1,"failed":0,"skipped":0,"reason":"..."}` is counted by that,
 * any other by its exit status; `figures` stages only print.
 */
const stages = [
  { name: 'types', argv: ['node', 'node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'lint', argv: ['node', 'node_modules/eslint/bin/eslint.js', '.'] },
  { name: 'format', argv: ['node', 'node_modules/@biomejs/biome/bin/biome', 'check', '.'] },
  { name: 'unit', argv: ['node', 'test/mocha.mjs', 'unit'], counts: true },
  { name: 'properties', argv: ['node', 'test/mocha.mjs', 'properties'], counts: true },
  { name: 'package', argv: ['node', 'tools/package.mjs'] },
  { name: 'product', argv: ['node', 'test/mocha.mjs', 'product'], counts: true },
  { name: 'vscode', argv: ['node', 'test/vscode.mjs'], counts: true },
  { name: 'host-library', argv: ['node', 'test/host-library.mjs'], counts: true },
  { name: 'e2e-machines', argv: ['node', 'test/e2e-machines.mjs'], counts: true },
  { name: 'e2e-network-loss', argv: ['node', 'test/e2e-network-loss.mjs'], counts: true },
  { name: 'e2e-sidebar', argv: ['node', 'test/e2e-sidebar.mjs'], counts: true },
  { name: 'e2e-projects', argv: ['node', 'test/e2e-projects.mjs'], counts: true },
  { name: 'hostile', argv: ['node', 'test/hostile/run.mjs'], counts: true },
  { name: 'replay-nspawn', argv: ['node', 'test/replay-nspawn.mjs'], counts: true },
  { name: 'replay-mkosi', argv: ['node', 'test/replay-mkosi.mjs'], counts: true },
  { name: 'oracle', argv: ['node', 'test/oracle.mjs'], counts: true },
];

async function run({ name, argv: [program, ...args], counts }) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let result;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('RESULT ')) result = JSON.parse(line.slice('RESULT '.length));
    else console.log(line);
  }
  const status =
    child.exitCode ??
    (await new Promise((resolve) => {
      child.on('exit', resolve);
    }));
  const seen = counts && result ? result : { ...nothing(), [status === 0 && !counts ? 'passed' : 'failed']: 1 };
  // A stage that reports success but exits with a failure counts as failed.
  if (status !== 0 && seen.failed === 0) seen.failed = 1;
  const took = ((Date.now() - started) / 1000).toFixed(1);
  console.log(
    `-- ${name}: ${seen.passed} passed, ${seen.failed} failed, ${seen.skipped} skipped (${took} s)${seen.reason ? `: ${seen.reason}` : ''}`,
  );
  return { name, ...seen };
}

const wanted = process.argv.slice(2);
if (wanted.includes('--list')) {
  console.log(stages.map((s) => s.name).join('\n'));
  process.exit(0);
}
const unknown = wanted.filter((w) => !stages.some((s) => s.name === w));
if (unknown.length > 0) {
  console.error(`No stage ${unknown.join(', ')}; there are ${stages.map((s) => s.name).join(', ')}`);
  process.exit(2);
}
console.log('Checking the npm packages');
await installPackages();
const total = nothing();
for (const stage of stages.filter((s) => wanted.length === 0 || wanted.includes(s.name))) {
  const seen = await run(stage);
  add(total, process.env.CI === 'true' ? { ...seen, failed: seen.failed + seen.skipped, skipped: 0 } : seen);
}
if (total.unsteady) console.log(`\nPassed only when tried again: ${total.unsteady.join(', ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
