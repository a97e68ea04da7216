import type { Kind } from '../../families';

/** A kind of document that can have any number of lines, by what is special about it. */
export interface Shape {
  readonly name: string;
  readonly kind: Kind;
  readonly mkosi?: number;
  /** A text with so many blocks of one to four lines. */
  readonly text: (blocks: number) => string;
}

/** Blocks with numbers of the same length, so that all of them are equally long. */
const repeated =
  (head: string, block: (i: number) => string, end = '') =>
  (blocks: number): string =>
    head + Array.from({ length: blocks }, (_, i) => block(10_000 + i)).join('') + end;

/** Documents whose checking time could grow faster than their size: every fault in them is repeated many times. */
export const shapes: readonly Shape[] = [
  {
    name: 'mounts',
    kind: 'nspawn',
    text: repeated(
      '[Files]\n',
      (i) => `Bind=/srv/data${i}:/data${i}:norbind\n# the cache of ${i}\nTemporaryFileSystem=/cache${i}:size=1G\n`,
    ),
  },
  { name: 'settings in the wrong section', kind: 'nspawn', text: repeated('[Exec]\n', (i) => `Bind=/a${i}\nZone=z\n`) },
  {
    name: 'settings set again',
    kind: 'nspawn',
    text: repeated('[Exec]\n', (i) => `Hostname=h${i}\nMachineID=\nWorkingDirectory=/a${i}\n`),
  },
  { name: 'lists taken back', kind: 'nspawn', text: repeated('[Files]\n', (i) => `Bind=/a${i}\nBind=\n`) },
  { name: 'ports', kind: 'nspawn', text: repeated('[Network]\n', (i) => `Port=tcp:${i}:80\nPort=8080\nZone=a${i}\n`) },
  {
    name: 'capabilities',
    kind: 'nspawn',
    text: repeated('[Exec]\n', () => 'Capability=CAP_CHOWN CAP_FOO\nDropCapability=CAP_CHOWN\nAmbientCapability=CAP_KILL\n'),
  },
  { name: 'unknown names', kind: 'nspawn', text: repeated('[Exec]\n', (i) => `Boots${i}=yes\n[Exce${i}]\nx=1\n[Exec]\n`) },
  { name: 'broken lines', kind: 'nspawn', text: repeated('[Exec]\n', (i) => `stray ${i}\n=x\n[Exec\nBoot=yes # no\nHostname="h"\n`) },
  { name: 'one continued value', kind: 'nspawn', text: repeated('[Exec]\nParameters=a \\\n', (i) => `  b${i} \\\n`, '  c\n') },
  {
    name: 'one continued list',
    kind: 'nspawn',
    text: repeated('[Exec]\nSystemCallFilter=@mount \\\n', (i) => `  ${i % 2 === 0 ? 'mount' : 'mout'} \\\n# said of it\n`, '  umount\n'),
  },
  { name: 'comments', kind: 'nspawn', text: repeated('[Exec]\n', (i) => `# ${i}\n; region\n`, 'Boot=maybe\n') },
  { name: 'silenced lines', kind: 'nspawn', text: repeated('[Exec]\n', () => '# nspawn-ignore: bad-value\nBoot=maybe\n') },
  { name: 'blank lines', kind: 'nspawn', text: repeated('[Exec]\n', () => '\n \n', 'Boot=maybe\n') },
  { name: 'untrusted settings', kind: 'nspawn', text: repeated('[Files]\n', (i) => `BindUser=u${i}\nOverlay=/a:/b:/c${i}\n`) },
  {
    name: 'packages',
    kind: 'mkosi',
    text: repeated(
      '[Content]\nBootable=yes\n',
      (i) => `Packages=package${i}\n         other${i}\n# about ${i}\nEnvironment=KEY${i}=value\n`,
    ),
  },
  { name: 'one list', kind: 'mkosi', text: repeated('[Content]\nPackages=\n', (i) => `  package${i}\n`) },
  { name: 'one list of variables', kind: 'mkosi', text: repeated('[Build]\nEnvironment=\n', (i) => `  "K${i}=a b"\n`) },
  { name: 'scalars set again', kind: 'mkosi', text: repeated('[Output]\n', (i) => `ImageId=i${i}\nFormat=disks\n`) },
  { name: 'specifiers', kind: 'mkosi', text: repeated('[Output]\nOutputDirectory=%o%Q\n', (i) => `Output=%i-%v-%Q-${i}\n`) },
  { name: 'conditions', kind: 'mkosi', text: repeated('', () => '[Match]\nDistribution=|debian\nArchitecture=!x86-64\nImageIds=a\n') },
  { name: 'includes', kind: 'mkosi', text: repeated('[Include]\n', (i) => `Include=file${i}.conf\n`) },
  { name: 'paths', kind: 'mkosi', text: repeated('[Content]\n', (i) => `ExtraTrees=tree${i}:/a\nPostInstallationScripts=script${i}\n`) },
  { name: 'names that nobody knows', kind: 'mkosi', text: repeated('[Content]\n', (i) => `Packges${i}=a\n[Contnt${i}]\nx=1\n[Content]\n`) },
  {
    name: 'settings of older releases',
    kind: 'mkosi',
    text: repeated('[Content]\n', (i) => `BuildSources=a${i}\nFormat=disk\nSkeletonTree=x\n@Release=sid\n`),
  },
  { name: 'lines at the margin', kind: 'mkosi', text: repeated('  [Content]\n', (i) => `  Packages=a${i}\n    b\n`) },
  { name: 'swallowed lines', kind: 'mkosi', text: repeated('[Content]\nPackages=a\n', () => '  Bootable=yes\n  [Output]\n') },
  {
    name: 'an old file',
    kind: 'mkosi-legacy',
    mkosi: 14,
    text: repeated('[Packages]\nPackages=a\n', (i) => `  b${i}\n  # c\n`, '[Output]\nFormat=gpt_ext4\n'),
  },
  {
    name: 'settings of an old file',
    kind: 'mkosi-legacy',
    mkosi: 9,
    text: repeated('[Packages]\n', (i) => `Packages=a${i}\nKeyx=b\nExtraTrees=c,d\n`),
  },
];
