import * as vscode from 'vscode';
import {
  type CommandSpec,
  type Elevation,
  explain,
  type Failure,
  type HostSpec,
  localProbe,
  type Machine,
  polkitRule,
  type Rights,
  remoteProbe,
} from '../../host';
import { log, notify } from '../../ui/notifications';
import type { HostSession } from '../host-session';
import { showText } from '../views/virtual-documents';
import { type CommandArguments, type Invocation, type MachineCommand, titleFor } from './machine-command';

/** A call that ended badly, and how it ran. */
export interface FailedCall {
  readonly names: readonly string[];
  readonly invocation: Invocation;
  /** The exit status; not 0. */
  readonly status: number;
  /** The name that it gave to an image, when an image had it already. */
  readonly taken: string | undefined;
  readonly elevation: Elevation;
  /** The rights that it ran with. */
  readonly rights: Rights;
}

/** Whether a command ended with the connection to its host: ssh's own exit status (ssh(1)), which none of our commands has. */
export const isConnectionLost = ({ spec }: HostSession, status: number | undefined): boolean => spec.kind === 'ssh' && status === 255;

/** Says that it failed, why it may have, and what to do next. Does not wait until that is dismissed. */
export async function reportFailure(session: HostSession, command: MachineCommand, call: FailedCall): Promise<void> {
  const { names, status, taken } = call;
  const machines = machinesOf(session, names);
  const unknown = names.filter((name) => session.machine(name) === undefined);
  const lost = isConnectionLost(session, status);
  const known = lost ? {} : await findOut(session, command, machines, call);
  const why = lost
    ? `The connection to ${session.spec.label} was lost or could not be established. What was started may continue there; the views show it after reconnecting.`
    : explain({ command: command.spec, machines, taken, unknown, ...known });
  const text = `${session.titled(titleFor(command.title, names))} failed (exit status ${status}); see its terminal. ${why ?? ''}`;
  const steps = lost
    ? { Reconnect: () => execute('nspawn.reconnect', session.row('')) }
    : nextSteps(session, command, machines, call, known);
  notify('error', text.trim(), ...Object.keys(steps))
    .then((button) => (button === undefined ? undefined : steps[button]?.()))
    .then(undefined, log);
}

/** The machines of these names, as they are now. */
export const machinesOf = (session: HostSession, names: readonly string[]): readonly Machine[] =>
  names.map((name) => session.machine(name)).filter((machine) => machine !== undefined);

/** What can be done next, by the button that does it. */
type Steps = Readonly<Partial<Record<string, () => Thenable<unknown>>>>;

function nextSteps(
  session: HostSession,
  { id, spec }: MachineCommand,
  machines: readonly Machine[],
  call: FailedCall,
  { allowed }: Partial<Failure>,
): Steps {
  const {
    names,
    invocation: { args, retryWithForce },
  } = call;
  const rows = names.map((name) => session.row(name));
  const again = (repeated: CommandArguments) => () => execute(id, rows[0], rows, { ...repeated, hostId: session.spec.id });
  // A wrong password, or a machine that was not up yet: the same may go well now.
  const mayGoWell = !retryWithForce && (allowed === 'asks' || spec.interactive);
  const failed = machines.find(({ state }) => state === 'failed');
  return {
    ...(retryWithForce ? { [retryWithForce.button]: again(retryWithForce.args) } : {}),
    ...(mayGoWell ? { 'Try Again': again(args) } : {}),
    ...(failed ? { 'Why Did It Fail?': () => execute('nspawn.whyFailed', session.row(failed.name)) } : {}),
    ...(usesPolkit(session, call) && allowed !== 'yes' ? { 'Show polkit Rule': () => showPolkitRule(spec, session.spec) } : {}),
  };
}

/** Whether polkit decided about a call; whom sudo or run0 lets in is not known here. */
const usesPolkit = ({ spec }: HostSession, { rights, elevation }: Pick<FailedCall, 'rights' | 'elevation'>): boolean =>
  rights === 'polkit' && spec.asks({ rights }) && (elevation === 'auto' || elevation === 'polkit');

/** What the host itself can tell about a failure, as far as it can be asked from here. */
async function findOut(
  session: HostSession,
  { spec }: MachineCommand,
  [first]: readonly Machine[],
  call: FailedCall,
): Promise<Partial<Failure>> {
  const {
    rights,
    invocation: {
      paths: { source, target },
    },
  } = call;
  const probe = session.spec.local ? localProbe : remoteProbe((argv) => session.capture(argv));
  const leader = first?.leader;
  return {
    allowed: usesPolkit(session, call) ? await probe.mayDo(spec.actions) : rights === 'root' || rights === 'owner' ? undefined : 'yes',
    ...(source === undefined || (await probe.exists(source)) !== false ? {} : { missing: source }),
    ...(target === undefined || (await probe.exists(target)) !== true ? {} : { existing: target }),
    ...(spec.needsHostUsers === true && leader !== undefined ? { ownUsers: await probe.hasOwnUsers(leader) } : {}),
    ...(spec.usesBtrfs === true ? { btrfs: await probe.isOnBtrfs('/var/lib/machines') } : {}),
  };
}

const execute = (id: string, ...args: readonly unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);

/** A rule that allows what a command asks polkit for, to be read and copied. */
export async function showPolkitRule({ actions }: Pick<CommandSpec, 'actions'>, host: HostSpec): Promise<void> {
  await showText('50-nspawn.rules', polkitRule(host.userName() ?? 'USER', actions));
}
