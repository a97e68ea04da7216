// The checker and the migration against real mkosi: the releases that Debian carries (14, 25.3 and the newest), unpacked from
// its packages. A sample of projects made out of the schema, and of the recorded ones where they are at hand ($NSPAWN_TRUTH,
// or ../shared); what mkosi makes of them has to be what the checker says. Old projects, migrated, have to be clean.
//   node test/replay-mkosi.mjs [--all] [--seed N]
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../tools/setup.mjs';
import { numbers, sample } from './replay/generate.mjs';
import { checked, mkosiOf, prepare, suites, summaries, summaryOf, withProjects } from './replay/mkosi.mjs';
import { legacy, projects } from './replay/mkosi-cases.mjs';
import { add, finish, nothing } from './support/results.mjs';

const {
  values: { all, seed },
} = parseArgs({ options: { all: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } } });
/** How many projects of each kind a release is asked about: some seconds' worth. */
const most = all ? Infinity : 80,
  own = all ? 1000 : 80;
const recordings = path.resolve(root, process.env.NSPAWN_TRUTH ?? '../shared');
const counts = nothing();
let shown = 0;
const fail = (text) => {
  counts.failed++;
  if (shown++ < 12) console.log(text);
};

const table = path.join(recordings, 'oracle/mkosi/cases.jsonl');
const recorded = existsSync(table)
  ? readFileSync(table, 'utf8')
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l))
  : [];
const modesOf = ({ modes = {} }) =>
  Object.fromEntries(Object.entries(modes).map(([name, mode]) => [name, Number.parseInt(String(mode), 8)]));

/** The settings that a message names. */
const named = (said) => [...new Set(said.flatMap((text) => [...text.matchAll(/[Ss]etting @?([A-Za-z0-9]+)/g)].map((m) => m[1])))];

/** Why the checker disagrees with mkosi; undefined when it agrees. */
function difference({ status, said }, ours) {
  const refused = ours.some((d) => d.verdict === 'refused');
  if ((status !== 0) !== refused) return status !== 0 ? 'mkosi fails' : 'mkosi does not fail';
  if (refused) return undefined;
  const warned = ours.filter((d) => d.verdict === 'warned');
  if (said.length > 0 !== warned.length > 0) return said.length > 0 ? 'mkosi warns' : 'mkosi does not warn';
  const text = warned.map((d) => d.message).join(' '),
    missing = named(said).filter((name) => !text.includes(name));
  return missing.length > 0 ? `mkosi names ${missing.join()}` : undefined;
}

/** Old releases create the folders they are given, which user nobody may not do everywhere, and look for KVM: messages about the host. */
const ofHost = ({ said }) => said.some((text) => text.startsWith('PermissionError') || text.includes('KVM acceleration'));

function compare(release, tree, cases) {
  withProjects(cases, (above, folders) => {
    const real = summaries(tree, folders),
      ours = checked(release, above, folders);
    cases.forEach((c, i) => {
      if (ofHost(real[i])) return;
      const why = difference(real[i], ours[i]),
        short = (text) => JSON.stringify(text).replaceAll(folders[i], '.').slice(0, 500);
      const record = c.verdicts?.[String(release)];
      if (why === undefined) counts.passed++;
      else
        fail(
          `mkosi ${release}, ${c.id}: ${why}\n  ${JSON.stringify(c.files)}\n  mkosi: ${short(real[i])}\n  ours: ${short(ours[i].map((d) => [d.verdict, d.code, d.message]))}`,
        );
      if (record !== undefined && (record.exit !== 0) !== (real[i].status !== 0))
        fail(`mkosi ${release}, ${c.id}: the record says exit status ${record.exit}, mkosi ${short(real[i])}`);
    });
  });
  console.log(`mkosi ${release}: ${cases.length} projects (seed ${seed})`);
}

/** Real files of old releases, each a project with what lies beside it. */
function realLegacy() {
  const corpus = path.join(recordings, 'corpus/mkosi-legacy');
  if (!existsSync(corpus)) return [];
  return readdirSync(corpus, { recursive: true })
    .filter((f) => f.endsWith('mkosi.default'))
    .map((file) => {
      const folder = path.join(corpus, path.dirname(file)),
        files = {};
      for (const name of readdirSync(folder, { recursive: true })) {
        const whole = path.join(folder, name);
        if (/^mkosi\.default(\.d\/.*)?$/.test(name) && statSync(whole).isFile()) files[name] = readFileSync(whole, 'utf8');
      }
      return { id: file, files, real: true };
    });
}

/** What mkosi of a release makes of old projects that were migrated for it. */
function migrated(release, tree, cases) {
  withProjects(cases, (_, folders) => {
    for (const folder of folders) {
      const argv = ['server/dist/cli.js', 'migrate', '--write', '--mkosi', String(release), folder];
      const { status, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
      if (status !== 0 && status !== 1) fail(`migrate ${folder}: ${stderr}`);
    }
    summaries(tree, folders).forEach(({ status, said }, i) => {
      // Of real projects only the configuration is at hand.
      const isMissing = said.length > 0 && cases[i].real && said.every((text) => text.endsWith(' does not exist'));
      if ((status === 0 && said.length === 0) || isMissing) counts.passed++;
      else fail(`migrated for mkosi ${release}, ${cases[i].id}: ${JSON.stringify(said).replaceAll(folders[i], '.')}`);
    });
  });
  console.log(`mkosi ${release}: ${cases.length} projects migrated`);
}

/** Projects that readers of other rules than mkosi's take for something else, each with what `effective` is to say of them. */
const disputed = [
  { id: 'a comment in a value', files: { 'mkosi.conf': '[Content]\nPackages=vim#editor\n' } },
  { id: 'an indented line', files: { 'mkosi.conf': '[Content]\nPackages=vim#editor\n  less\n' } },
  { id: 'an indented line below an unknown name', files: { 'mkosi.conf': '[Content]\nPackages=vim#editor\n;Hostname=web\n  less\n' } },
  { id: 'an indented header', files: { 'mkosi.conf': '[Content]\nPackages=vim\n [Output]\n' } },
  { id: 'a folder mkosi/', files: { 'mkosi/mkosi.conf': '[Content]\nPackages=vim\n  less\n' } },
  {
    id: 'a folder mkosi/ beside mkosi.conf',
    files: { 'mkosi.conf': '[Content]\nPackages=less\n', 'mkosi/mkosi.conf': '[Content]\nPackages=vim\n' },
  },
];

/** Holds what `effective` says without mkosi against what mkosi says; mkosi 27 sorts packages. */
function effective(release, tree) {
  withProjects(disputed, (_, folders) => {
    folders.forEach((folder, i) => {
      const real = summaryOf(tree, folder);
      if (real === undefined) return;
      const argv = ['server/dist/cli.js', 'effective', '--mkosi', String(release), '--format', 'json', folder];
      const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
      const settings = status === 0 ? JSON.parse(stdout).images[0].settings : [],
        ours = settings.find(({ name }) => name === 'Packages') ?? { value: [], origins: [] };
      const said = [[...ours.value].sort(), [...new Set(ours.origins.map((o) => o.path))]],
        wanted = [[...real.Packages].sort(), real.Files];
      if (JSON.stringify(said) === JSON.stringify(wanted)) counts.passed++;
      else fail(`effective for mkosi ${release}, ${disputed[i].id}: ${JSON.stringify(said)}, mkosi: ${JSON.stringify(wanted)} ${stderr}`);
    });
  });
}

const unable = await prepare();
for (const suite of suites) {
  const found = unable === undefined ? mkosiOf(suite) : { reason: `the mkosi of Debian ${suite}: ${unable}` };
  if ('reason' in found) {
    add(counts, { ...nothing(), skipped: 1, reason: found.reason });
    console.log(found.reason);
    continue;
  }
  const { release, tree } = found,
    next = numbers(Number(seed));
  const old = recorded.filter((c) => c.verdicts[String(release)] !== undefined && !c.files['mkosi.conf']?.includes('\0'));
  compare(release, tree, [...projects(release, own, next), ...sample(old, most, next).map((c) => ({ ...c, modes: modesOf(c) }))]);
  if (release >= 25) effective(release, tree);
  if (release >= 15) migrated(release, tree, [...legacy, ...sample(realLegacy(), all ? Infinity : 20, next)]);
}
finish(counts);
