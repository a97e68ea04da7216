import type { Action, Migration } from '../convert';
import { readMigration } from '../node/migration-input';
import { visibleLine, visibleLines } from '../node/shared/visible';
import { mkosi, newest } from '../schema';
import { changeOf, write } from './migration-output';
import { formatOption, oneOf, release } from './options';
import { defineVerb } from './verb';

const formats = ['text', 'json'] as const;

export const migrate = defineVerb({
  name: 'migrate',
  summary: 'Rewrite mkosi configuration for another release of mkosi',
  forms: ['PATH'],
  description: `Rewrites the mkosi configuration of a folder, or one file, for another release: mkosi.default becomes mkosi.conf,
settings get their present names and sections, partitions their definitions. What cannot be converted is kept as a
comment and listed.
Exit status 0: nothing was lost, 1: something was, 2: nothing was done.`,
  options: {
    mkosi: { type: 'string', value: 'N', help: `release to migrate to; default: ${newest.mkosi}` },
    from: { type: 'string', value: 'N', help: 'release that the configuration was written for' },
    write: { type: 'boolean', default: false, help: 'change the files; without it, they are only printed' },
    format: formatOption(formats),
  },
  run({ values, operands: [named, ...more] }) {
    if (named === undefined || more.length > 0) throw new Error('migrate needs one folder or file');
    const json = oneOf('format', values.format, formats) === 'json';
    const target = release('mkosi', values.mkosi, newest.mkosi, mkosi.data.oldest);
    const from = values.from === undefined ? undefined : release('from', values.from, newest.mkosi, 1);
    const { folder, files, result } = readMigration(named, target, from);
    const change = changeOf(folder, result, files);
    if (values.write) write(change);
    process.stdout.write(json ? `${JSON.stringify(result, null, 1)}\n` : summary(result, values.write));
    if (result.losses.some(({ kind }) => kind === 'lost')) process.exitCode = 1;
  },
});

const actionLine = ({ kind, path: file, to, message }: Action): string =>
  `${visibleLine(kind === 'rename' ? `rename ${file} to ${to ?? ''} (${message})` : `by hand: ${file}: ${message}`)}\n`;

const summary = ({ actions, losses, files }: Migration, done: boolean): string =>
  [
    ...actions.map(actionLine),
    ...losses.map((l) => `${visibleLine(`${l.path}:${l.line + 1}: ${l.kind}: ${l.message}`)}\n`),
    ...files.map((f) => (done ? `wrote ${visibleLine(f.path)}\n` : `\n==> ${visibleLine(f.path)} <==\n${visibleLines(f.text)}`)),
  ].join('');
