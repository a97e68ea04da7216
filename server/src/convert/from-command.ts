import { families, findings } from '../families';
import { network } from '../model';
import { Document, newest, nspawn } from '../schema';
import { withoutEnd } from '../syntax';
import { type Given, type Option, read } from './options';
import { fileQuoted, pasted, unitQuoted } from './shell';

/** Something about a conversion that the user should know. */
export interface Note {
  /** The option or line that it is about. */
  readonly about: string;
  readonly message: string;
}

export interface FromCommand {
  /** The .nspawn file. */
  readonly text: string;
  /** What it should be called: `NAME.nspawn`, or undefined when the command names neither machine nor image. */
  readonly name: string | undefined;
  /** For what has no setting: a drop-in for `systemd-nspawn@NAME.service`. */
  readonly dropIn: string | undefined;
  readonly notes: readonly Note[];
}

/** Converts a pasted command; undefined when there is no systemd-nspawn in it. */
export function fromShell(text: string, version = newest.systemd): FromCommand | undefined {
  const found = pasted(text, 'systemd-nspawn');
  if (found === undefined) return undefined;
  const open = [...new Set(found.open)].map(
    (about): Note => ({
      about,
      message: 'only the shell knows its value; insert it by hand',
    }),
  );
  const { notes, ...rest } = fromCommand(found.words.slice(1), version);
  return { ...rest, notes: [...open, ...notes] };
}

/**
 * Converts a command line to a .nspawn file that `machinectl start` runs the same machine with. Where the template
 * unit would do something that the command did not ask for, the file says no.
 * @param args without the program's name
 */
export function fromCommand(args: readonly string[], version = newest.systemd): FromCommand {
  const { given, command, problems } = read(args);
  const notes: Note[] = problems.map((message) => ({ about: args.join(' '), message }));
  const lines = new Map<string, string[]>(),
    unit: string[] = [],
    extra: string[] = [];
  let machine: string | undefined, image: Given | undefined;
  for (const g of given) {
    const { option, argument } = g,
      typed = shown(g);
    const note = (message: string): void => {
      notes.push({ about: typed, message });
    };
    if (option.machine) machine = argument;
    else if (option.image) image = g;
    else if (option.template) continue;
    else if (option.unit !== undefined && argument !== undefined) unit.push(option.unit === '*' ? argument : `${option.unit}=${argument}`);
    else if (option.settings === undefined || (option.how === 'user' && argument === undefined)) {
      note(option.elsewhere ?? 'it selects the service manager that runs the machine');
      if (option.elsewhere?.includes('ExecStart='))
        extra.push(...(argument === undefined ? [g.name] : [`${option.names.at(-1) ?? g.name}=${argument}`]));
    } else settingsOf(option, argument, lines, note);
  }
  if (command.length > 0) put(lines, 'Parameters', command.map(fileQuoted).join(' '), true);
  const name = machine === undefined ? nameOf(image?.argument) : /[$%`]/.test(machine) ? undefined : machine;
  if (image !== undefined) {
    const place = `/var/lib/machines/${name ?? 'NAME'}${image.option.names.includes('-i') ? '.raw' : ''}`;
    if (image.argument !== place) notes.push({ about: shown(image), message: `move or link the image to ${place}` });
  }
  explicit(lines);
  for (const [setting, values] of lines) {
    lines.set(
      setting,
      values.filter((value) => {
        const fits = !/[\n\r\0]/.test(value) && !/(^|[^\\])(\\\\)*\\$/.test(value);
        if (!fits) notes.push({ about: `${setting}=${value}`, message: 'a settings file cannot contain this value' });
        return fits;
      }),
    );
  }
  const text = written(lines);
  const document = Document.of('', families.nspawn, text, { ...newest, systemd: version });
  for (const f of findings({ document, launch: 'unit', trusted: true })) {
    if (f.verdict !== 'advice') notes.push({ about: text.slice(f.start, f.end), message: f.message });
  }
  return { text, name, dropIn: dropIn(unit, extra), notes };
}

const shown = ({ name, argument }: Given): string =>
  argument === undefined ? name : name.startsWith('--') ? `${name}=${argument}` : `${name} ${argument}`;

/** The machine's name as nspawn takes it from the image's. */
function nameOf(path: string | undefined): string | undefined {
  const whole = withoutEnd(path ?? '', (c) => c === '/'),
    base = path === undefined ? undefined : whole.slice(whole.lastIndexOf('/') + 1).replace(/\.raw$/, '');
  return base !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(base) ? base : undefined;
}

function put(lines: Map<string, string[]>, setting: string, value: string, replace: boolean): void {
  const before = lines.get(setting);
  if (before === undefined || replace) lines.set(setting, [value]);
  else before.push(value);
}

const spaces = (value: string): string => value.replace(/,+/g, ' ').trim();

/** The lines that do the same as an option. */
function settingsOf(
  { settings = [], how, bare = 'yes' }: Option,
  argument: string | undefined,
  lines: Map<string, string[]>,
  note: (message: string) => void,
): void {
  const value = argument ?? bare,
    [first = ''] = settings;
  const one = (setting: string, v: string): void => {
    const record = nspawn.at(newest.systemd).named(setting)[0];
    put(lines, setting, v, record?.repeat === 'replace' || record?.repeat === 'conflict');
  };
  switch (how) {
    case 'users':
      one(first, /^\d+$/.test(value) ? `${value}:65536` : value);
      break;
    case 'pick':
      one('PrivateUsers', 'pick');
      one('PrivateUsersOwnership', 'auto');
      break;
    case 'chown':
      one(first, 'chown');
      break;
    case 'spaces':
      one(first, spaces(value));
      break;
    case 'limit': {
      const [, name, limit] = /^(?:RLIMIT_|Limit)?([A-Z]+)=(.*)$/.exec(value) ?? [];
      if (name === undefined || limit === undefined) note('write a limit as NAME=VALUE');
      else one(`Limit${name}`, limit);
      break;
    }
    case 'environment':
      if (value.includes('=')) one(first, fileQuoted(value));
      else note(`a settings file cannot copy a variable of the environment; write ${first}=${value}=VALUE`);
      break;
    default:
      if (first.startsWith('Bind') && !first.startsWith('BindUser') && !/^[+-]?[/$]/.test(value))
        note('in a service, a relative path starts at /');
      one(first, value);
  }
}

/** Says no where the template unit says yes: it boots, links the network and shifts users. */
function explicit(lines: Map<string, string[]>): void {
  if (!lines.has('Boot') && !lines.has('ProcessTwo')) lines.set('Boot', ['no']);
  if (!network.some((name) => lines.has(name))) lines.set('VirtualEthernet', ['no']);
  if (!lines.has('PrivateUsers')) lines.set('PrivateUsers', ['no']);
}

/** The file, in the order of the schema. */
function written(lines: ReadonlyMap<string, readonly string[]>): string {
  const edition = nspawn.at(newest.systemd);
  return edition.sections
    .map((section) => {
      const own = edition.settings(section).flatMap(({ name }) => (lines.get(name) ?? []).map((value) => `${name}=${value}\n`));
      return own.length === 0 ? '' : `[${section}]\n${own.join('')}`;
    })
    .filter((part) => part !== '')
    .join('\n');
}

/** What the template unit runs (v262 units/systemd-nspawn@.service.in), with further options. */
function dropIn(unit: readonly string[], extra: readonly string[]): string | undefined {
  if (unit.length === 0 && extra.length === 0) return undefined;
  const quoted = extra.map(unitQuoted);
  const start =
    extra.length === 0
      ? ''
      : 'ExecStart=\nExecStart=systemd-nspawn --quiet --keep-unit --boot --link-journal=try-guest ' +
        `--network-veth -U --settings=override --machine=%i ${quoted.join(' ')}\n`;
  return `[Service]\n${unit.map((line) => `${line}\n`).join('')}${start}`;
}
