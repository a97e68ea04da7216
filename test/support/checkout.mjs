// This checkout, seen from inside a booted systemd by its ordinary user, wherever the checkout lies: /tmp is another one there, and
// home folders are closed.
import { chmodSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../tools/setup.mjs';

/** For boot(): shows the checkout at its own path. */
export const checkout = { source: root, target: root };

/** Lets the user pass through the folders above the checkout; only inside, where changes are thrown away. @param {import('../rig/systemd/rig.mjs').Rig} rig */
export function openParents(rig) {
  for (let dir = path.dirname(root); dir !== '/'; dir = path.dirname(dir)) {
    const inside = path.join(rig.root, dir);
    chmodSync(inside, statSync(inside).mode | 0o111);
  }
}
