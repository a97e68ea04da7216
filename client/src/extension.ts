import type * as vscode from 'vscode';
import { openLanguage } from './language';
import { openMachines } from './machines';
import { openMkosi } from './mkosi';

/** Opens each room once; each starts its work when it is needed. */
export function activate(context: vscode.ExtensionContext): void {
  const mkosi = openMkosi(context);
  openLanguage(context, mkosi.facts);
  openMachines(context);
}
