import * as vscode from 'vscode';
import type { Machine } from '../host';

/** How many machines run, in the status bar; nothing while none does. */
export class RunningItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('nspawn.running', vscode.StatusBarAlignment.Left, 0);

  constructor() {
    this.item.name = 'Running machines';
    this.item.command = 'nspawn.machines.focus';
  }

  draw(machines: readonly Machine[]): void {
    const running = machines.filter(({ state }) => state === 'running').map(({ name }) => name).sort();
    if (running.length === 0) {
      this.item.hide();
      return;
    }
    const label = running.length === 1 ? '1 machine runs' : `${running.length} machines run`;
    this.item.text = `$(vm-running) ${running.length}`;
    this.item.tooltip = `${label}: ${running.slice(0, 20).join(', ')}${running.length > 20 ? ' …' : ''}`;
    this.item.accessibilityInformation = { label, role: 'button' };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}
