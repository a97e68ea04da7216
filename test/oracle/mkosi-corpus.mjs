// Real projects of mkosi, checked by the release of their time: nothing may be found in them that test/oracle/mkosi-corpus.json does
// not list, and what it lists has a reason there, rule by rule. Projects are known by a hash of what they hold, since nothing of
// other people's files is kept here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../tools/setup.mjs';

/** When releases came out; a project is written for the one of its time, the one before, or the one that was being made. */
const released = [
  [4, '2018-02-09'],
  [5, '2019-04-30'],
  [6, '2020-10-02'],
  [9, '2020-12-30'],
  [10, '2021-07-30'],
  [12, '2021-11-30'],
  [13, '2022-06-21'],
  [14, '2022-10-27'],
  [15, '2023-08-10'],
  [16, '2023-09-07'],
  [17, '2023-09-19'],
  [18, '2023-10-05'],
  [19, '2023-11-15'],
  [20, '2024-01-09'],
  [21, '2024-03-07'],
  [22, '2024-03-14'],
  [23, '2024-04-14'],
  [23.1, '2024-06-12'],
  [24.3, '2024-07-26'],
  [25, '2025-01-23'],
  [25.3, '2025-01-31'],
  [26, '2025-12-17'],
  [27.1, '2026-08-27'],
];

/** The releases that a project of a day may be written for. */
function releasesOf(kind, date) {
  const ours = released.filter(([r]) => (kind === 'mkosi-legacy') === r < 15);
  if (date === '') return kind === 'mkosi-legacy' ? ours.map(([r]) => r) : ours.slice(-2).map(([r]) => r);
  const at = Math.max(
    0,
    ours.findLastIndex(([, day]) => day <= date),
  );
  return ours.slice(Math.max(0, at - 1), at + 3).map(([r]) => r);
}

/** The projects of the corpus: a folder each, with the day of its newest file. */
function projects(corpus) {
  const [head = '', ...rows] = readFileSync(path.join(corpus, 'INDEX.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((l) => l.split('\t'));
  const at = (name) => head.indexOf(name),
    found = new Map();
  for (const row of rows) {
    const kind = row[at('kind')],
      folder = row[at('file')].split('/').slice(0, 2).join('/');
    if (!kind.startsWith('mkosi-')) continue;
    const old = found.get(folder) ?? { kind, date: '' };
    found.set(folder, {
      kind: row[at('flags')] === 'v14-dialect' ? 'mkosi-legacy' : old.kind,
      date: [old.date, row[at('commit_date')] ?? ''].sort()[1],
    });
  }
  return [...found].map(([folder, { kind, date }]) => ({ folder, releases: releasesOf(kind, date) }));
}

function keyOf(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true }).sort()) {
    const file = path.join(folder, name);
    if (statSync(file).isFile()) hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 12);
}

/** What a release says of projects besides advice: `rule file:line`, by folder. */
function checked(release, folders) {
  const argv = ['server/dist/cli.js', 'check', '--mkosi', String(release), '--format', 'json', ...folders];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status !== 0 && status !== 1) throw new Error(stderr);
  const found = new Map(folders.map((f) => [f, []]));
  for (const { path: file, diagnostics } of JSON.parse(stdout).files) {
    const folder = folders.find((f) => file.startsWith(`${f}/`));
    for (const d of diagnostics)
      if (d.verdict !== 'advice') found.get(folder)?.push(`${d.code} ${path.basename(file)}:${d.range.start.line + 1}`);
  }
  return found;
}

/**
 * Holds the checker against the list.
 * @param {string} corpus @param {boolean} write makes the list what the checker says now; reasons stay
 * @returns {{ passed: number, failed: number }}
 */
export function mkosiCorpus(corpus, write) {
  if (!existsSync(path.join(corpus, 'INDEX.tsv'))) return { passed: 0, failed: 0 };
  const list = path.join(root, 'test/oracle/mkosi-corpus.json');
  /** @type {{ reasons: Record<string, string>, projects: Record<string, [number, ...string[]]> }} */
  const { reasons, projects: wanted } = JSON.parse(readFileSync(list, 'utf8'));
  const all = projects(corpus)
    .filter(({ folder }) => existsSync(path.join(corpus, folder)))
    .map(({ folder, releases }) => ({ folder: path.join(corpus, folder), key: keyOf(path.join(corpus, folder)), releases }));
  /** By release the folders to be checked by it: the release on the list, or all that are possible. */
  const jobs = new Map();
  for (const { folder, key, releases } of all) {
    const known = write ? undefined : wanted[key]?.[0];
    for (const release of known === undefined ? releases : [known]) jobs.set(release, [...(jobs.get(release) ?? []), folder]);
  }
  const said = new Map();
  for (const [release, folders] of jobs)
    for (const [folder, found] of checked(release, folders)) said.set(folder, [...(said.get(folder) ?? []), [release, ...found.sort()]]);
  /** Files that are missing are missing from the corpus, which says nothing about the release. */
  const weight = (found) => found.filter((f) => typeof f === 'string' && !f.startsWith('missing-file ')).length;
  const best = (folder) => said.get(folder).sort((a, b) => weight(a) - weight(b) || b[0] - a[0])[0];
  const now = Object.fromEntries(all.map(({ folder, key }) => [key, best(folder)]).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (write) {
    const lines = (object) =>
      Object.entries(object)
        .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
        .join(',\n');
    writeFileSync(list, `{\n  "reasons": {\n${lines(reasons)}\n  },\n  "projects": {\n${lines(now)}\n  }\n}\n`);
  }
  const counts = { passed: 0, failed: 0 },
    listed = write ? now : wanted;
  let unknown = 0;
  for (const { folder, key } of all) {
    const [, ...found] = now[key],
      [, ...expected] = listed[key] ?? [];
    if (listed[key] === undefined) {
      unknown++;
      continue;
    }
    const same = String(found) === String(expected);
    counts[same ? 'passed' : 'failed']++;
    if (!same) console.log(`${folder}: the list says [${expected}], the checker says [${found}]`);
  }
  const rules = [
      ...new Set(
        Object.values(listed)
          .flat()
          .filter((f) => typeof f === 'string')
          .map((f) => f.split(' ')[0]),
      ),
    ],
    bare = rules.filter((r) => !reasons[r]);
  counts[bare.length === 0 ? 'passed' : 'failed']++;
  if (bare.length > 0) console.log(`No reason is given for ${bare.join()}`);
  console.log(`${all.length - unknown} real projects of mkosi are on the list, ${unknown} are not; ${counts.failed} differ`);
  return counts;
}
