/** What the views show of a host's rows: which, in what order, below which headings. */
import * as vscode from 'vscode';
import type { Machine, MachineState, MachineStore } from '../../host';
import { imageRow, imageTooltip } from './image-row';
import { machineRow, machineTooltip } from './machine-row';
import type { Shown } from './tree';

/** What the user wants to see: part of a name, in either view. */
export interface Filter {
  text: string;
}

const byName = (a: string, b: string): number => a.localeCompare(b, undefined, { numeric: true });
const order: readonly MachineState[] = ['failed', 'running', 'starting', 'stopping', 'stopped'];
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const setting = (key: string): string => vscode.workspace.getConfiguration('nspawn').get(key, '');
const passes =
  (filter: Filter) =>
  (name: string): boolean =>
    name.toLowerCase().includes(filter.text.toLowerCase());

export function machinesShown(host: MachineStore, filter: Filter): Shown {
  const of = (name: string): Machine | undefined => host.snapshot.machines.get(name);
  const rank = (name: string): number => order.indexOf(of(name)?.state ?? 'stopped');
  return {
    names: () => {
      const names = [...host.snapshot.machines.keys()].filter(passes(filter)).sort(byName);
      return setting('machines.sortBy') === 'state' ? names.sort((a, b) => rank(a) - rank(b)) : names;
    },
    row: (name) => {
      const m = of(name);
      return m === undefined ? undefined : machineRow(m);
    },
    tooltip: async (name) => {
      await host.refresh(name);
      const m = of(name);
      return m === undefined ? undefined : machineTooltip(m);
    },
    heading: (name) => {
      const m = of(name);
      switch (setting('machines.groupBy')) {
        case 'state':
          return m && capital(m.state);
        case 'class':
          return m && (m.class === 'vm' ? 'Virtual machines' : 'Containers');
        default:
          return undefined;
      }
    },
  };
}

export function imagesShown(host: MachineStore, filter: Filter): Shown {
  const of = (name: string) => host.snapshot.images.get(name);
  return {
    names: () => {
      const hidden = vscode.workspace.getConfiguration('nspawn').get<boolean>('images.showHidden', false);
      const images = [...host.snapshot.images.values()].filter((i) => hidden || !i.hidden).filter((i) => passes(filter)(i.name));
      images.sort((a, b) => byName(a.name, b.name));
      switch (setting('images.sortBy')) {
        case 'size':
          images.sort((a, b) => (b.usage ?? 0) - (a.usage ?? 0));
          break;
        case 'modified':
          images.sort((a, b) => (b.modified ?? b.created ?? 0) - (a.modified ?? a.created ?? 0));
      }
      return images.map((i) => i.name);
    },
    row: (name) => {
      const image = of(name);
      return image === undefined ? undefined : imageRow(image, host.snapshot.machines.get(name)?.state === 'running');
    },
    tooltip: async (name) => {
      const image = await host.resolveImage(name);
      return image === undefined ? undefined : imageTooltip(image);
    },
    heading: (name) => (setting('images.groupBy') === 'type' ? capital(of(name)?.type ?? 'other') : undefined),
  };
}
