import { CommandError } from '../../host';
import type { HostSession } from '../host-session';
import type { Row } from '../views/tree';
import { chooseMachines } from './choose-machines';
import { confirmCommand, confirmForeignOptions } from './confirm-command';
import type { CommandArguments, Invocation, MachineCommand } from './machine-command';
import { type Call, startInTerminal } from './start-in-terminal';

/**
 * A click becomes an argv: choose the machines, ask to confirm, ask for options, and start the terminals. Ends when the
 * programs have; a command that takes one name at a time gets a terminal for each.
 * @returns the exit status of each, undefined when its terminal was closed first; nothing when the user gave up
 * @throws CommandError when this systemd does not have it, or a name or an option cannot be accepted
 */
export async function runCommand(
  session: HostSession,
  command: MachineCommand,
  row?: Row,
  rows?: readonly Row[],
  args: CommandArguments = {},
): Promise<readonly (number | undefined)[]> {
  const names = command.spec.needs === 'nothing' ? [] : await chooseMachines(session, command, row, rows);
  if (names === undefined) return [];
  const systemd = await session.spec.systemd();
  checkVersion(session, command, systemd);
  if (!(await confirmCommand(session, command, names, args))) return [];
  const calls = await prepareCalls(session, command, names, args, systemd);
  if (calls === undefined) return [];
  const argvs = calls.map(({ invocation }) => invocation.argv(systemd));
  if (!(await confirmForeignOptions(session, argvs, args))) return [];
  if (command.spec.transfer !== undefined) session.transfers.start(); // so that its end is noticed, whether the view is open or not
  return Promise.all(calls.map((call) => startInTerminal(session, command, call, systemd)));
}

/** @throws CommandError */
function checkVersion({ spec }: HostSession, { spec: { since } }: MachineCommand, systemd: number | undefined): void {
  if (since !== undefined && systemd !== undefined && systemd < since)
    throw new CommandError(`this needs systemd ${since}; ${spec.local ? 'this computer' : spec.label} has ${systemd}.`);
}

/** One call for all names, or one for each; undefined when the user gave up at a question about its options. */
async function prepareCalls(
  session: HostSession,
  command: MachineCommand,
  names: readonly string[],
  args: CommandArguments,
  systemd: number | undefined,
): Promise<readonly Call[] | undefined> {
  const together = command.spec.many || command.spec.needs === 'nothing';
  const calls: Call[] = [];
  for (const call of together ? [names] : names.map((name) => [name])) {
    const invocation: Invocation | undefined = await command.prepare(call, session, args);
    if (invocation === undefined) return undefined;
    invocation.argv(systemd); // what is wrong with it is said before the next question
    calls.push({ names: call, invocation });
  }
  return calls;
}
