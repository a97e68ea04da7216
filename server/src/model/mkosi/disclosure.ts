import { type Document, pathOf } from '../../schema';
import { isConfiguration, isLegacyConfiguration } from './file-names';
import type { Project } from './project';

/** Folders whose configuration every user may read. */
const open: readonly string[] = [
  '/etc/systemd/',
  '/run/systemd/',
  '/usr/lib/systemd/',
  '/usr/local/lib/systemd/',
  '/etc/mkosi/',
  '/usr/lib/mkosi/',
  '/usr/share/mkosi/',
];

/**
 * Whether findings may quote a file. A line such as `Include=/etc/shadow` or a link has mkosi read any file that its user
 * may read, and findings go to logs that others read. So what lies outside of the project, links followed, is quoted
 * only where mkosi or systemd keep configuration, or where it is configuration of mkosi by its name or its first header:
 * before that header mkosi itself gives up at the first line.
 */
export function mayQuote(document: Document, project: Project): boolean {
  const { disk, root } = project,
    path = pathOf(document.uri);
  // A file that was not read cannot be quoted.
  if (path === undefined || document.text.getText() === '') return true;
  const real = disk.destination(path),
    home = disk.destination(root);
  if (real.startsWith(home.endsWith('/') ? home : `${home}/`) || open.some((folder) => real.startsWith(folder))) return true;
  return isNamedAsConfiguration(real) || beginsAsConfiguration(document);
}

/** Whether a name is that of a file that mkosi reads; it hands a mkosi.nspawn to nspawn. */
const isNamedAsConfiguration = (path: string): boolean => isConfiguration(path) || isLegacyConfiguration(path) || path.endsWith('.nspawn');

/** Whether the first line that says something is the header of a section that mkosi knows. */
function beginsAsConfiguration({ edition, tree }: Document): boolean {
  const first = tree.lines.find((line) => line.kind !== 'blank' && line.kind !== 'comment');
  return first?.kind === 'header' && first.closed && edition.sections.includes(first.name.text);
}
