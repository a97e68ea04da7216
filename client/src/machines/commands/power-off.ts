import * as vscode from 'vscode';
import { log, notify } from '../../ui/notifications';
import type { CommandContext } from './machine-command';

/** Milliseconds that a machine gets to go down, and one that had only just been started: its init may not have heard. */
const patience = 60_000,
  patienceWhenNew = 10_000;

/** After a power off: says which machines are still there, and offers what helps. */
export function expectDown(names: readonly string[], context: CommandContext): void {
  for (const name of names) {
    const { leader, since } = context.machine(name) ?? {};
    if (leader === undefined) continue;
    const isNew = since !== undefined && Date.now() - since < 15_000;
    context.later(isNew ? patienceWhenNew : patience, () => {
      if (context.machine(name)?.leader === leader) tell(name, isNew, context);
    });
  }
}

function tell(name: string, isNew: boolean, context: CommandContext): void {
  const again = 'Power Off Again',
    terminate = 'Terminate…';
  const why = isNew
    ? 'It had only just been started, and an init that is not ready yet ignores the request.'
    : 'Its services may still be stopping, or its init does not react.';
  notify('warning', `${name} is still running after the request to power off. ${why}`, again, terminate)
    .then((button) =>
      button === undefined
        ? undefined
        : vscode.commands.executeCommand(button === again ? 'nspawn.powerOff' : 'nspawn.terminate', context.row(name)),
    )
    .then(undefined, log);
}
