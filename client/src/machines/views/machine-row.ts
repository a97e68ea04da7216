import * as vscode from 'vscode';
import type { Machine, MachineState } from '../../host';
import { localTime, table, treeItem } from '../../ui/rows';

/** How a state looks; the words in labels come from the state itself. */
const icons: Readonly<Record<MachineState, readonly [icon: string, colour?: string]>> = {
  running: ['vm-running', 'testing.iconPassed'],
  starting: ['loading~spin'],
  stopping: ['loading~spin'],
  failed: ['error', 'errorForeground'],
  stopped: ['vm-outline', 'disabledForeground'],
};

/** A machine in the tree. Its id is the name alone, so that no change of state moves selection or focus. */
export function machineRow(machine: Machine): vscode.TreeItem {
  const [icon, colour] = icons[machine.state];
  const autostart = machine.autostart === true ? 'autostart' : undefined;
  const row = treeItem({
    label: machine.name,
    description: said([machine.state === 'running' ? osOf(machine) : stateOf(machine), firstAddress(machine), autostart]).join(' · '),
    spoken: said([
      machine.name,
      stateOf(machine),
      machine.class,
      osOf(machine),
      firstAddress(machine),
      autostart && 'starts at boot',
      machine.image?.readOnly === true ? 'read-only' : undefined,
    ]),
  });
  row.id = `machine/${machine.name}`;
  row.iconPath = new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
  row.contextValue = ['machine', machine.state, machine.class, ...flagsOf(machine), ''].join(';');
  return row;
}

/** Everything known of a machine, for the tooltip. */
export function machineTooltip(machine: Machine): vscode.MarkdownString {
  return table(machine.name, [
    ['State', stateOf(machine)],
    ['Class', machine.class],
    ['System', osOf(machine)],
    ['Addresses', machine.addresses.map((a) => a.address).join(', ')],
    ['Leader', machine.leader === undefined ? undefined : `process ${machine.leader}`],
    ['Root', machine.rootDirectory],
    ['Unit', machine.unit],
    [
      'Image',
      machine.image === undefined
        ? undefined
        : said([machine.image.type, machine.image.readOnly ? 'read-only' : undefined, machine.image.path]).join(', '),
    ],
    ['Starts at boot', machine.autostart === undefined ? undefined : machine.autostart ? 'yes' : 'no'],
    ['Settings', settingsOf(machine)],
    ['Running since', machine.since === undefined ? undefined : localTime(machine.since)],
  ]);
}

const stateOf = (machine: Machine): string =>
  machine.state === 'failed' && machine.failure !== undefined ? `failed (${machine.failure})` : machine.state;

/** What the `when` clauses of menus test: each flag is between two semicolons. */
function flagsOf({ image, autostart, settings }: Machine): readonly string[] {
  return said([
    image && 'image',
    image?.type,
    image?.readOnly === true ? 'readonly' : undefined,
    autostart === true ? 'autostart' : undefined,
    settings && 'settings',
  ]);
}

const settingsOf = ({ settings }: Machine): string | undefined =>
  settings && (settings.trusted ? settings.path : `${settings.path} (next to the image: privileged settings are ignored)`);

/** What there is to say. */
export const said = (texts: readonly (string | undefined)[]): readonly string[] =>
  texts.filter((text) => text !== undefined && text !== '') as string[];

const osOf = ({ os }: Machine): string | undefined => os?.prettyName ?? os?.id;

/** The address to show: the first that another machine could use. */
const firstAddress = ({ addresses }: Machine): string | undefined =>
  (addresses.find((a) => !/^fe80:|^169\.254\./.test(a.address)) ?? addresses[0])?.address;
