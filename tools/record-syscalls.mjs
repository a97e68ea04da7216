// Records the system calls that systemd knows, asked of a real one, in tools/schema/facts/nspawn-syscalls.json.
//   node tools/record-syscalls.mjs [TREE ...]     systems of test/rig/systemd; default: every one, so that no name is missing
// `systemd-analyze syscall-filter` names those of all groups, then in comments those that are in none.
import { writeFileSync } from 'node:fs';
import { boot, can, trees } from '../test/rig/systemd/rig.mjs';

/** Names that libseccomp 2.6 finds though no release of systemd lists them. */
const further = ['arm_sync_file_range'];

/** The system calls that one system knows. Throws an Error with what systemd-analyze said when it fails. */
async function callsOf(tree) {
  const rig = await boot({ name: `syscalls-${tree}-${process.pid}`, tree, log: console.error });
  try {
    const { code, stdout, stderr } = await rig.run(['systemd-analyze', 'syscall-filter']);
    if (code !== 0) throw new Error(`systemd-analyze of ${tree}: exit status ${code}\n${stderr}`);
    return [...stdout.matchAll(/^(?: {4}|# {3})([a-z0-9_]+)$/gm)].map(([, name]) => name);
  } finally {
    await rig.stop();
  }
}

const able = can();
if (!able.ok) {
  console.error(able.reason);
  process.exit(2);
}
const wanted = process.argv.slice(2);
const calls = new Set(further);
for (const tree of wanted.length > 0 ? wanted : trees) for (const name of await callsOf(tree)) calls.add(name);
writeFileSync(new URL('schema/facts/nspawn-syscalls.json', import.meta.url), `${JSON.stringify([...calls].sort(), null, 2)}\n`);
console.log(`${calls.size} system calls; now: npm run generate`);
