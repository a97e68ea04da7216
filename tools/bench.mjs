// `npm run bench`: our language server beside others, measured in one run on one machine, so that ratios mean something.
//   node tools/bench.mjs [--edits N] [--only NAME ...] [--cli FILE]      NAME: of a server, project or check
// Rivals are installed from npm into out/bench. Times in milliseconds: `init` from the start of the process to the answer
// (median of 5), `first` from opening to the first diagnostics, completion and hover from an edit to the answer (95 of 100 are faster).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Client } from './bench/client.mjs';
import { jsonSchema, rivals, subjects } from './bench/servers.mjs';
import { installPackages, must, root } from './setup.mjs';

const {
  values: { edits, only, cli: given },
} = parseArgs({
  options: {
    edits: { type: 'string', default: '200' },
    only: { type: 'string', multiple: true },
    cli: { type: 'string' },
  },
});
const folder = path.join(root, 'out/bench'),
  sizes = [100, 5000];
const cli = path.resolve(given ?? path.join(root, 'server/dist/cli.js'));

/** Installs the rivals, apart from our own packages. */
function installRivals() {
  mkdirSync(folder, { recursive: true });
  const manifest = path.join(folder, 'package.json'),
    wanted = JSON.stringify({ name: 'bench', private: true, dependencies: rivals });
  if (existsSync(path.join(folder, 'node_modules')) && existsSync(manifest) && readFileSync(manifest, 'utf8') === wanted) return;
  rmSync(manifest, { force: true });
  writeFileSync(`${manifest}.new`, wanted);
  must([
    'npm',
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--loglevel=error',
    ...Object.entries(rivals).map(([name, version]) => `${name}@${version}`),
  ]);
  rmSync(`${manifest}.new`);
  writeFileSync(manifest, wanted);
}

const quantile = (list, q) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];

/** Types a character and takes it back again, by turns; after each time asks. @returns {Promise<number[]>} milliseconds */
async function askAfterEdits(client, uri, d, method, positionOf) {
  const times = [],
    lines = d.text.split('\n');
  const without = lines[d.line] ?? '';
  for (let i = 0; i < Number(edits); i++) {
    const typing = i % 2 === 0,
      start = { line: d.line, character: d.at };
    const end = { line: d.line, character: d.at + (typing ? 0 : d.typed.length) };
    const began = performance.now();
    client.change(uri, { start, end }, typing ? d.typed : '', () => lines.with(d.line, typing ? without + d.typed : without).join('\n'));
    await client.request(method, { textDocument: { uri }, position: positionOf(typing) });
    // The first ones warm the server up.
    if (i >= 20) times.push(performance.now() - began);
  }
  return times;
}

async function measure(subject) {
  const result = { name: subject.name, ours: subject.ours === true },
    inits = [];
  for (let i = 0; i < 5; i++) {
    const client = new Client(subject.argv, folder);
    inits.push(await client.initialize(folder, subject.options));
    await client.stop();
  }
  result.init = quantile(inits, 0.5);
  for (const size of sizes) {
    const client = new Client(subject.argv, folder);
    await client.initialize(folder, subject.options);
    const uri = `file://${folder}/${size}/${subject.file}`,
      d = subject.document(size);
    result[`first ${size}`] = await client.open(uri, subject.language, d.text, 10_000);
    const items = await client.request('textDocument/completion', { textDocument: { uri }, position: { line: d.line, character: d.at } });
    result[`items ${size}`] = (Array.isArray(items) ? items : (items?.items ?? [])).length;
    const completions = await askAfterEdits(client, uri, d, 'textDocument/completion', (typing) => ({
      line: d.line,
      character: d.at + (typing ? d.typed.length : 0),
    }));
    const hovers = await askAfterEdits(client, uri, d, 'textDocument/hover', () => d.hover);
    result[`completion ${size}`] = quantile(completions, 0.95);
    result[`hover ${size}`] = quantile(hovers, 0.95);
    result[`memory ${size}`] = client.memory();
    await client.stop();
  }
  return result;
}

/** A project of mkosi: to the diagnostics of all its files, and again after edits in a file that is included. */
async function project(count) {
  const below = path.join(folder, 'project'),
    uri = (name) => `file://${below}/${name}`;
  rmSync(below, { recursive: true, force: true });
  mkdirSync(path.join(below, 'mkosi.conf.d'), { recursive: true });
  mkdirSync(path.join(below, '.git'));
  const files = {
    'mkosi.conf': '[Include]\nInclude=shared.conf\n\n[Content]\nBogus=1\n',
    'shared.conf': '[Distribution]\nDistribution=debian\n',
    ...Object.fromEntries(
      Array.from({ length: count - 2 }, (_, i) => [
        `mkosi.conf.d/${i}.conf`,
        `[Match]\nDistribution=debian\n\n[Content]\nPackages=package${i}\n         other${i}\nBootabl=yes\n`,
      ]),
    ),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(below, name), text);
  const client = new Client(['node', cli, '--stdio'], below);
  await client.initialize(below, undefined);
  /** Whether diagnostics of so many files have come. */
  const all = (n) => {
    const seen = new Set();
    return ({ uri: of }) => seen.add(of).size >= n;
  };
  const open = (name) =>
    client.notify('textDocument/didOpen', { textDocument: { uri: uri(name), languageId: 'mkosi', version: 1, text: files[name] } });
  const first = await client.diagnosed(
    () => {
      open('mkosi.conf');
      open('shared.conf');
    },
    all(count),
    60_000,
  );
  const end = { line: 2, character: 0 },
    word = { start: { line: 1, character: 13 }, end: { line: 1, character: 19 } };
  const alone = await client.diagnosed(() => client.change(uri('shared.conf'), { start: end, end }, 'Bogus=1\n'), all(1), 60_000);
  const every = await client.diagnosed(() => client.change(uri('shared.conf'), word, 'fedora'), all(count - 1), 60_000);
  await client.stop();
  rmSync(below, { recursive: true, force: true });
  return { first, alone, every };
}

/** Small files a second through `check`, once it has started. */
function throughput(name, content, count = 5000) {
  const below = path.join(folder, `check-${name}`);
  const filesIn = (part, n) => {
    for (let i = 0; i < n; i++) {
      const file = path.join(below, part, name === 'nspawn' ? `m${i}.nspawn` : `p${i}/mkosi.conf`);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content(i));
    }
  };
  rmSync(below, { recursive: true, force: true });
  filesIn('one', 1);
  filesIn('many', count);
  const took = (part) =>
    quantile(
      Array.from({ length: 3 }, () => {
        const began = performance.now();
        const { status, stderr } = spawnSync('node', [cli, 'check', path.join(below, part)], { encoding: 'utf8' });
        if (status !== 0 && status !== 1) throw new Error(stderr);
        return performance.now() - began;
      }),
      0.5,
    );
  const start = took('one'),
    all = took('many');
  rmSync(below, { recursive: true, force: true });
  return { start, rate: (count - 1) / ((all - start) / 1000) };
}

const show = (n) => (n === undefined ? 'none' : n < 10 ? n.toFixed(1) : n.toFixed(0));

installRivals();
if (given === undefined) {
  await installPackages();
  must(['node', 'tools/build.mjs']);
}
const schema = path.join(folder, 'schema.json');
writeFileSync(schema, JSON.stringify(jsonSchema()));

const results = [];
for (const subject of subjects(cli, folder, schema)) {
  if (only !== undefined && !only.includes(subject.name)) continue;
  process.stderr.write(`${subject.name} ...\n`);
  results.push(await measure(subject));
}
const columns = ['init', ...['first', 'completion', 'hover', 'memory', 'items'].flatMap((what) => sizes.map((size) => `${what} ${size}`))];
const heads = columns.map((c) => c.replace('memory', 'MiB').replace('items', 'offered'));
if (results.length > 0)
  console.log(`| server | ${heads.join(' | ')} | completion 5000 : 100 |\n| --- |${' ---: |'.repeat(columns.length + 1)}`);
for (const r of results) {
  const growth = (r['completion 5000'] / r['completion 100']).toFixed(2);
  console.log(`| ${r.name} | ${columns.map((c) => show(r[c])).join(' | ')} | ${growth} |`);
}
const others = results.filter((r) => !r.ours);
if (others.length > 0) {
  console.log('\nOurs in proportion to the best of the others (below 1: faster, smaller):');
  for (const r of results.filter((o) => o.ours)) {
    const ratios = columns
      .filter((c) => !c.startsWith('items'))
      .map((c) => {
        const best = Math.min(...others.map((o) => o[c] ?? Infinity));
        return `${c} ${r[c] === undefined ? 'none' : (r[c] / best).toFixed(2)}`;
      });
    console.log(`${r.name}: ${ratios.join(', ')}`);
  }
}
if (only === undefined || only.includes('project')) {
  const { first, alone, every } = await project(500);
  console.log(
    `\nproject of 500 files of mkosi: ${show(first)} ms to the diagnostics of all; after an edit in an included file ` +
      `${show(alone)} ms when it matters to that file only, ${show(every)} ms when it matters to all`,
  );
}
if (only === undefined || only.includes('check')) {
  const small = {
    nspawn: (i) =>
      `[Exec]\nBoot=yes\nPrivateUsers=pick\n\n[Files]\nBind=/srv/data${i}:/data\n\n[Network]\nVirtualEthernet=yes\nPort=tcp:${8000 + i}:80\n`,
    mkosi: (i) =>
      `[Distribution]\nDistribution=debian\nRelease=trixie\n\n[Output]\nFormat=disk\nImageId=image${i}\n\n[Content]\nBootable=yes\nPackages=systemd\n         udev\n`,
  };
  console.log('');
  for (const [name, content] of Object.entries(small)) {
    const { start, rate } = throughput(name, content);
    console.log(`check, ${name}: ${rate.toFixed(0)} files a second once started; ${start.toFixed(0)} ms for one file from start to end`);
  }
}
