import type * as vscode from 'vscode';
import { activateLanguage } from './language';
import { activateMachines } from './machines';
import { activateMkosi } from './mkosi';

/** Activates each module once; each starts its work when it is needed. */
export function activate(context: vscode.ExtensionContext): void {
  // Each is asked by the other, but not before both are there.
  const language = activateLanguage(context, () => mkosi.facts());
  const mkosi = activateMkosi(context, language);
  activateMachines(context);
}
