/** The commands of the views Machines, Images and Transfers, as package.json has them. */
import { type CommandSpec, commands } from '../../host/commands';
import type { Presentation, RowMenu } from '../../host/commands/presentation';
import type { Contribution, MenuItem } from '../../ui/contribution';
import { rowPattern } from './row-pattern';

type View = 'machines' | 'images';

const both: readonly View[] = ['machines', 'images'];
const onHosts = 'nspawn.host != not-linux';

/** @param of the views @returns a `when` clause */
const inViews = (of: readonly View[]): string =>
  of.length === 1 ? `view == nspawn.${of[0] ?? ''}` : 'view =~ /^nspawn\\.(machines|images)$/';

/** Context keys (see context-keys.ts) that say of what a command needs that there is none. */
const noneOf: Readonly<Record<CommandSpec['needs'], string | undefined>> = {
  running: 'nspawn.noneRunning',
  vm: 'nspawn.noneRunning',
  startable: 'nspawn.noneStopped',
  image: 'nspawn.noImages',
  idle: 'nspawn.noImages',
  failed: 'nspawn.noneFailed',
  known: 'nspawn.empty',
  any: 'nspawn.empty',
  nothing: undefined,
};

type Facts = Pick<CommandSpec, 'id' | 'needs' | 'names' | 'notFor' | 'since'>;

/** A command for machines or images: where it is offered follows from what it needs. */
export function contributionOf(facts: Facts, presentation: Presentation): Contribution {
  const { id = facts.id, title, icon, row, imagesView, key } = presentation;
  const since = facts.since === undefined ? [] : [`nspawn.systemd >= ${facts.since}`],
    none = noneOf[facts.needs];
  const views = row?.views ?? (facts.names === 'image' ? (['images'] as const) : (['machines'] as const));
  return {
    id: `nspawn.${id}`,
    title,
    category: 'Machines',
    icon,
    palette: [onHosts, ...since, ...(none === undefined ? [] : [`!${none}`])].join(' && '),
    menus: [
      ...(imagesView === undefined ? [] : [{ menu: 'view/title', when: inViews(['images']), group: imagesView } as const]),
      ...(row ? rowMenus(facts, row, views, since) : []),
    ],
    keys: key ? views.map((view) => ({ ...key, when: `focusedView == nspawn.${view} && !inputFocus`, args: `nspawn.${view}` })) : [],
  };
}

function rowMenus(facts: Facts, { group, inline, flag }: RowMenu, views: readonly View[], since: readonly string[]): MenuItem[] {
  const item = (button: boolean): string =>
    [inViews(views), `viewItem =~ /${views.map((view) => rowPattern(view, facts, flag, button)).join('|')}/`, ...since].join(' && ');
  return [
    ...(inline === undefined ? [] : [{ menu: 'view/item/context', when: item(true), group: `inline@${inline}` } as const]),
    { menu: 'view/item/context', when: item(false), group },
  ];
}

/** A command that shows or copies something: it runs no program of the host for the user to see. */
const inspection = (id: string, needs: CommandSpec['needs'], presentation: Presentation): Contribution & Inspection => ({
  ...contributionOf({ id, needs, names: 'machine' }, presentation),
  needs,
  ask: presentation.ask ?? '',
  none: presentation.none ?? '',
});

/** What an inspection needs, and the words of its picker. */
export interface Inspection {
  readonly needs: CommandSpec['needs'];
  readonly ask: string;
  readonly none: string;
}

const noneAtAll = 'There is no machine and no image.';

export const inspections = {
  whyFailed: inspection('whyFailed', 'failed', {
    title: 'Why Did It Fail?',
    icon: 'question',
    ask: 'Machine that failed',
    none: 'No machine has failed.',
    row: { group: '3_look@1', inline: 2 },
  }),
  properties: inspection('properties', 'any', {
    title: 'Properties',
    icon: 'list-flat',
    ask: 'Machine or image to show',
    none: noneAtAll,
    row: { group: '3_look@3', views: both },
  }),
  settingsFile: inspection('settingsFile', 'any', {
    title: 'Open Settings File',
    icon: 'go-to-file',
    ask: 'Machine whose settings to open',
    none: noneAtAll,
    row: { group: '4_files@1', views: both },
  }),
  /** Of the rows that are selected; a picker would be no help. */
  copyName: {
    ...inspection('copyName', 'any', { title: 'Copy Name', icon: 'copy', row: { group: '5_copy@1', views: both } }),
    palette: 'false',
  },
  copyAddress: inspection('copyAddress', 'running', {
    title: 'Copy Address',
    icon: 'copy',
    ask: 'Machine whose address to copy',
    none: 'No machine is running.',
    row: { group: '5_copy@2' },
  }),
} as const;

const onHostRows = (pattern: string): string => `${inViews(both)} && viewItem =~ /^host;${pattern}/`;

export const hostContributions = {
  addHost: {
    id: 'nspawn.addHost',
    title: 'Add Host…',
    category: 'Machines',
    icon: 'add',
    menus: [{ menu: 'view/title', when: inViews(['machines']), group: '8_hosts@1' }],
  },
  removeHost: {
    id: 'nspawn.removeHost',
    title: 'Remove Host…',
    category: 'Machines',
    icon: 'trash',
    palette: 'nspawn.hasHosts',
    menus: [{ menu: 'view/item/context', when: onHostRows('ssh;'), group: '9_destroy@1' }],
  },
  reconnect: {
    id: 'nspawn.reconnect',
    title: 'Reconnect',
    category: 'Machines',
    icon: 'debug-restart',
    palette: 'nspawn.several',
    menus: [
      { menu: 'view/item/context', when: onHostRows('[a-z]+;(?!ready;|connecting;)'), group: 'inline@2' },
      { menu: 'view/item/context', when: onHostRows(''), group: '1_host@1' },
    ],
  },
  connectInTerminal: {
    id: 'nspawn.connectInTerminal',
    title: 'Connect in Terminal',
    category: 'Machines',
    icon: 'terminal',
    palette: 'nspawn.hasHosts',
    menus: [
      { menu: 'view/item/context', when: onHostRows('ssh;denied;'), group: 'inline@1' },
      { menu: 'view/item/context', when: onHostRows('ssh;'), group: '1_host@2' },
    ],
  },
} as const satisfies Readonly<Record<string, Contribution>>;

const onTransfers = 'view == nspawn.transfers && viewItem =~ /^transfer;/';

export const viewContributions = {
  cancelTransfer: {
    id: 'nspawn.cancelTransfer',
    title: 'Cancel Transfer',
    category: 'Machines',
    icon: 'close',
    palette: 'nspawn.transferring',
    menus: [
      { menu: 'view/item/context', when: onTransfers, group: 'inline@1' },
      { menu: 'view/item/context', when: onTransfers, group: '9_destroy@1' },
    ],
  },
  filter: {
    id: 'nspawn.filter',
    title: 'Filter…',
    category: 'Machines',
    icon: 'filter',
    palette: onHosts,
    menus: [{ menu: 'view/title', when: `${inViews(both)} && !nspawn.filtered`, group: 'navigation@1' }],
  },
  clearFilter: {
    id: 'nspawn.clearFilter',
    title: 'Clear Filter',
    category: 'Machines',
    icon: 'clear-all',
    palette: 'nspawn.filtered',
    menus: [{ menu: 'view/title', when: `${inViews(both)} && nspawn.filtered`, group: 'navigation@1' }],
  },
  refresh: {
    id: 'nspawn.refresh',
    title: 'Refresh',
    category: 'Machines',
    icon: 'refresh',
    palette: onHosts,
    menus: [{ menu: 'view/title', when: inViews(both), group: 'navigation@9' }],
  },
} as const satisfies Readonly<Record<string, Contribution>>;

/** Registered for links and quick fixes of our own; not for people to call. */
export const internalCommands = { moveSettings: 'nspawn.moveSettings', openSettingsLine: 'nspawn.openSettingsLine' } as const;

export const contributions: readonly Contribution[] = [
  ...Object.values(commands).flatMap((spec) => (spec.presentations ?? []).map((presentation) => contributionOf(spec, presentation))),
  ...Object.values(inspections),
  ...Object.values(hostContributions),
  ...Object.values(viewContributions),
];
