// Records what real systemd-nspawn says about `.nspawn` files, one JSON object a line: the case with its fields, `verdicts` (a
// bare systemd-nspawn) and `unit` (with the switches of systemd-nspawn@.service), each by release.
//   node tools/record-nspawn.mjs [--cases FILE] [--tree self|252|257|262 ...] [--out FILE | --compare]
// --cases    .json or .jsonl; default: test/replay/cases.json. What it says of other releases stays in it
// --tree     systems whose systemd-nspawn is asked, built on first use; default: self, 252, 257 and 262
// --compare  writes nothing, but prints where the verdicts in the cases are different; then the exit status is 1
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { ask } from '../test/replay/nspawn.mjs';
import { boot, can, prepare, trees } from '../test/rig/systemd/rig.mjs';
import { root } from './setup.mjs';

const {
  values: { cases: table, tree: chosen, out, compare },
} = parseArgs({
  options: {
    cases: { type: 'string', default: path.join(root, 'test/replay/cases.json') },
    tree: { type: 'string', multiple: true, default: [...trees] },
    out: { type: 'string' },
    compare: { type: 'boolean', default: false },
  },
});
const able = can();
if (!able.ok) {
  console.error(able.reason);
  process.exit(2);
}
const text = readFileSync(table, 'utf8');
/** @type {(import('../test/replay/nspawn.mjs').Case & Record<string, any>)[]} */
const cases = table.endsWith('.json')
  ? JSON.parse(text)
  : text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

/** What one tree says. */
async function record(tree) {
  if (tree === 'self') {
    await prepare({ tree, log: console.error });
    return ask(cases);
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'nspawn-record-'));
  try {
    const rig = await boot({
      name: `record-${tree}-${process.pid}`,
      tree,
      binds: [{ source: folder, target: folder }],
      log: console.error,
    });
    try {
      return await ask(cases, { folder, run: (argv) => rig.run(argv) });
    } finally {
      await rig.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const done = new Set();
let different = 0;
for (const tree of chosen) {
  const { release, said } = await record(tree);
  // This machine's own may be one of the others.
  if (done.has(release)) continue;
  done.add(release);
  cases.forEach((c, i) => {
    for (const [field, verdict] of [
      ['verdicts', said[i].command],
      ['unit', said[i].unit],
    ]) {
      const before = c[field]?.[release];
      if (compare && before !== undefined && !isDeepStrictEqual(before, verdict)) {
        different++;
        console.log(`${c.id}, systemd ${release}, ${field}:\n  then ${JSON.stringify(before)}\n  now  ${JSON.stringify(verdict)}`);
      }
      c[field] = { ...c[field], [release]: verdict };
    }
  });
  console.error(`${cases.length} files by systemd-nspawn ${release} (${tree})`);
}
if (compare) console.log(`${different} verdicts are different`);
else {
  const lines = cases.map((c) => `${JSON.stringify(c)}\n`).join('');
  if (out === undefined) process.stdout.write(lines);
  else writeFileSync(out, lines);
}
process.exitCode = different > 0 ? 1 : 0;
