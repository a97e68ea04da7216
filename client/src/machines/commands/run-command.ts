import * as vscode from 'vscode';
import {
  applies,
  asMachines,
  CommandError,
  type Elevation,
  type Ended,
  explain,
  type Failure,
  type HostSpec,
  isMachineName,
  localProbe,
  type Machine,
  polkitRule,
  type Rights,
  remoteProbe,
  rightsFor,
} from '../../host';
import { confirm, log, notify } from '../../ui/notifications';
import { joined, say } from '../../ui/text';
import type { HostSession } from '../host-session';
import { pickMachines } from '../prompts/pick-machines';
import { runInTerminal } from '../terminal';
import type { Row } from '../views/tree';
import { showText } from '../views/virtual-documents';
import { type CommandArguments, type Invocation, isConfirmed, type MachineCommand } from './machine-command';

/**
 * A click becomes an argv: which machines, what else has to be known, whether it may destroy that, and then the
 * terminal. Ends when the program has; a verb that takes one name at a time gets a terminal for each.
 * @returns the exit status of each, undefined when its terminal was closed first
 */
export async function runCommand(
  session: HostSession,
  verb: MachineCommand,
  row?: Row,
  rows?: readonly Row[],
  given: CommandArguments = {},
): Promise<readonly (number | undefined)[]> {
  const { spec } = verb;
  const names = spec.needs === 'nothing' ? [] : await wanted(session, verb, row, rows);
  if (names === undefined) return [];
  const systemd = await session.spec.systemd();
  if (spec.since !== undefined && systemd !== undefined && systemd < spec.since) {
    throw new CommandError(
      `this needs systemd ${spec.since}; ${session.spec.local ? 'this computer' : session.spec.label} has ${systemd}.`,
    );
  }
  if (!(await confirmed(session, verb, names, given))) return [];
  const calls = spec.many || spec.needs === 'nothing' ? [names] : names.map((name) => [name]);
  const ready: { call: readonly string[]; prepared: Invocation }[] = [];
  for (const call of calls) {
    const prepared = await verb.prepare(call, session, given);
    if (prepared === undefined) return [];
    prepared.argv(systemd); // what is wrong with it is said before anything runs
    ready.push({ call, prepared });
  }
  if (
    given.options !== undefined &&
    typeof given.confirmed !== 'function' &&
    !(await chosenElsewhere(
      session,
      ready.map(({ prepared }) => prepared.argv(systemd)),
    ))
  )
    return [];
  const transfers = /^(pull|import|export)/.test(spec.id);
  if (transfers) session.transfers.start(); // its end is reported whether the view is open or not
  return Promise.all(
    ready.map(async ({ call, prepared }) => {
      const { newName } = prepared;
      const taken = newName !== undefined && session.hasImage(newName) ? newName : undefined;
      const machines = call.map((name) => session.machine(name)).filter((machine) => machine !== undefined);
      const rights = rightsFor(spec, prepared.rights(systemd), machines, systemd);
      const elevation = vscode.workspace.getConfiguration('nspawn').get<Elevation>('elevation', 'auto');
      const onEnd = (heard: (result: Ended['result']) => void) =>
        session.transfers.onDidEnd(({ transfer, result }) => {
          // One that was lost before it was known may be this one.
          if (transfers && (transfer.type === '' || (transfer.local === (newName ?? call[0]) && transfer.type === typeOf(spec))))
            heard(result);
        });
      const ends: Ended['result'][] = [];
      const listening = onEnd((result) => ends.push(result));
      const status = await runInTerminal({
        title: session.titled([verb.title, ...(call.length > 0 ? [call.join(', ')] : newName === undefined ? [] : [newName])].join(' ')),
        icon: verb.icon,
        argv: session.spec.argv({ rights }, prepared.argv(systemd), elevation),
        interactive: spec.interactive,
        stays: spec.prints === true,
        asks: session.spec.asks({ rights }) || !session.spec.local,
        isInVain: (listener) =>
          onEnd((result) => {
            if (result === 'lost') listener();
          }),
      });
      const lost = isLost(session, status);
      if (lost) session.loseSight();
      else if (status !== undefined) await session.settle(call);
      listening.dispose();
      if (status === undefined) return undefined;
      // A transfer that ended badly has been said, with the words of importd; a shell ends as its user wants.
      if (status === 0) verb.after?.(call, session);
      else if (lost || (ends.every((result) => result === 'done') && !(spec.interactive && status > 128)))
        await report(session, verb, { call, status, taken, prepared, elevation, rights });
      return status;
    }),
  );
}

/** What importd calls a transfer that a command makes: `importTar` becomes `import-tar`. */
const typeOf = ({ id }: Pick<MachineCommand['spec'], 'id'>): string => id.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

async function wanted(
  session: HostSession,
  { spec, ask, none }: MachineCommand,
  row?: Row,
  rows?: readonly Row[],
): Promise<readonly string[] | undefined> {
  const selected = row === undefined ? [] : rows?.includes(row) === true ? rows : [row];
  // That nothing fits would be no help: an image can be called what no machine can.
  if (row !== undefined && spec.names === 'machine' && !selected.some(({ name }) => isMachineName(name))) asMachines([row.name]);
  const candidates = await session.candidates();
  if (candidates === undefined) return undefined;
  const names = await pickMachines(candidates, { fits: (m) => applies(spec, m), ask, none, many: true }, row, rows);
  return names.length > 0 ? names : undefined;
}

/** Asks before something is lost, or before something that cannot go well. */
async function confirmed(session: HostSession, verb: MachineCommand, names: readonly string[], given: CommandArguments): Promise<boolean> {
  if (isConfirmed(given)) return true;
  if (verb.spec.destroys) {
    if (!verb.confirmation) throw new CommandError('this command destroys data but has no confirmation, so it was not run.');
    const question = await verb.confirmation(names, session);
    return confirm(
      session.id === undefined ? question : { ...question, message: joined(' ', [question.message, say`(${session.spec.label})`]) },
    );
  }
  const doubt = given.confirmed === true ? undefined : await verb.precheck?.(names, session);
  if (doubt === undefined) return true;
  const anyway = `${verb.title} Anyway`;
  return (await notify('warning', session.titled(doubt), anyway)) === anyway;
}

/** Asks before something runs whose options the user has not chosen. */
const chosenElsewhere = ({ spec }: HostSession, argvs: readonly (readonly string[])[]): Promise<boolean> =>
  confirm({
    message: say`Run a command that you did not choose yourself?`,
    button: 'Run',
    detail: joined('\n\n', [
      say`A link, a key binding, a task or another extension requests it with all options filled in. On ${spec.label}:`,
      joined(
        '\n',
        argvs.map((argv) => say`${argv.map((word) => (/^[\w./:@=,+-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')}`),
      ),
    ]),
  });

interface Failed {
  readonly call: readonly string[];
  readonly status: number;
  readonly taken: string | undefined;
  readonly prepared: Invocation;
  readonly elevation: Elevation;
  /** That the command ran with. */
  readonly rights: Rights;
}

/** Whether a command ended with the connection to where it ran: ssh's own exit status (ssh(1)), which none of those commands has. */
const isLost = ({ spec }: HostSession, status: number | undefined): boolean => spec.kind === 'ssh' && status === 255;

/** Says that it failed, why it may have, and what to do next. Resolves before the notification is answered. */
async function report(
  session: HostSession,
  verb: MachineCommand,
  { call, status, taken, prepared, elevation, rights }: Failed,
): Promise<void> {
  const { spec } = verb;
  const machines = call.map((name) => session.machine(name)).filter((machine) => machine !== undefined);
  const asksPolkit = rights === 'polkit' && session.spec.asks({ rights }) && (elevation === 'auto' || elevation === 'polkit');
  const unknown = call.filter((name) => session.machine(name) === undefined);
  const lost = isLost(session, status);
  const known: Partial<Failure> = lost ? {} : await examined(session, verb, machines, prepared, asksPolkit, rights);
  const why = lost
    ? `The connection to ${session.spec.label} was lost or could not be established. What was started may continue there; the views show it after reconnecting.`
    : explain({ command: spec.id, machines, taken, unknown, ...known });
  const failed = machines.filter(({ state }) => state === 'failed');
  const text = `${session.titled([verb.title, ...call].join(' '))} failed (exit status ${status}); see its terminal. ${why ?? ''}`;
  const execute = (id: string, ...given: readonly unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...given);
  const rows = call.map((name) => session.row(name)),
    once = (given: CommandArguments) => () => execute(verb.id, rows[0], rows, { ...given, hostId: session.spec.id });
  // A wrong password, or a machine that was not up yet: the same may go well now.
  const worthAnother = !prepared.retryWithForce && (known.allowed === 'asks' || spec.interactive);
  /** What can be done now, by the button that does it. */
  const next: Readonly<Record<string, () => Thenable<unknown>>> = lost
    ? { Reconnect: () => execute('nspawn.reconnect', session.row('')) }
    : {
        ...(prepared.retryWithForce ? { [prepared.retryWithForce.button]: once(prepared.retryWithForce.given) } : {}),
        ...(worthAnother ? { 'Try Again': once(prepared.given) } : {}),
        ...(failed.length > 0 ? { 'Why Did It Fail?': () => execute('nspawn.whyFailed', session.row(failed[0]?.name ?? '')) } : {}),
        ...(asksPolkit && known.allowed !== 'yes' ? { 'Show polkit Rule': () => showPolkitRule(spec, session.spec) } : {}),
      };
  notify('error', text.trim(), ...Object.keys(next))
    .then((button) => (button === undefined ? undefined : next[button]?.()))
    .then(undefined, log);
}

/** What the system itself can tell of a failure, as far as it can be asked from here. */
async function examined(
  session: HostSession,
  { spec }: MachineCommand,
  machines: readonly Machine[],
  { paths: { source, target } }: Invocation,
  asksPolkit: boolean,
  rights: Rights,
): Promise<Partial<Failure>> {
  const look = session.spec.local ? localProbe : remoteProbe((argv) => session.capture(argv));
  const [leader] = machines.map((machine) => machine.leader);
  return {
    // sudo and run0 have their own policy.
    allowed: asksPolkit ? await look.mayDo(spec.actions) : rights === 'root' || rights === 'owner' ? undefined : 'yes',
    ...(source === undefined || (await look.exists(source)) !== false ? {} : { missing: source }),
    ...(target === undefined || (await look.exists(target)) !== true ? {} : { existing: target }),
    ...(spec.id === 'bind' && leader !== undefined ? { ownUsers: await look.hasOwnUsers(leader) } : {}),
    ...(spec.names === 'image' || spec.id === 'setPoolLimit' ? { btrfs: await look.isOnBtrfs('/var/lib/machines') } : {}),
  };
}

/** A rule that allows what a command asks polkit for, to be read and copied. */
export async function showPolkitRule({ actions }: Pick<MachineCommand['spec'], 'actions'>, place: HostSpec): Promise<void> {
  await showText('50-nspawn.rules', polkitRule(place.userName() ?? 'USER', actions));
}
