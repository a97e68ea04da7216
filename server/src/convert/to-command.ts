import { type EffectiveAssignments, loadOf, network, type ParsedAssignment, users } from '../model';
import type { Document } from '../schema';
import { Text } from '../syntax';
import { extractWords, plainWords } from '../values/extract';
import type { Note } from './from-command';
import { optionOf } from './options';
import { shellQuoted } from './shell';

export interface ToCommand {
  readonly argv: readonly string[];
  /** The same for a shell, to read and to copy. */
  readonly shell: string;
  readonly notes: readonly Note[];
}

/** Settings whose option takes one item each. */
const each = new Set(['Environment', 'Port', 'Interface', 'MACVLAN', 'IPVLAN', 'BindUser']);
/** Settings whose option separates items by commas. */
const comma = new Set(['Capability', 'DropCapability', 'AmbientCapability']);
/** Switches of the template unit that a file without these settings leaves on. */
const template: readonly (readonly [settings: readonly string[], option: string])[] = [
  [['Boot', 'ProcessTwo'], '--boot'],
  [network, '--network-veth'],
  [users, '-U'],
  [['LinkJournal'], '--link-journal=try-guest'],
];

/**
 * The command line that starts a machine as its .nspawn file has it.
 * @param machine the machine's name; @param trusted whether nspawn trusts the file where it lies
 */
export function toCommand(document: Document, machine: string | undefined, trusted: boolean): ToCommand {
  const load = loadOf(document),
    notes: Note[] = [];
  const argv = ['systemd-nspawn', ...(machine === undefined ? [] : [`--machine=${machine}`])];
  const command = load.live('Parameters').flatMap((entry) => words(entry.line.value.text));
  for (const name of new Set(load.entries.map((e) => e.setting.name))) {
    if (name === 'Parameters') continue;
    const live = load.live(name);
    for (const entry of live) argv.push(...argumentsOf(entry, notes));
    if (!trusted && live.some((e) => e.setting.trust !== undefined)) {
      notes.push({
        about: `${name}=`,
        message: 'next to an image, nspawn does not trust the file and may ignore this; on the command line it applies',
      });
    }
  }
  dropped(load, notes);
  for (const [settings, option] of template) {
    if (settings.every((s) => load.live(s).length === 0)) {
      notes.push({
        about: option,
        message: `machinectl start adds it, as the file has no ${settings[0] ?? ''}=; this command does not`,
      });
    }
  }
  if (command.length > 0) argv.push('--', ...command);
  return { argv, shell: shellQuoted(argv), notes };
}

const words = (value: string): string[] => {
  const { words: found } = extractWords(Text.plain(value, 0), { ...plainWords, unquote: true, retainEscape: true });
  return found.map((w) => w.text);
};

function argumentsOf(entry: ParsedAssignment, notes: Note[]): string[] {
  const {
      setting: { name, value: type },
      line,
    } = entry,
    value = line.value.text;
  if (name === 'PrivateUsersChown') return entry.reading.parts[0]?.word === 'yes' ? ['--private-users-ownership=chown'] : [];
  const option = optionOf(name),
    long = option?.names.at(-1);
  if (option === undefined || long === undefined) {
    notes.push({ about: `${name}=`, message: 'there is no command-line option for it' });
    return [];
  }
  if (option.argument === undefined) {
    const word = entry.reading.parts[0]?.word;
    return word === 'yes' ? [long] : [];
  }
  if (type.type === 'rlimit') return [`${long}=${name.slice('Limit'.length)}=${value}`];
  if (each.has(name)) return words(value).map((word) => `${long}=${word}`);
  if (comma.has(name)) return [`${long}=${words(value).join(',')}`];
  return [`${long}=${value}`];
}

function dropped(load: EffectiveAssignments, notes: Note[]): void {
  for (const entry of load.entries) {
    if (entry.dropped)
      notes.push({
        about: `${entry.setting.name}=${entry.line.value.text}`,
        message: 'nspawn does not accept this value, so it is left out',
      });
  }
}
