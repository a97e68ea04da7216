// `npm run bench:machines [-- --images 1000 --machines 200]`: the view's model on a host with many images and machines, a real systemd
// beside this one. Images are directories, machines are processes that are registered with the real systemd-machined; `machinectl` is
// timed in the same run. Times in milliseconds, so that it is the proportions that count.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { boot, can, prepare } from '../test/rig/systemd/rig.mjs';
import { bundles } from './build.mjs';
import { root } from './setup.mjs';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '1000' },
    machines: { type: 'string', default: '200' },
    tree: { type: 'string', default: 'self' },
  },
});
const images = Number(values.images),
  machines = Number(values.machines);
const able = can();
if (!able.ok) throw new Error(`real systemd: ${able.reason}`);

const shared = mkdtempSync(path.join(tmpdir(), 'nspawn-figures-'));
await build({
  absWorkingDir: root,
  entryPoints: ['client/src/host/testing/figures.ts'],
  outfile: path.join(shared, 'figures.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  plugins: bundles()[1].plugins,
  logLevel: 'warning',
});
copyFileSync(process.execPath, path.join(shared, 'node'));
// Leaders of machines are processes of units, one each; they are registered with machined over the bus.
writeFileSync(
  path.join(shared, 'register.sh'),
  `#!/bin/bash
set -eu
for i in $(seq "$1"); do units="\${units:-} nspawn-figure@$i.service"; done
mkdir -p /run/systemd/system
printf '[Service]\\nExecStart=sleep infinity\\n' >/run/systemd/system/nspawn-figure@.service
systemctl daemon-reload
systemctl start $units
for i in $(seq "$1"); do
  pid=$(systemctl show -p MainPID --value "nspawn-figure@$i.service")
  busctl call org.freedesktop.machine1 /org/freedesktop/machine1 org.freedesktop.machine1.Manager RegisterMachine sayssus "figure$i" 0 figure container "$pid" "" >/dev/null
done
`,
);
await prepare({ tree: values.tree, guest: true });
const rig = await boot({
  name: `figures-${process.pid}`,
  tree: values.tree,
  binds: [{ source: shared, target: '/srv/figures', readOnly: true }],
});
try {
  const must = async (argv) => {
    const { code, stdout, stderr } = await rig.run(argv, { timeout: 600_000 });
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
    return stdout;
  };
  await rig.addMachine('db', 'tiny');
  for (let i = 1; i < images; i++) mkdirSync(path.join(rig.root, `var/lib/machines/image${i}`));
  await must(['bash', '/srv/figures/register.sh', `${machines}`]);
  const out = await must(['/srv/figures/node', '--expose-gc', '/srv/figures/figures.js', 'db']);
  const seen = JSON.parse(out.trim().split('\n').at(-1));
  const ms = (n) => Math.round(n),
    mib = (n) => (n / 2 ** 20).toFixed(1);
  console.log(`systemd ${rig.systemdVersion}: ${seen.size.images} images, ${seen.size.machines} registered machines`);
  console.table({
    'first rows': { milliseconds: ms(seen.first.rows), 'D-Bus calls': seen.first.rowsCalls },
    'all details': { milliseconds: ms(seen.first.details), 'D-Bus calls': seen.first.all },
    'machinectl list': { milliseconds: ms(seen.machinectl.list) },
    'machinectl list-images': { milliseconds: ms(seen.machinectl.listImages) },
  });
  console.log(`one machine starts: ${seen.start.calls} calls, ${seen.start.rows} row${seen.start.rows === 1 ? '' : 's'} drawn again`);
  console.log(`CPU in 10 s without news: ${seen.idle.toFixed(1)} ms`);
  console.log(`memory after ${seen.memory.signals} signals: ${mib(seen.memory.before)} MiB before, ${mib(seen.memory.after)} MiB after`);
} finally {
  await rig.stop();
  rmSync(shared, { recursive: true, force: true });
}
