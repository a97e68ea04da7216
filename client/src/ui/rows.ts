/** How things look in trees, tooltips and the status bar. */
import * as vscode from 'vscode';
import { inert, inertLabel, inertLine, markdown } from './text';

/** What a row shows. Nothing in it is read as anything but text. */
export interface RowAppearance {
  readonly label: string;
  readonly description?: string | undefined;
  readonly tooltip?: vscode.MarkdownString;
  /** What a screen reader says, in its parts. */
  readonly spoken?: readonly string[];
  readonly collapsible?: vscode.TreeItemCollapsibleState;
  /** Of the file that the row shows. */
  readonly uri?: vscode.Uri;
}

export function treeItem({ label, description, tooltip, spoken, collapsible, uri }: RowAppearance): vscode.TreeItem {
  const item = new vscode.TreeItem(inertLabel(label), collapsible);
  if (uri !== undefined) item.resourceUri = uri;
  if (description !== undefined) item.description = inertLabel(description);
  if (tooltip !== undefined) item.tooltip = tooltip;
  if (spoken !== undefined) item.accessibilityInformation = { label: spoken.map(inertLabel).join(', '), role: 'treeitem' };
  return item;
}

/** Sets a tooltip that is only known when the mouse rests on the row. @param tooltip from {@link table} */
export function setTooltip(item: vscode.TreeItem, tooltip: vscode.MarkdownString): void {
  item.tooltip = tooltip;
}

/** A place in a text that leads elsewhere. */
export function documentLink(range: vscode.Range, target: vscode.Uri, tooltip: string): vscode.DocumentLink {
  const link = new vscode.DocumentLink(range, target);
  link.tooltip = inertLine(tooltip);
  return link;
}

/** What a screen reader says of a row besides what it said before. */
export function alsoSpoken(item: vscode.TreeItem, text: string): void {
  const { accessibilityInformation: accessibility } = item;
  if (accessibility) item.accessibilityInformation = { ...accessibility, label: `${accessibility.label}, ${inertLabel(text)}` };
}

/** A time as people here write it, with the usual blanks. @param ms milliseconds since 1970 */
export const localTime = (ms: number): string => new Date(ms).toLocaleString().replace(/\s/g, ' ');

export type Facts = readonly (readonly [name: string, value: string | undefined])[];

/** A heading and facts below it, for a tooltip. */
export function table(heading: string, facts: Facts): vscode.MarkdownString {
  return withFacts(new vscode.MarkdownString().appendMarkdown(`**${markdown(heading)}**\n\n`), facts);
}

/** The same with more facts at its end; those that are not known are left out. */
export function withFacts(text: vscode.MarkdownString, facts: Facts): vscode.MarkdownString {
  for (const [name, value] of facts) if (value !== undefined && value !== '') text.appendMarkdown(`${name}: ${markdown(value)}  \n`);
  return text;
}

/** Says something above the rows of a view; nothing when it is empty. */
export function setViewMessage<T>(view: vscode.TreeView<T>, text: string): void {
  view.message = inert(text);
}

/** Says something beside the title of a view. */
export function describeView<T>(view: vscode.TreeView<T>, text: string): void {
  view.description = inertLine(text);
}

/** An item of the status bar, on the left by default; hidden until it is shown. */
export class StatusItem implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;

  /** @param name for the menu of the status bar */
  constructor(id: string, name: string, side: 'left' | 'right' = 'left', priority?: number) {
    this.item = vscode.window.createStatusBarItem(
      id,
      side === 'left' ? vscode.StatusBarAlignment.Left : vscode.StatusBarAlignment.Right,
      priority,
    );
    this.item.name = name;
  }

  /** @param icon a codicon of ours @param spoken for screen readers; the text unless told */
  show({
    icon,
    text,
    tooltip,
    command,
    spoken = text,
  }: {
    readonly icon?: string;
    readonly text: string;
    readonly tooltip: string;
    readonly command: string;
    readonly spoken?: string;
  }): void {
    this.item.text = `${icon === undefined ? '' : `$(${icon}) `}${inertLine(text)}`;
    this.item.tooltip = inert(tooltip);
    this.item.command = command;
    this.item.accessibilityInformation = { label: inertLine(spoken), role: 'button' };
    this.item.show();
  }

  hide(): void {
    this.item.hide();
  }

  dispose(): void {
    this.item.dispose();
  }
}
