import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FromCommand, fromCommand, fromShell, type Note, toCommand } from '../convert';
import { families } from '../families';
import { isTrusted } from '../model';
import { read } from '../node/files';
import { mostBytes } from '../node/shared/small-file';
import { readStandardInput } from '../node/shared/standard-input';
import { visibleLines } from '../node/shared/visible';
import { Document, newest } from '../schema';
import { formatOption, oneOf, release } from './options';
import { defineVerb } from './verb';

const formats = ['text', 'json'] as const;

/** The first release of systemd-nspawn that reads `.nspawn` files. */
const oldestSystemd = 226;

export const convert = defineVerb({
  name: 'convert',
  summary: 'Print a .nspawn file as a command line, or a command line as a .nspawn file',
  forms: ['FILE.nspawn', '-- systemd-nspawn OPTION... [COMMAND...]', '- < TEXT'],
  description: `Prints the command line that starts a machine as a .nspawn file does, or the .nspawn file for a command line, also
for one that was pasted with quotes, sudo and line continuations. Standard error lists what differs and what belongs
in other files.`,
  options: {
    format: formatOption(formats),
    systemd: { type: 'string', value: 'N', help: `release of systemd; default: ${newest.systemd}` },
  },
  run({ values, operands, command }) {
    const [file, ...more] = operands.slice(0, operands.length - (command?.length ?? 0));
    if (more.length > 0 || (file === undefined) === (command === undefined))
      throw new Error('convert needs a .nspawn file, -, or -- and a command');
    const json = oneOf('format', values.format, formats) === 'json',
      systemd = release('systemd', values.systemd, newest.systemd, oldestSystemd);
    if (file !== undefined && file !== '-') printCommand(file, systemd, json);
    else printFile(command, systemd, json);
  },
});

/** Prints the command line for a file. */
function printCommand(file: string, systemd: number, json: boolean): void {
  const { text, undecodable } = read(file);
  const document = Document.of(pathToFileURL(file).href, families.nspawn, text, { ...newest, systemd }, undecodable);
  const result = toCommand(document, path.basename(file).replace(/\.nspawn$/, ''), isTrusted(path.resolve(file)));
  print(json, result, `${result.shell}\n`, result.notes);
}

/** Prints the file for a command line. @param command undefined: text on standard input */
function printFile(command: readonly string[] | undefined, systemd: number, json: boolean): void {
  const result = converted(command, systemd);
  if (result === undefined) throw new Error('there is no systemd-nspawn in this command');
  const { name, dropIn, notes } = result;
  const files: Note[] = [
    ...(name === undefined ? [] : [{ about: 'file', message: `/etc/systemd/nspawn/${name}.nspawn` }]),
    ...(dropIn === undefined
      ? []
      : [{ about: `systemd-nspawn@${name ?? 'NAME'}.service.d/convert.conf`, message: `\n${dropIn.trimEnd()}` }]),
  ];
  print(json, result, result.text, [...files, ...notes]);
}

function converted(command: readonly string[] | undefined, systemd: number): FromCommand | undefined {
  if (command === undefined) return fromShell(readStandardInput(mostBytes.configuration).toString(), systemd);
  const [program = '', ...args] = command;
  // Another program, such as sudo, may run systemd-nspawn.
  return /(^|\/)systemd-nspawn$/.test(program) ? fromCommand(args, systemd) : fromShell(command.join(' '), systemd);
}

function print(json: boolean, result: object, text: string, notes: readonly Note[]): void {
  process.stdout.write(json ? `${JSON.stringify(result, null, 1)}\n` : text);
  if (!json) process.stderr.write(notes.map(({ about, message }) => `${visibleLines(`${about}: ${message}`)}\n`).join(''));
}
