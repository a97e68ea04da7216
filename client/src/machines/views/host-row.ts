import * as vscode from 'vscode';
import type { HostSpec, UnavailableReason } from '../../host';
import { table, treeItem } from '../../ui/rows';
import type { HostSession } from '../host-session';

const icons: Readonly<Record<HostSpec['kind'], string>> = { system: 'server-environment', user: 'account', ssh: 'remote' };
const meanings: Readonly<Record<HostSpec['kind'], string>> = {
  system: 'machines of this computer',
  user: 'per-user machines, which need no root privileges',
  ssh: 'machines of another computer, over SSH',
};
const meaningOf = ({ kind, scope }: HostSpec): string =>
  kind === 'ssh' && scope === 'user' ? 'per-user machines of another computer, over SSH' : meanings[kind];

/** In short why there is nothing of another computer below; the whole sentence is the tooltip. */
const words: Readonly<Partial<Record<UnavailableReason, string>>> = {
  denied: 'needs login: connect in a terminal',
  'no-machined': 'no systemd-machined',
  masked: 'systemd-machined is masked',
};

/** The root of a host: where its machines are, and how the connection is. */
export function hostRow(session: HostSession): vscode.TreeItem {
  const {
      spec,
      host: { state },
    } = session,
    { id, kind, label } = spec;
  const trouble = state.kind === 'unavailable' ? session.trouble(state) : undefined;
  const kept = trouble !== undefined && session.snapshot.machines.size + session.snapshot.images.size > 0;
  const word =
    trouble === undefined
      ? state.kind === 'connecting'
        ? 'connecting …'
        : ''
      : kept
        ? 'not connected, last known state'
        : 'not connected';
  const short = kind === 'ssh' && state.kind === 'unavailable' ? words[state.reason] : undefined,
    how = trouble ?? (word || 'connected');
  const row = treeItem({
    label,
    collapsible: vscode.TreeItemCollapsibleState.Expanded,
    description: kept ? word : (short ?? word),
    tooltip: table(label, [
      ['Type', meaningOf(spec)],
      ['Connection', how],
    ]),
    spoken: [label, meaningOf(spec), how],
  });
  row.id = `host/${id}`;
  row.iconPath =
    trouble === undefined
      ? new vscode.ThemeIcon(icons[kind])
      : new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  row.contextValue = ['host', kind, state.kind === 'unavailable' ? state.reason : state.kind, ''].join(';');
  return row;
}
