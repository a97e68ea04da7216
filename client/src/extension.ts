import type * as vscode from 'vscode';
import { activateLanguage } from './language';
import { activateMachines } from './machines';
import { activateMkosi } from './mkosi';

/** Activates each module once; each starts its work when it is needed. */
export function activate(context: vscode.ExtensionContext): void {
  const mkosi = activateMkosi(context);
  activateLanguage(context, mkosi.facts);
  activateMachines(context);
}
