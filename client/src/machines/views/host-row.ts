import * as vscode from 'vscode';
import type { Place, UnavailableReason } from '../../host';
import { table, treeItem } from '../../ui/rows';
import type { Room } from '../host-session';

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
  const trouble = state.kind === 'unavailable' ? room.trouble(state) : undefined;
  const kept = trouble !== undefined && room.snapshot.machines.size + room.snapshot.images.size > 0;
  const word = trouble === undefined ? state.kind === 'connecting' ? 'connecting …' : '' : kept ? 'not connected, as last seen' : 'not connected';
  const short = kind === 'ssh' && state.kind === 'unavailable' ? words[state.reason] : undefined, how = trouble ?? (word || 'connected');
  const row = treeItem({
    label, collapsible: vscode.TreeItemCollapsibleState.Expanded, description: kept ? word : short ?? word,
    tooltip: table(label, [['What it is', meaningOf(place)], ['Connection', how]]), spoken: [label, meaningOf(place), how],
  });
  row.id = `room/${id}`;
  row.iconPath = trouble === undefined ? new vscode.ThemeIcon(icons[kind])
    : new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  row.contextValue = ['room', kind, state.kind === 'unavailable' ? state.reason : state.kind, ''].join(';');
  return row;
}
