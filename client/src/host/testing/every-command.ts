/** For tests: every command with any text in every place that takes one. */
import fc from 'fast-check';
import { commands } from '../commands';

const hostile = fc.constantFrom(
  '-a',
  '--',
  '--host=evil',
  '-H',
  '$(touch /x)',
  '`id`',
  'a;b',
  'a\nb',
  '.host',
  '/../etc',
  '-M',
  '\u202ea',
  'a@b',
  '*',
  'http://x/$(id)',
  '/-rf',
  "'; reboot; '",
  '',
);

/** Texts that somebody might try, and texts that nobody would think of. */
export const anyText = fc.oneof(hostile, fc.string(), fc.string({ unit: 'binary' }));

/** Every command with whatever text in each place that takes some. */
export const withText: readonly ((text: string) => readonly string[])[] = [
  ...Object.values(commands)
    .filter((c) => c.names === 'machine' && !['shell', 'kill', 'bind', 'copyTo', 'copyFrom'].includes(c.id))
    .map((c) => (text: string) => (c as typeof commands.start).argv([text], undefined)),
  (text) => commands.shell.argv([text], {}),
  (text) => commands.shell.argv(['a'], { user: text }),
  (text) => commands.shell.argv(['a'], { program: [text, text] }),
  (text) => commands.kill.argv([text], { signal: 'SIGTERM', whom: 'all' }),
  (text) => commands.kill.argv(['a'], { signal: text, whom: 'all' }),
  (text) => commands.kill.argv(['a'], { signal: 'SIGTERM', whom: text as 'all' }),
  (text) => commands.bind.argv([text], { source: text, target: text }),
  (text) => commands.bind.argv(['a'], { source: text, target: text }),
  (text) => commands.copyTo.argv(['a'], { source: text, target: text }),
  (text) => commands.copyFrom.argv(['a'], { source: text }),
  (text) => commands.clone.argv([text], { newName: text }),
  (text) => commands.rename.argv(['a'], { newName: text }),
  (text) => commands.readOnly.argv([text], { readOnly: false }),
  (text) => commands.setLimit.argv([text], { limit: '1G' }),
  (text) => commands.setLimit.argv(['a'], { limit: text }),
  (text) => commands.setPoolLimit.argv([], { limit: text }),
  (text) => commands.installSettings.argv([], { source: text, name: text }),
  (text) => commands.installSettings.argv([], { source: '/a', name: text }),
  (text) => commands.remove.argv([text], undefined),
  (text) => commands.pullTar.argv([], { url: text, name: 'a', verify: 'no' }),
  (text) => commands.pullRaw.argv([], { url: 'https://x/y', name: text, verify: 'no' }, 252),
  (text) => commands.importTar.argv([], { source: text, name: text }),
  (text) => commands.importFs.argv([], { source: '/a', name: text }),
  (text) => commands.exportTar.argv([text], { target: '/a.tar' }),
  (text) => commands.exportRaw.argv(['a'], { target: text }),
];
