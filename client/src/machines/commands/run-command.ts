import * as vscode from 'vscode';
import {
  type Elevation, type Ended, type Failure, type Machine, type Place, type Rights, CommandError, applies, asMachines, explain, here, isMachineName, polkitRule, rightsFor, there,
} from '../../host';
import { confirm, log, notify } from '../../ui/notifications';
import { joined, say } from '../../ui/text';
import { choose } from '../prompts/pick-machines';
import { showText } from '../views/virtual-documents';
import type { Room } from '../host-session';
import { run } from '../terminal';
import type { Row } from '../views/tree';
import { type Given, type Prepared, type Verb, isConfirmed } from './machine-command';

/**
 * A click becomes an argv: which machines, what else has to be known, whether it may destroy that, and then the
 * terminal. Ends when the program has; a verb that takes one name at a time gets a terminal for each.
 * @returns the exit status of each, undefined when its terminal was closed first
 */
export async function perform(room: Room, verb: Verb, row?: Row, rows?: readonly Row[], given: Given = {}): Promise<readonly (number | undefined)[]> {
  const { command } = verb;
  const names = command.needs === 'nothing' ? [] : await wanted(room, verb, row, rows);
  if (names === undefined) return [];
  const systemd = await room.place.systemd();
  if (command.since !== undefined && systemd !== undefined && systemd < command.since) {
    throw new CommandError(`this needs systemd ${command.since}, and ${room.place.local ? 'here' : room.place.label} is ${systemd}.`);
  }
  if (!await confirmed(room, verb, names, given)) return [];
  const calls = command.many || command.needs === 'nothing' ? [names] : names.map((name) => [name]);
  const ready: { call: readonly string[]; prepared: Prepared }[] = [];
  for (const call of calls) {
    const prepared = await verb.prepare(call, room, given);
    if (prepared === undefined) return [];
    prepared.argv(systemd); // what is wrong with it is said before anything runs
    ready.push({ call, prepared });
  }
  if (given.options !== undefined && typeof given.confirmed !== 'function' && !await chosenElsewhere(room, ready.map(({ prepared }) => prepared.argv(systemd)))) return [];
  const transfers = /^(pull|import|export)/.test(command.id);
  if (transfers) room.transfers.start(); // whoever waits for one is told of its end, whether the view is open or not
  return Promise.all(ready.map(async ({ call, prepared }) => {
    const { newName } = prepared;
    const taken = newName !== undefined && room.hasImage(newName) ? newName : undefined;
    const machines = call.map((name) => room.machine(name)).filter((machine) => machine !== undefined);
    const rights = rightsFor(command, prepared.rights(systemd), machines, systemd);
    const elevation = vscode.workspace.getConfiguration('nspawn').get<Elevation>('elevation', 'auto');
    const onEnd = (heard: (result: Ended['result']) => void) => room.transfers.onDidEnd(({ transfer, result }) => {
      // One that was lost before it was known may be this one.
      if (transfers && (transfer.type === '' || (transfer.local === (newName ?? call[0]) && transfer.type === typeOf(command)))) heard(result);
    });
    const ends: Ended['result'][] = [];
    const listening = onEnd((result) => ends.push(result));
    const status = await run({
      title: room.titled([verb.title, ...call.length > 0 ? [call.join(', ')] : newName === undefined ? [] : [newName]].join(' ')), icon: verb.icon,
      argv: room.place.argv({ rights }, prepared.argv(systemd), elevation),
      interactive: command.interactive, stays: command.prints === true, asks: room.place.asks({ rights }) || !room.place.local,
      isInVain: (listener) => onEnd((result) => { if (result === 'lost') listener(); }),
    });
    const lost = isLost(room, status);
    if (lost) room.loseSight();
    else if (status !== undefined) await room.settle(call);
    listening.dispose();
    if (status === undefined) return undefined;
    // A transfer that ended badly has been said, with the words of importd; a shell ends as its user wants.
    if (status === 0) verb.after?.(call, room);
    else if (lost || ends.every((result) => result === 'done') && !(command.interactive && status > 128)) await report(room, verb, { call, status, taken, prepared, elevation, rights });
    return status;
  }));
}

/** What importd calls a transfer that a command makes: `importTar` becomes `import-tar`. */
const typeOf = ({ id }: Pick<Verb['command'], 'id'>): string => id.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

async function wanted(room: Room, { command, ask, none }: Verb, row?: Row, rows?: readonly Row[]): Promise<readonly string[] | undefined> {
  const selected = row === undefined ? [] : rows?.includes(row) === true ? rows : [row];
  // That nothing fits would be no help: an image can be called what no machine can.
  if (row !== undefined && command.names === 'machine' && !selected.some(({ name }) => isMachineName(name))) asMachines([row.name]);
  const candidates = await room.candidates();
  if (candidates === undefined) return undefined;
  const names = await choose(candidates, { fits: (m) => applies(command, m), ask, none, many: true }, row, rows);
  return names.length > 0 ? names : undefined;
}

/** Asks before something is lost, or before something that cannot go well. */
async function confirmed(room: Room, verb: Verb, names: readonly string[], given: Given): Promise<boolean> {
  if (isConfirmed(given)) return true;
  if (verb.command.destroys) {
    if (!verb.warn) throw new CommandError('nobody wrote what this destroys, so it is not done.');
    const question = await verb.warn(names, room);
    return confirm(room.id === undefined ? question : { ...question, message: joined(' ', [question.message, say`(${room.place.label})`]) });
  }
  const doubt = given.confirmed === true ? undefined : await verb.doubt?.(names, room);
  if (doubt === undefined) return true;
  const anyway = `${verb.title} Anyway`;
  return await notify('warning', room.titled(doubt), anyway) === anyway;
}

/** Asks before something runs whose options nobody was asked for. */
const chosenElsewhere = ({ place }: Room, argvs: readonly (readonly string[])[]): Promise<boolean> => confirm({
  message: say`Run a command that somebody else has chosen?`, button: 'Run',
  detail: joined('\n\n', [
    say`A link, a key binding, a task or another extension asks for it, with everything that you would be asked for. On ${place.label}:`,
    joined('\n', argvs.map((argv) => say`${argv.map((word) => /^[\w./:@=,+-]+$/.test(word) ? word : JSON.stringify(word)).join(' ')}`)),
  ]),
});

interface Failed {
  readonly call: readonly string[];
  readonly status: number;
  readonly taken: string | undefined;
  readonly prepared: Prepared;
  readonly elevation: Elevation;
  /** It had. */
  readonly rights: Rights;
}

/** Whether a command ended with the connection to where it ran: ssh's own exit status (ssh(1)), which none of those commands has. */
const isLost = ({ place }: Room, status: number | undefined): boolean => place.kind === 'ssh' && status === 255;

/** Says that it failed, why it may have, and what to do next. Nobody waits for the answer. */
async function report(room: Room, verb: Verb, { call, status, taken, prepared, elevation, rights }: Failed): Promise<void> {
  const { command } = verb;
  const machines = call.map((name) => room.machine(name)).filter((machine) => machine !== undefined);
  const asksPolkit = rights === 'polkit' && room.place.asks({ rights }) && (elevation === 'auto' || elevation === 'polkit');
  const unknown = call.filter((name) => room.machine(name) === undefined);
  const lost = isLost(room, status);
  const known: Partial<Failure> = lost ? {} : await examined(room, verb, machines, prepared, asksPolkit, rights);
  const why = lost ? `The connection to ${room.place.label} was lost, or could not be made. What has begun may go on there; the views show it when they are connected again.`
    : explain({ command: command.id, machines, taken, unknown, ...known });
  const failed = machines.filter(({ state }) => state === 'failed');
  const text = `${room.titled([verb.title, ...call].join(' '))} ended with exit status ${status}; its terminal has the words of the system. ${why ?? ''}`;
  const execute = (id: string, ...given: readonly unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...given);
  const rows = call.map((name) => room.row(name)), once = (given: Given) => () => execute(verb.id, rows[0], rows, { ...given, room: room.place.id });
  // A wrong password, or a machine that was not up yet: the same may go well now.
  const worthAnother = !prepared.insist && (known.allowed === 'asks' || command.interactive);
  /** What can be done now, by the button that does it. */
  const next: Readonly<Record<string, () => Thenable<unknown>>> = lost ? { Reconnect: () => execute('nspawn.reconnect', room.row('')) } : {
    ...prepared.insist ? { [prepared.insist.button]: once(prepared.insist.given) } : {},
    ...worthAnother ? { 'Try Again': once(prepared.given) } : {},
    ...failed.length > 0 ? { 'Why Did It Fail?': () => execute('nspawn.whyFailed', room.row(failed[0]?.name ?? '')) } : {},
    ...asksPolkit && known.allowed !== 'yes' ? { 'Show polkit Rule': () => showPolkitRule(command, room.place) } : {},
  };
  notify('error', text.trim(), ...Object.keys(next)).then((button) => button === undefined ? undefined : next[button]?.()).then(undefined, log);
}

/** What the system itself can tell of a failure, as far as it can be asked from here. */
async function examined(
  room: Room, { command }: Verb, machines: readonly Machine[], { paths: { source, target } }: Prepared, asksPolkit: boolean, rights: Rights,
): Promise<Partial<Failure>> {
  const { place } = room, look = place.local ? here : there((argv) => room.capture(argv));
  const [leader] = machines.map((machine) => machine.leader);
  return {
    // Whom sudo or run0 lets in is their affair.
    allowed: asksPolkit ? await look.mayDo(command.actions) : rights === 'root' || rights === 'owner' ? undefined : 'yes',
    ...source === undefined || await look.exists(source) !== false ? {} : { missing: source },
    ...target === undefined || await look.exists(target) !== true ? {} : { existing: target },
    ...command.id === 'bind' && leader !== undefined ? { ownUsers: await look.hasOwnUsers(leader) } : {},
    ...command.names === 'image' || command.id === 'setPoolLimit' ? { btrfs: await look.isOnBtrfs('/var/lib/machines') } : {},
  };
}

/** A rule that allows what a command asks polkit for, to be read and copied. */
export async function showPolkitRule({ actions }: Pick<Verb['command'], 'actions'>, place: Place): Promise<void> {
  await showText('50-nspawn.rules', polkitRule(place.userName() ?? 'USER', actions));
}
