import records from './options.json';

/** An option of systemd-nspawn and what it is in a .nspawn file. Written by `npm run generate` from tools/schema/facts. */
export interface Option {
  /** As they are typed, the long one last. */
  readonly names: readonly string[];
  /** `optional` ones only with an equals sign. */
  readonly argument?: 'required' | 'optional';
  readonly since: number;
  /** The settings that it is written as. */
  readonly settings?: readonly string[];
  /** The value without an argument; default `yes`. */
  readonly bare?: string;
  /** How the argument becomes a value: see from-command.ts. */
  readonly how?: string;
  /** It selects the image, or names the machine. */
  readonly image?: boolean;
  readonly machine?: boolean;
  /** The template unit has it anyway. */
  readonly template?: boolean;
  /** The setting of the unit that does it; `*`: the argument is one. */
  readonly unit?: string;
  /** Where it belongs, as text for the user. */
  readonly elsewhere?: string;
}

export const { options } = records as { options: readonly Option[] };

/** An option as written on a command line. */
export interface Given {
  readonly option: Option;
  /** As it was typed, without its argument. */
  readonly name: string;
  readonly argument: string | undefined;
}

/** A command line taken apart as nspawn does it: everything from the first word that is not an option is the command. */
export interface CommandLine {
  readonly given: readonly Given[];
  readonly command: readonly string[];
  readonly problems: readonly string[];
}

/** @param args without the program's name */
export function read(args: readonly string[]): CommandLine {
  const given: Given[] = [],
    problems: string[] = [];
  let i = 0;
  const next = (option: Option, name: string): string | undefined => {
    if (option.argument !== 'required') return undefined;
    const argument = args[++i];
    if (argument === undefined) problems.push(`${name} needs an argument`);
    return argument;
  };
  for (; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--') {
      i++;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    if (word.startsWith('--')) {
      const equals = word.indexOf('='),
        name = equals < 0 ? word : word.slice(0, equals);
      const option = long(name);
      if (option === undefined) {
        problems.push(`systemd-nspawn has no option ${name}`);
        continue;
      }
      if (equals >= 0 && option.argument === undefined) problems.push(`${name} takes no argument`);
      given.push({ option, name, argument: equals < 0 ? next(option, name) : word.slice(equals + 1) });
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const name = `-${word.charAt(at)}`,
        option = options.find((o) => o.names.includes(name));
      if (option === undefined) {
        problems.push(`systemd-nspawn has no option ${name}`);
        continue;
      }
      if (option.argument === 'required') {
        given.push({ option, name, argument: at + 1 < word.length ? word.slice(at + 1) : next(option, name) });
        break;
      }
      given.push({ option, name, argument: undefined });
    }
  }
  return { given, command: args.slice(i), problems };
}

/** getopt takes any beginning that only one option has. */
function long(name: string): Option | undefined {
  const exact = options.find((o) => o.names.includes(name));
  if (exact) return exact;
  const fits = options.filter((o) => o.names.some((n) => n.startsWith('--') && n.startsWith(name)));
  return fits.length === 1 ? fits[0] : undefined;
}

/** The option that a setting is written as on a command line. */
export const optionOf = (setting: string): Option | undefined =>
  options.find(
    (o) =>
      o.settings?.length === 1 &&
      o.settings[0] === (setting.startsWith('Limit') ? 'Limit<NAME>' : setting) &&
      o.names.some((n) => n.startsWith('--')) &&
      !['--user', '--private-users-chown'].includes(o.names.at(-1) ?? ''),
  );
