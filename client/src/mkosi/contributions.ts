/** The commands for mkosi projects, as package.json has them. */
import type { Contribution, MenuItem } from '../ui/contribution';

const trusted = ' && isWorkspaceTrusted';
const project = 'view == nspawn.mkosi.project && viewItem == project';
const configuration = 'resourceScheme == file && resourceFilename =~ /^mkosi\\.(conf|default)$/';
const folder = (files: string): string =>
  `resourceScheme == file && (resourceFilename =~ /^mkosi\\.${files}$/ || resourcePath in nspawn.mkosi.folders)`;

/** Where a command is offered that runs mkosi: only in a trusted workspace. Each is a group and an order, without `@` on the row itself. */
interface Places {
  readonly view?: string;
  readonly inline?: number;
  readonly editor?: string;
  readonly explorer?: number;
}

function runs(name: string, title: string, icon: string | undefined, { view, inline, editor, explorer }: Places): Contribution {
  const menus: MenuItem[] = [];
  if (inline !== undefined) menus.push({ menu: 'view/item/context', when: project + trusted, group: `inline@${inline}` });
  if (view !== undefined) menus.push({ menu: 'view/item/context', when: project + trusted, group: view });
  if (editor !== undefined) menus.push({ menu: 'editor/title', when: configuration + trusted, group: editor });
  if (explorer !== undefined)
    menus.push({ menu: 'explorer/context', when: folder('(conf|default)') + trusted, group: `7_mkosi@${explorer}` });
  return { id: `nspawn.mkosi.${name}`, title, category: 'mkosi', ...(icon === undefined ? {} : { icon }), menus };
}

export const mkosiContributions = {
  build: runs('build', 'Build Image', 'package', { inline: 1, view: '1_build@1', editor: 'navigation@1', explorer: 1 }),
  rebuild: runs('rebuild', 'Rebuild Image (Replace Existing)', undefined, { view: '1_build@2' }),
  buildWithProfiles: runs('buildWithProfiles', 'Build Image With Profiles…', undefined, { view: '1_build@3' }),
  clean: runs('clean', 'Clean', undefined, { view: '5_clean@1' }),
  cleanAll: runs('cleanAll', 'Clean, Including Cached Images', undefined, { view: '5_clean@2' }),
  cleanPackages: runs('cleanPackages', 'Clean, Including Cached Images and Packages', undefined, { view: '5_clean@3' }),
  summary: runs('summary', 'Show Summary', undefined, { view: '3_look@3', editor: '1_mkosi@2' }),
  shell: runs('shell', 'Shell in Image', 'terminal', { view: '2_run@1', editor: '1_mkosi@3', explorer: 2 }),
  boot: runs('boot', 'Boot Image', 'play', { view: '2_run@2', editor: '1_mkosi@4', explorer: 3 }),
  vm: runs('vm', 'Boot Image in Virtual Machine', 'vm', { view: '2_run@3', editor: '1_mkosi@5', explorer: 4 }),
  check: runs('check', 'Check with mkosi', 'check', { inline: 2, view: '3_look@1', editor: '1_mkosi@1', explorer: 5 }),
  showEffective: runs('showEffective', 'Show Effective Configuration', 'list-tree', {
    view: '3_look@2',
    editor: 'navigation@2',
    explorer: 6,
  }),
  /** Executes nothing of the project, so the workspace need not be trusted. */
  migrate: {
    id: 'nspawn.mkosi.migrate',
    title: 'Migrate Configuration to a Newer mkosi',
    category: 'mkosi',
    menus: [
      { menu: 'view/item/context', when: project, group: '4_change@1' },
      { menu: 'editor/title', when: configuration, group: '2_mkosi@1' },
      { menu: 'explorer/context', when: folder('default'), group: '7_mkosi@9' },
    ],
  },
  refreshProjects: {
    id: 'nspawn.mkosi.refreshProjects',
    title: 'Refresh',
    category: 'mkosi',
    icon: 'refresh',
    palette: 'nspawn.mkosi.hasProjects',
    menus: [{ menu: 'view/title', when: 'view == nspawn.mkosi.project', group: 'navigation@9' }],
  },
  makeExecutable: {
    id: 'nspawn.mkosi.makeExecutable',
    title: 'Make Script Executable',
    category: 'mkosi',
    icon: 'unlock',
    palette: 'resourceScheme == file && resourceFilename =~ /^mkosi\\./',
    menus: ['inline@1', '1_change@1'].map((group) => ({
      menu: 'view/item/context',
      when: 'view == nspawn.mkosi.project && viewItem =~ /;broken$/',
      group,
    })),
  },
} as const satisfies Readonly<Record<string, Contribution>>;

/** Registered for the status bar; not for people to call. */
export const internalCommands = { cancelCheck: 'nspawn.mkosi.cancelCheck' } as const;

export const contributions: readonly Contribution[] = Object.values(mkosiContributions);
