/** The questions before a command runs. */
import { CommandError } from '../../host';
import { confirm, notify } from '../../ui/notifications';
import { joined, say } from '../../ui/text';
import type { HostSession } from '../host-session';
import { type CommandArguments, isConfirmed, type MachineCommand } from './machine-command';

/**
 * Asks before something is lost, or before something that cannot go well.
 * @returns whether to go on
 * @throws CommandError when a command destroys something and cannot say what
 */
export async function confirmCommand(
  session: HostSession,
  command: Pick<MachineCommand, 'spec' | 'title' | 'confirmation' | 'precheck'>,
  names: readonly string[],
  args: CommandArguments,
): Promise<boolean> {
  if (isConfirmed(args)) return true;
  if (command.spec.destroys) return confirmLoss(session, command, names);
  const problem = args.confirmed === true ? undefined : await command.precheck?.(names, session);
  if (problem === undefined) return true;
  const anyway = `${command.title} Anyway`;
  return (await notify('warning', session.titled(problem), anyway)) === anyway;
}

async function confirmLoss(session: HostSession, { confirmation }: Pick<MachineCommand, 'confirmation'>, names: readonly string[]) {
  if (confirmation === undefined) throw new CommandError('this command destroys data but has no confirmation, so it was not run.');
  const question = await confirmation(names, session);
  const message = session.id === undefined ? question.message : joined(' ', [question.message, say`(${session.spec.label})`]);
  return confirm({ ...question, message });
}

/**
 * Asks before options run that the user was not asked for: a link, a key binding, a task or another extension chose them.
 * Only code can confirm beforehand, by a function.
 * @returns whether to go on
 */
export async function confirmForeignOptions(
  { spec }: HostSession,
  argvs: readonly (readonly string[])[],
  args: CommandArguments,
): Promise<boolean> {
  if (args.options === undefined || typeof args.confirmed === 'function') return true;
  return confirm({
    message: say`Run a command that you did not choose yourself?`,
    button: 'Run',
    detail: joined('\n\n', [
      say`A link, a key binding, a task or another extension requests it with all options filled in. On ${spec.label}:`,
      joined(
        '\n',
        argvs.map((argv) => say`${argv.map(shownWord).join(' ')}`),
      ),
    ]),
  });
}

const shownWord = (word: string): string => (/^[\w./:@=,+-]+$/.test(word) ? word : JSON.stringify(word));
