// This checkout, seen from inside a booted systemd by its ordinary user, wherever the checkout lies: /tmp is another one there, and
// home folders are closed.
import path from 'node:path';
import { root } from '../../tools/setup.mjs';

/** For boot(): shows the checkout at its own path. */
export const checkout = { source: root, target: root };

/** Lets the user pass through the folders above the checkout; only inside, where changes are thrown away. */
export async function openParents(rig) {
  const above = [];
  for (let dir = path.dirname(root); dir !== '/'; dir = path.dirname(dir)) above.push(dir);
  if (above.length > 0) await rig.run(['chmod', 'a+x', ...above]);
}
