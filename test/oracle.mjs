// The checker held against recorded verdicts of the real tools and against real files, when they are at hand:
// $NSPAWN_TRUTH, or ../shared. For nspawn the wanted figures must be reached, and on real files it must say exactly what
// test/oracle/nspawn-corpus.json lists, on real projects of mkosi what mkosi-corpus.json lists; both sets of figures must be reached.
//   node test/oracle.mjs [--write]      --write: makes the list what the checker says now
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../tools/setup.mjs';
import { mkosiCorpus } from './oracle/mkosi-corpus.mjs';
import { finish, nothing } from './support/results.mjs';

const recordings = path.resolve(root, process.env.NSPAWN_TRUTH ?? '../shared');
const cli = path.join(root, 'server/dist/cli.js');
const counts = nothing();
if (!existsSync(recordings)) {
  console.log('No recorded verdicts at hand ($NSPAWN_TRUTH): nothing to compare.');
  finish(counts);
}

/** Runs a program; statuses other than `good` are failures. */
function ran([program, ...args], good) {
  const { status, signal, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 30 });
  const well = good.includes(status) && stdout !== '';
  counts[well ? 'passed' : 'failed']++;
  if (!well) console.log(`${[program, ...args].join(' ')}: exit status ${status ?? signal}\n${stderr}`);
  return stdout;
}

/** What the checker says of a folder of real files: the files, and what it finds in them besides advice. */
function checked(folder) {
  const argv = ['node', cli, 'check', '--systemd', '262', '--trust', 'trusted', '--launch', 'unit', '--format', 'json', folder];
  const { files } = JSON.parse(ran(argv, [0, 1]) || '{"files":[]}');
  return files.map((f) => ({ path: f.path, rules: f.diagnostics.filter((d) => d.verdict !== 'advice').map((d) => d.code) }));
}

for (const tool of ['nspawn', 'mkosi']) {
  const cases = path.join(recordings, 'oracle', tool, 'cases.jsonl');
  if (!existsSync(cases)) continue;
  console.log(ran(['python3', path.join(recordings, 'oracle/score'), tool, cases, '--cli', `node ${cli}`, '--show', '3'], [0]));
}

/** By name and content, since nothing of other people's files is kept here: the rules, sorted, one for each finding. */
const found = {},
  pathOf = {};
const keyOf = (folder, file) =>
  `${folder}/${path.basename(file)} ${createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 10)}`;
const corpus = path.join(recordings, 'corpus');
for (const folder of existsSync(corpus) ? readdirSync(corpus, { withFileTypes: true }) : []) {
  if (!folder.isDirectory()) continue;
  const files = checked(path.join(corpus, folder.name)),
    seen = {};
  for (const rule of files.flatMap((f) => f.rules)) seen[rule] = (seen[rule] ?? 0) + 1;
  console.log(`${folder.name}: ${files.length} files, ${JSON.stringify(seen)}`);
  if (!folder.name.startsWith('nspawn')) continue;
  for (const f of files) {
    const key = keyOf(folder.name, f.path);
    pathOf[key] = f.path;
    found[key] = f.rules.sort();
  }
}
if (existsSync(corpus)) {
  const list = path.join(root, 'test/oracle/nspawn-corpus.json');
  const lines = Object.keys(found)
    .sort()
    .map((key) => `  ${JSON.stringify(key)}: ${JSON.stringify(found[key])}`);
  if (process.argv.includes('--write')) writeFileSync(list, `{\n${lines.join(',\n')}\n}\n`);
  /** @type {Record<string, string[]>} */
  const wanted = JSON.parse(readFileSync(list, 'utf8'));
  const listed = Object.keys(found).filter((key) => key in wanted),
    different = listed.filter((key) => String(wanted[key]) !== String(found[key]));
  counts[listed.length > 0 && different.length === 0 ? 'passed' : 'failed']++;
  console.log(
    `${listed.length} real files of nspawn are on the list, ${Object.keys(found).length - listed.length} are not; ${different.length} differ`,
  );
  for (const key of different) console.log(`${pathOf[key]}: the list says [${wanted[key]}], the checker says [${found[key]}]`);
  if (different.length > 0) console.log('Where the checker is right: node test/oracle.mjs --write');
}
if (existsSync(corpus)) {
  const { passed, failed } = mkosiCorpus(corpus, process.argv.includes('--write'));
  counts.passed += passed;
  counts.failed += failed;
  if (failed > 0) console.log('Where the checker is right: node test/oracle.mjs --write');
}
finish(counts);
