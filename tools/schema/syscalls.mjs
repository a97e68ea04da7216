// Writes server/src/schema/nspawn-syscalls.json: the system calls that systemd knows, asked of a real one.
//   node tools/schema/syscalls.mjs [TREE ...]     systems of test/rig/systemd; default: every one, so that no name is missing
// `systemd-analyze syscall-filter` names those of all groups, then in comments those that are in none.
import { writeFileSync } from 'node:fs';
import { boot, can, trees } from '../../test/rig/systemd/rig.mjs';

/** Names that libseccomp 2.6 finds though no release of systemd lists them. */
const further = ['arm_sync_file_range'];

const able = can();
if (!able.ok) {
  console.error(able.reason);
  process.exit(2);
}
const wanted = process.argv.slice(2),
  calls = new Set(further);
for (const tree of wanted.length > 0 ? wanted : trees) {
  const rig = await boot({ name: `syscalls-${tree}-${process.pid}`, tree, log: console.error });
  try {
    const { code, stdout, stderr } = await rig.run(['systemd-analyze', 'syscall-filter']);
    if (code !== 0) throw new Error(`systemd-analyze of ${tree}: exit status ${code}\n${stderr}`);
    for (const [, name] of stdout.matchAll(/^(?: {4}|# {3})([a-z0-9_]+)$/gm)) calls.add(name);
  } finally {
    await rig.stop();
  }
}
const lines = [...calls].sort().map((name) => `  ${JSON.stringify(name)}`);
writeFileSync(new URL('../../server/src/schema/nspawn-syscalls.json', import.meta.url), `[\n${lines.join(',\n')}\n]\n`);
console.log(`${lines.length} system calls`);
