// The checker against the systemd-nspawn of this machine: a sample of the cases in test/replay/cases.json, and of the recorded
// ones where they are at hand ($NSPAWN_TRUTH, or ../shared), whose record is held against this systemd-nspawn as well.
//   node test/replay-nspawn.mjs [--all] [--seed N]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { root } from '../tools/setup.mjs';
import { numbers, sample } from './replay/generate.mjs';
import { ask, contentOf, trustOf } from './replay/nspawn.mjs';
import { can, prepare } from './rig/systemd/rig.mjs';
import { finish, nothing } from './support/results.mjs';

const {
  values: { all, seed },
} = parseArgs({ options: { all: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } } });
/** How many cases of each table are replayed: some seconds' worth. */
const most = all ? Infinity : 150;
const counts = nothing();

const able = can();
if (!able.ok) finish({ ...counts, skipped: 1, reason: `systemd-nspawn itself: ${able.reason}` });
await prepare({ tree: 'self', log: console.log });

const next = numbers(Number(seed));
const own = sample(JSON.parse(readFileSync(path.join(root, 'test/replay/cases.json'), 'utf8')), most, next);
const table = path.resolve(root, process.env.NSPAWN_TRUTH ?? '../shared', 'oracle/nspawn/cases.jsonl');
const recorded = existsSync(table) ? sample(readFileSync(table, 'utf8').trimEnd().split('\n'), most, next).map((l) => JSON.parse(l)) : [];
// systemd counts a NUL as the end of a line, and no editor does: numbers of lines cannot agree.
const cases = [...own, ...recorded].filter((c) => !contentOf(c).includes(0));
/** What a distribution has made of its release counts as the release. */
const { release, said } = await ask(cases);

/** What the checker says of each case: lines that it calls warned, and whether it calls anything refused. */
function checked(launch) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nspawn-replay-')),
    found = [];
  try {
    for (const trust of ['trusted', 'untrusted']) {
      const below = path.join(folder, trust);
      mkdirSync(below);
      cases.forEach((c, i) => trustOf(c) === trust && writeFileSync(path.join(below, `${i}.nspawn`), contentOf(c)));
      const argv = [
        'server/dist/cli.js',
        'check',
        '--systemd',
        String(release),
        '--trust',
        trust,
        '--launch',
        launch,
        '--format',
        'json',
        below,
      ];
      const { stdout, stderr, status } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 30 });
      if (status !== 0 && status !== 1) throw new Error(stderr);
      for (const { path: file, diagnostics } of JSON.parse(stdout).files) found[Number(path.basename(file, '.nspawn'))] = diagnostics;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return found.map((diagnostics) => ({
    refused: diagnostics.some((d) => d.verdict === 'refused'),
    warned: diagnostics.filter((d) => d.verdict === 'warned').map((d) => d.range.start.line + 1),
  }));
}

/** For each physical line the first one of the line that it is joined to; a comment between is passed over. */
function joined(text) {
  const first = [0];
  let open = false;
  for (const line of text.split(/\r\n|\n|\r/)) {
    first.push(open ? first.at(-1) : first.length);
    if (!(open && /^\s*[#;]/.test(line))) open = /\\*$/.exec(line)[0].length % 2 === 1;
  }
  return (line) => first[line] ?? first.at(-1);
}

const sorted = (lines) => [...new Set(lines)].sort((a, b) => a - b);

/** Why the checker disagrees with nspawn; undefined when it agrees. */
function difference(c, tool, ours) {
  const refused = tool.fatal || tool.verify?.fatal === true;
  if (refused !== ours.refused) return refused ? 'nspawn does not start' : 'nspawn starts';
  // nspawn prints nothing more about a file that it refuses.
  if (refused) return undefined;
  const lineOf = joined(contentOf(c).toString()),
    ofFile = tool.messages.filter((m) => m.line === null);
  const wanted = sorted(tool.messages.flatMap((m) => m.line ?? []).map(lineOf)),
    found = sorted(ours.warned.map(lineOf));
  const missing = wanted.filter((l) => !found.includes(l)),
    more = found.filter((l) => !wanted.includes(l));
  if (missing.length > 0) return `nspawn warns of line ${missing.join()}`;
  // What it says of the file as a whole we say of a line, which may be one that has a warning anyway.
  if (ofFile.length === 0 && more.length > 0) return `nspawn does not warn of line ${more.join()}`;
  return ofFile.length > 0 && found.length === 0 ? 'nspawn warns of the file' : undefined;
}

let shown = 0;
const report = (c, text, tool, ours) => {
  counts.failed++;
  if (shown++ < 10)
    console.log(
      `${c.id}: ${text}\n  ${JSON.stringify(contentOf(c).toString().slice(0, 300))}\n  nspawn: ${JSON.stringify(tool)}\n  ours: ${JSON.stringify(ours)}`,
    );
};
for (const launch of ['command', 'unit']) {
  const ours = checked(launch);
  cases.forEach((c, i) => {
    const why = difference(c, said[i][launch], ours[i]);
    if (why === undefined) counts.passed++;
    else report(c, `${launch}: ${why}`, said[i][launch], ours[i]);
    const record = c[launch === 'unit' ? 'unit' : 'verdicts']?.[release];
    if (record !== undefined && !isDeepStrictEqual(record, said[i][launch]))
      report(c, `${launch}: the record says something else`, said[i][launch], record);
  });
}
console.log(`${cases.length} files (seed ${seed}) as systemd-nspawn ${release} reads them, started in two ways`);
finish(counts);
