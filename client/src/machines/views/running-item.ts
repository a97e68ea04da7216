import type { Machine } from '../../host';
import { StatusItem } from '../../ui/rows';

/** How many machines run, in the status bar; nothing while none does. */
export class RunningItem {
  private readonly item = new StatusItem('nspawn.running', 'Running machines', 'left', 0);

  draw(machines: readonly Machine[]): void {
    const running = machines
      .filter(({ state }) => state === 'running')
      .map(({ name }) => name)
      .sort();
    if (running.length === 0) {
      this.item.hide();
      return;
    }
    const label = running.length === 1 ? '1 machine running' : `${running.length} machines running`;
    this.item.show({
      icon: 'vm-running',
      text: String(running.length),
      command: 'nspawn.machines.focus',
      spoken: label,
      tooltip: `${label}: ${running.slice(0, 20).join(', ')}${running.length > 20 ? ' …' : ''}`,
    });
  }

  dispose(): void {
    this.item.dispose();
  }
}
