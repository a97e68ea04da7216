import * as vscode from 'vscode';
import type { Image } from '../../host';
import { localTime, table, treeItem } from '../../ui/rows';
import { said } from './machine-row';

const icons: Readonly<Partial<Record<string, string>>> = {
  directory: 'folder',
  subvolume: 'folder-library',
  raw: 'file-binary',
  block: 'database',
  mstack: 'layers',
};

/** An image in the tree. */
export function imageRow(image: Image, running: boolean): vscode.TreeItem {
  const facts = said([
    image.type,
    image.usage === undefined ? undefined : bytes(image.usage),
    image.readOnly ? 'read-only' : undefined,
    image.hidden ? 'hidden' : undefined,
  ]);
  const row = treeItem({
    label: image.name,
    description: facts.join(' · '),
    spoken: [`image ${image.name}`, ...facts, ...(running ? ['machine running'] : [])],
  });
  row.id = `image/${image.name}`;
  row.iconPath = new vscode.ThemeIcon(icons[image.type] ?? 'file');
  row.contextValue = ['image', image.type, running ? 'running' : 'stopped', ...(image.readOnly ? ['readonly'] : []), ''].join(';');
  return row;
}

/** Everything known of an image, for the tooltip. */
export function imageTooltip(image: Image): vscode.MarkdownString {
  return table(image.name, [
    ['Type', image.type],
    ['Path', image.path],
    ['Size', image.usage === undefined ? undefined : bytes(image.usage)],
    ['Limit', image.limit === undefined ? undefined : bytes(image.limit)],
    ['Read-only', image.readOnly ? 'yes' : 'no'],
    ['Created', time(image.created)],
    ['Modified', time(image.modified)],
  ]);
}

/** @param ms milliseconds since 1970 */
const time = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : localTime(ms));

/** A size as people read it: 1.4 GB. @param n bytes */
export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = n < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power] ?? ''}`;
}
