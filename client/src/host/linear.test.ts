import assert from 'node:assert/strict';
import { messageLocator, messagesIn } from '../../../server/src/features';
import { projectIn } from '../../../server/src/features/testing/projects';
import { bootsAnInit, readOsReleaseText } from './images/image-files';
import { fileReferencesIn, lastRun, mattering, readJournal } from './model/journal';
import { isImageName, isMachineName, isUserName, machineOfUnit, machineOfUnitPath } from './names';
import { aliasesIn, isDestination } from './ssh/ssh';
import { sshFailure } from './ssh/ssh-stream';

/** What reads the words of images, of other computers, of services and of programs. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  readOsReleaseText,
  bootsAnInit,
  fileReferencesIn,
  isImageName,
  isMachineName,
  isUserName,
  machineOfUnit,
  machineOfUnitPath,
  aliasesIn,
  isDestination,
  sshFailure: (text) => sshFailure('far', 255, text),
  journal: (text) => mattering(lastRun(readJournal(`${JSON.stringify({ MESSAGE: text, __REALTIME_TIMESTAMP: '1' })}\n${text}`))),
  messages: (text) => messagesIn(text, 1),
  messageLocator: (text) => {
    const said = [text, `Setting ${text} must be followed by '='`, `'${text}' is not a valid Format`, `x in ${text} by specifier`].join(
      '\n\u2023 ',
    );
    const locate = messageLocator(projectIn([{ path: '/p/mkosi.conf', text: `[Content]\n${text}` }]));
    return messagesIn(`\u2023 ${said}`, 1).slice(-3).map(locate);
  },
};

const pieces: readonly string[] = [
  ' ',
  '\n',
  '#',
  ' #',
  '\u2028',
  '/',
  '/a',
  '[',
  ']',
  '[]',
  '=',
  'a=',
  'A=1\n',
  '\\',
  "'",
  '"',
  '""',
  "='",
  '.',
  ':',
  ':1',
  '.nspawn',
  '/a.nspawn:1 ',
  '-',
  'a-',
  '@',
  '\x1b',
  '\x1b[1',
  '\x1b]',
  '\t',
  '\r',
  ' in ',
  'found in ',
  "option '",
  'Setting ',
  'host ',
  'Host key ',
  'host=a ',
  '[line ',
  '\u2023 ',
  '(a)\n',
  'Error: a\n',
  'systemd-nspawn@',
  '_61',
  '\u202e',
  'x',
  'ä',
  '💾',
];

const lengths = [8 << 10, 128 << 10] as const;
/** Milliseconds below which nothing is measured; what squares would take many seconds. */
const floor = 5;

/** How many times as long the long text takes. */
function growth(read: (text: string) => unknown, text: (length: number) => string): number {
  const [short, long] = lengths.map((length) => {
    const given = text(length),
      began = process.cpuUsage();
    read(given);
    // What other processes do on this computer does not count.
    const { user, system } = process.cpuUsage(began);
    return Math.max((user + system) / 1000, floor);
  });
  return (long ?? 0) / (short ?? 1);
}

describe('What reads foreign text', () => {
  for (const [name, read] of Object.entries(readers)) {
    it(`takes no more than in proportion to its length: ${name}`, () => {
      for (const piece of pieces) {
        for (const [before, after] of [
          ['', ''],
          ['PRETTY_NAME=', '\u2028'],
          ['/', 'x'],
          ['[a', ' '],
        ] as const) {
          const text = (length: number): string => before + piece.repeat(Math.ceil(length / piece.length)) + after;
          // What squares takes 256 times as long; what the computer did besides it does not do each time.
          const linear = (): boolean => growth(read, text) < 64;
          assert.ok(
            linear() || linear() || linear(),
            `${JSON.stringify(before + piece + piece)}… takes too long when it is 16 times as long`,
          );
        }
      }
    }).timeout(300_000);
  }
});
