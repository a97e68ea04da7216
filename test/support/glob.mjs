// The files below some folders whose name matches: Node 20 has no fs.globSync.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * @param {string} root @param {string[]} folders below root @param {RegExp} name
 * @returns {string[]} paths relative to root, sorted, with `/`
 */
export function globSync(root, folders, name) {
  const found = [];
  const visit = (dir) => {
    for (const entry of readdirSync(path.join(root, dir), { withFileTypes: true })) {
      const below = `${dir}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!['node_modules', 'dist', 'out'].includes(entry.name)) visit(below);
      } else if (name.test(entry.name)) found.push(below);
    }
  };
  for (const f of folders) if (existsSync(path.join(root, f))) visit(f);
  return found.sort();
}
