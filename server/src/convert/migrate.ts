import { mkosi, type Version } from '../schema';
import { RepartPlan } from './disk';
import { FileMigration, type Loss } from './file-migration';
import { type Action, destination, type File, fileActions, order, sources } from './project';

export interface Migration {
  /** Files to write, by their new paths. `mode`: permissions, where they matter. */
  readonly files: readonly (File & { readonly mode?: number })[];
  /** What happens to files before those are written. */
  readonly actions: readonly Action[];
  readonly losses: readonly Loss[];
}

/**
 * Rewrites a mkosi project for another release. What does not fit the release is left as a comment and listed.
 * @param files configuration files; those of one folder are seen as one project
 * @param target 15 to 27.1
 * @param from the release they were written for, where known; `present`: paths of all else in the project
 * @throws RangeError for a target that is older than mkosi.conf as it is today
 */
export function migrate(
  files: readonly File[],
  target: Version,
  { from, present = [] }: { from?: Version; present?: readonly string[] } = {},
): Migration {
  if (target < mkosi.data.oldest) throw new RangeError(`the target must be mkosi ${mkosi.data.oldest} or newer, not ${target}`);
  const all = sources(files, from),
    there = new Set([...present, ...files.map((f) => f.path)]);
  const written: { path: string; text: string; mode?: number }[] = [],
    losses: Loss[] = [];
  const actions: Action[] = fileActions(all, there, target);
  for (const root of new Set(all.map((s) => s.root))) {
    const project = all.filter((s) => s.root === root).sort((a, b) => order(a) - order(b) || (a.path < b.path ? -1 : 1));
    const disk = new RepartPlan(root, target, project);
    for (const source of project) {
      const to = destination(source, all, target);
      if ('lost' in to) {
        actions.push({ kind: 'by-hand', path: source.path, message: `not carried over: ${to.lost}` });
        losses.push({ path: source.path, line: 0, kind: 'lost', message: to.lost });
        continue;
      }
      // A folder that is renamed takes its files along.
      const along = actions.some((a) => a.kind === 'rename' && source.path.startsWith(`${a.path}/`));
      if (to.path !== source.path && !along) {
        actions.push({
          kind: 'rename',
          path: source.path,
          to: to.path,
          message: `mkosi ${target} reads ${to.path.slice(root.length)}`,
        });
      }
      const one = new FileMigration(source, target, disk);
      const text = one.run(to.match);
      losses.push(...one.losses);
      written.push(...one.beside.filter((b) => !there.has(b.path)));
      if (to.path !== source.path || text !== source.document.text.getText()) {
        written.push({ path: to.path, text: source.crlf ? text.replace(/\n/g, '\r\n') : text });
      }
    }
    for (const file of disk.files()) {
      if (there.has(file.path))
        actions.push({
          kind: 'by-hand',
          path: file.path,
          message: `it exists already; mkosi.default required\n${file.text}`,
        });
      else written.push(file);
    }
  }
  return {
    files: written,
    actions,
    losses: losses.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line)),
  };
}
