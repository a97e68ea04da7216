/**
 * Every command as data: what it runs, on what, and what it costs. A command is an argv, never a shell's text; the
 * caller finds the program and gives it a terminal, where polkit can ask.
 *
 * Names are checked as machined checks them, and they follow `--`, so that none can become an option: machinectl
 * reads options up to there, also between a verb and its arguments (tried with 252, 257 and 262).
 */
import * as image from './image';
import * as machine from './machine';
import * as transfer from './transfer';

export { CommandError } from './checks';
export { applies, type CommandSpec, type NameKind, type Need, type Rights, rightsFor } from './command-spec';

export const commands = { ...machine, ...image, ...transfer } as const;
