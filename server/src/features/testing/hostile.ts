import type { Kind } from '../../families';

/** A document made so large that it would keep a reader busy. */
export interface Hostile {
  readonly name: string;
  readonly kind: Kind;
  readonly systemd?: number;
  readonly mkosi?: number;
  /** A text of about so many characters. */
  readonly text: (size: number) => string;
}

const filled = (unit: string, size: number): string => unit.repeat(Math.ceil(size / unit.length));

/** What a long value, name or comment consists of. */
const units: readonly string[] = [
  ' ',
  '\t',
  'x',
  '9',
  '=',
  '[',
  ']',
  '%',
  '%d',
  '"',
  "'",
  '\\',
  '*',
  ',',
  ':',
  '~',
  '/',
  '/../',
  '{',
  '${',
  '$',
  'a.',
  'a(1)',
  ' #',
  ' ;',
  '-',
  '1_',
  '\xa0',
  '\0',
  '\r',
  '\u2028',
];

/** Those of them that a line may be made of that is not a value. */
const some: readonly string[] = [' ', 'x', '[', '\\', 'a.', 'a(1)', '-', '\r'];

/** A value of each family that takes nearly anything, and lists by what their items may be. */
const free: readonly (readonly [Kind, section: string, name: string])[] = [
  ['nspawn', 'Exec', 'Environment'],
  ['mkosi', 'Content', 'Packages'],
  ['mkosi-legacy', 'Packages', 'Packages'],
];
const lists: readonly (readonly [Kind, setting: string, item: string])[] = [
  ['nspawn', '[Exec]\nSystemCallFilter', '@mount ~kexec '],
  ['nspawn', '[Exec]\nSystemCallFilter', 'mount read '],
  ['nspawn', '[Exec]\nSystemCallFilter', '@clock nosuch '],
  ['nspawn', '[Exec]\nCapability', 'CAP_CHOWN 12 '],
  ['nspawn', '[Exec]\nDropCapability', 'CAP_FOO,CAP_BAR '],
  ['nspawn', '[Exec]\nParameters', '"a b" c '],
  ['nspawn', '[Exec]\nRestrictAddressFamilies', 'AF_INET '],
  ['nspawn', '[Exec]\nCPUAffinity', '0-3,7-2 '],
  ['nspawn', '[Exec]\nLimitRTTIME', '1s '],
  ['nspawn', '[Exec]\nLimitNOFILE', '12:'],
  ['nspawn', '[Files]\nBind', '/a:/b:ro,rw,'],
  ['nspawn', '[Files]\nOverlay', '/a:'],
  ['nspawn', '[Files]\nTemporaryFileSystem', '/a:mode=1,'],
  ['nspawn', '[Files]\nBindUser', 'lena '],
  ['nspawn', '[Network]\nInterface', 'a:b '],
  ['nspawn', '[Network]\nPort', 'tcp:'],
  ['mkosi', '[Build]\nEnvironment', 'A=b c '],
  ['mkosi', '[Content]\nExtraTrees', 'a:b,'],
  ['mkosi', '[Content]\nBuildScripts', '$a/*/ '],
  ['mkosi', '[Config]\nProfiles', 'a '],
  ['mkosi', '[Runtime]\nCredentials', 'a=b '],
  ['mkosi', '[Runtime]\nDrives', 'a:1G '],
  ['mkosi', '[Include]\nInclude', 'a '],
  ['mkosi', '[Match]\nImageId', '*a'],
  ['mkosi', '[Match]\nImageVersion', '>1.'],
  ['mkosi-legacy', '[Packages]\nExtraTrees', 'a,"b",'],
];
const lines: readonly (readonly [Kind, head: string, line: string])[] = [
  ['nspawn', '[Exec]\n', 'Boot=maybe\n'],
  ['nspawn', '[Exec]\n', 'Hostname=a\n'],
  ['nspawn', '[Exec]\n', 'SystemCallFilter=~@mount\n'],
  ['nspawn', '[Network]\n', 'Zone=a\n'],
  ['nspawn', '[Exec]\n', '[Exec]\n'],
  ['nspawn', '', '[a]\n'],
  ['nspawn', '[Exec]\n', 'stray\n'],
  ['nspawn', '[Exec]\n', 'Nosuch=1\n'],
  ['nspawn', '[Exec]\n', '=\n'],
  ['nspawn', '[Exec]\nParameters=a', ' \\\nb'],
  ['nspawn', '[Exec]\nParameters=a', ' \\\n# nspawn-ignore: bad-value\nb'],
  ['nspawn', '[Exec]\n', '# nspawn-ignore: bad-value\nBoot=maybe\n'],
  ['nspawn', '[Exec]\n', '# nspawn-ignore: bad-value\n'],
  ['nspawn', '[Files]\n', 'Bind=/a # b\n'],
  ['nspawn', '[Files]\n', 'BindUser=lena\n'],
  ['nspawn', '', '\n'],
  ['nspawn', '', ' \n'],
  ['nspawn', '', '# region\n'],
  ['mkosi', '[Content]\n', 'Packages=a\n'],
  ['mkosi', '[Content]\n', 'Nosuch=a\n'],
  ['mkosi', '[Output]\n', 'Output=%i\n'],
  ['mkosi', '[Include]\n', 'Include=a\n'],
  ['mkosi', '[Content]\nPackages=', ' a\n# b\n'],
  ['mkosi', '[Content]\nPackages=a\n', '# b\n'],
  ['mkosi', '[Content]\n', 'ExtraTrees=a\n'],
  ['mkosi', '[Match]\n', 'Format=|disk\n'],
  ['mkosi', '[Match]\n', 'Nosuch=a\n'],
  ['mkosi', '[Content]\n', 'stray\n'],
  ['mkosi', '', '\n'],
  ['mkosi-legacy', '[Packages]\n', 'Packages=a\n'],
  ['mkosi-legacy', '[Packages]\n', 'Nosuch=a\n'],
];

const shown = (text: string): string => JSON.stringify(text);

/** One long line, or many lines, of each thing that could make a reader scan repeatedly. */
export const hostile: readonly Hostile[] = [
  ...free.flatMap(([kind, section, name]) =>
    units.map(
      (unit): Hostile => ({ name: `${name}=x${shown(unit)}x`, kind, text: (size) => `[${section}]\n${name}=x${filled(unit, size)}x\n` }),
    ),
  ),
  ...some.flatMap((unit): Hostile[] => [
    { name: `a name of ${shown(unit)}`, kind: 'nspawn', text: (size) => `[Exec]\nx${filled(unit, size)}x=y\n` },
    { name: `no name, ${shown(unit)}`, kind: 'mkosi', text: (size) => `[Content]\nx${filled(unit, size)}x\n` },
    { name: `a header of ${shown(unit)}`, kind: 'nspawn', text: (size) => `[x${filled(unit, size)}x]\na=b\n` },
    {
      name: `a comment of ${shown(unit)}`,
      kind: 'nspawn',
      text: (size) => `[Exec]\n# nspawn-ignore: x${filled(unit, size)}x\nBoot=maybe\n`,
    },
  ]),
  ...lists.map(
    ([kind, setting, item]): Hostile => ({
      name: `${setting.replace('\n', ' ')}=${shown(item)}`,
      kind,
      text: (size) => `${setting}=${filled(item, size)}\n`,
    }),
  ),
  ...lines.map(
    ([kind, head, line]): Hostile => ({ name: `lines of ${shown(head + line)}`, kind, text: (size) => `${head}${filled(line, size)}\n` }),
  ),
  { name: 'old lines', kind: 'nspawn', systemd: 238, text: (size) => `[Exec]\n${filled('Boot=maybe\n', size)}` },
  { name: 'old values', kind: 'mkosi', mkosi: 22, text: (size) => `[Content]\n${filled('Packages=a b\n', size)}` },
  {
    name: 'specifiers of specifiers',
    kind: 'mkosi',
    text: (size) => `[Output]\nImageVersion=${'v'.repeat(size / 4)}\nImageId=${'%v'.repeat(size / 8)}\nOutput=${'%i'.repeat(size / 8)}\n`,
  },
  {
    name: 'other names',
    kind: 'nspawn',
    text: (size) => `[Exec]\n${Array.from({ length: size / 16 }, (_, i) => `Key${10_000 + i}=1\n`).join('')}`,
  },
  {
    name: 'other old names',
    kind: 'mkosi-legacy',
    text: (size) => `[Packages]\n${Array.from({ length: size / 16 }, (_, i) => `Key${10_000 + i}=1\n`).join('')}`,
  },
];
