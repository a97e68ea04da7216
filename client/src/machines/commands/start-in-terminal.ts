import * as vscode from 'vscode';
import { type Elevation, type Ended, rightsFor } from '../../host';
import type { HostSession } from '../host-session';
import { runInTerminal } from '../terminal';
import { type Invocation, type MachineCommand, titleFor } from './machine-command';
import { isConnectionLost, machinesOf, reportFailure } from './report-failure';

/** A command with everything it needs, and the names that it is for. */
export interface Call {
  readonly names: readonly string[];
  readonly invocation: Invocation;
}

/**
 * Runs one call in a terminal of its own, and reports when it fails.
 * @param systemd the major version on the host @param run runs it; another one in tests
 * @returns the exit status, undefined when the terminal was closed first
 */
export async function startInTerminal(
  session: HostSession,
  command: MachineCommand,
  call: Call,
  systemd: number | undefined,
  run: typeof runInTerminal = runInTerminal,
): Promise<number | undefined> {
  const { names, invocation } = call,
    { spec } = command;
  const { newName } = invocation;
  const taken = newName !== undefined && session.hasImage(newName) ? newName : undefined; // before it runs
  const rights = rightsFor(spec, invocation.rights(systemd), machinesOf(session, names), systemd);
  const elevation = vscode.workspace.getConfiguration('nspawn').get<Elevation>('elevation', 'auto');
  const results: Ended['result'][] = [];
  const listening = onTransferEnd(session, command, call, (result) => results.push(result));
  const status = await run({
    title: session.titled(titleFor(command.title, names.length > 0 || newName === undefined ? names : [newName])),
    icon: command.icon,
    argv: session.spec.argv({ rights }, invocation.argv(systemd), elevation),
    interactive: spec.interactive,
    stays: spec.prints === true,
    asks: session.spec.asks({ rights }) || !session.spec.local,
    isInVain: (listener) =>
      onTransferEnd(session, command, call, (result) => {
        if (result === 'lost') listener();
      }),
  });
  const lost = isConnectionLost(session, status);
  if (lost) session.loseSight();
  else if (status !== undefined) await session.settle(names);
  listening.dispose();
  if (status === 0) command.after?.(names, session);
  else if (status !== undefined && isWorthReporting(command, status, lost, results))
    await reportFailure(session, command, { ...call, status, taken, elevation, rights });
  return status;
}

/** A transfer that failed has been reported already, with the words of importd; a shell ends as its user wants. */
function isWorthReporting({ spec }: MachineCommand, status: number, lost: boolean, results: readonly Ended['result'][]): boolean {
  return lost || (results.every((result) => result === 'done') && !(spec.interactive && status > 128));
}

/** Calls back when the transfer ends that a call has started. One that was lost before its type was known may be this one. */
function onTransferEnd(
  { transfers }: HostSession,
  { spec }: MachineCommand,
  { names, invocation: { newName } }: Call,
  listener: (result: Ended['result']) => void,
): { dispose(): void } {
  const local = newName ?? names[0];
  return transfers.onDidEnd(({ transfer, result }) => {
    if (spec.transfer === undefined) return;
    if (transfer.type === '' || (transfer.local === local && transfer.type === spec.transfer)) listener(result);
  });
}
