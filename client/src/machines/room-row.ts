import * as vscode from 'vscode';
import type { Place, UnavailableReason } from '../host';
import { table } from './machine-row';
import type { Room } from './room';

const icons: Readonly<Record<Place['kind'], string>> = { system: 'server-environment', user: 'account', ssh: 'remote' };
const meanings: Readonly<Record<Place['kind'], string>> = {
  system: 'the machines of this computer', user: 'machines of your own, which need no rights of root', ssh: 'another computer, over SSH',
};
const meaningOf = ({ kind, scope }: Place): string => kind === 'ssh' && scope === 'user' ? 'machines of your own on another computer, over SSH' : meanings[kind];

/** In short why there is nothing of another computer below; the whole sentence is the tooltip. */
const words: Readonly<Partial<Record<UnavailableReason, string>>> = {
  denied: 'waits for you: connect in a terminal', 'no-machined': 'no systemd-machined', masked: 'systemd-machined is masked',
};

/** The root of a room: where its machines are, and how the connection is. */
export function roomRow(room: Room): vscode.TreeItem {
  const { place, host: { state } } = room, { id, kind, label } = place;
  const row = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  const trouble = state.kind === 'unavailable' ? room.trouble(state) : undefined;
  const kept = trouble !== undefined && room.snapshot.machines.size + room.snapshot.images.size > 0;
  const word = trouble === undefined ? state.kind === 'connecting' ? 'connecting …' : '' : kept ? 'not connected, as last seen' : 'not connected';
  row.id = `room/${id}`;
  row.iconPath = trouble === undefined ? new vscode.ThemeIcon(icons[kind])
    : new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  const short = kind === 'ssh' && state.kind === 'unavailable' ? words[state.reason] : undefined;
  row.description = kept ? word : short ?? word;
  row.tooltip = table(label, [['What it is', meaningOf(place)], ['Connection', trouble ?? (word || 'connected')]]);
  row.contextValue = ['room', kind, state.kind === 'unavailable' ? state.reason : state.kind, ''].join(';');
  row.accessibilityInformation = { label: [label, meaningOf(place), trouble ?? (word || 'connected')].join(', '), role: 'treeitem' };
  return row;
}
