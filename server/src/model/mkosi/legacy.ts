import type { Assigned, Document } from '../../schema';
import { shortened } from '../../syntax';
import { type FileSystem, resolve } from './file-system';
import { type ReadContext, unread } from './reader';
import type { FileReading } from './reading';
import { ConfigValues } from './values-in-force';

/** Reads a project of mkosi 14 and older: one file and its drop-ins, the distribution's own last (mkosi v14 parse_args). */
export function readLegacy(ground: ReadContext): void {
  const { disk, edition, root } = ground;
  const settings = new ConfigValues(edition, disk, 'main');
  ground.values.set('main', settings);
  const conf = edition.version >= 14 && disk.kind(`${root}/mkosi.conf`) !== undefined;
  const files = [`${root}/${conf ? 'mkosi.conf' : 'mkosi.default'}`];
  const dropins = edition.version >= 14 ? ['mkosi.conf.d', 'mkosi.default.d'] : ['mkosi.default.d'];
  for (const folder of dropins) files.push(...filesIn(`${root}/${folder}`, disk));
  for (const file of files) readFile(ground, file, settings);
  const distribution = settings.text('Distribution') ?? '';
  for (const folder of dropins) for (const file of filesIn(`${root}/${folder}/${distribution}`, disk)) readFile(ground, file, settings);
  if (disk.budget.spent() === undefined) check(ground, settings, files[0] ?? '');
}

const filesIn = (folder: string, disk: FileSystem): string[] =>
  disk
    .names(folder)
    .map((name) => `${folder}/${name}`)
    .filter((file) => disk.kind(file) === 'file');

function readFile(ground: ReadContext, file: string, settings: ConfigValues): void {
  if (ground.disk.kind(file) !== 'file') return;
  const document = ground.disk.document(file);
  if (document === undefined) {
    unread(ground, file);
    return;
  }
  const passage = readDocument(document, ground.root, settings);
  ground.passages.push(passage);
  for (const { assigned, text } of passage.reads.values()) {
    const message = assigned.section === undefined ? undefined : foldersWanted(assigned, text, ground);
    if (message !== undefined) ground.faults.push({ verdict: 'refused', path: file, message, at: { ...assigned, item: text } });
  }
}

/** The messages for two values that have to be something on the disk, before anything else is looked at. */
function foldersWanted({ line: { key }, setting }: Assigned, text: string, { disk, edition, root }: ReadContext): string | undefined {
  const option = edition.option(key.text);
  if (option !== undefined && 'option' in option && option.option === '--directory' && text !== '') {
    return disk.kind(resolve(root, text)) === 'folder' ? undefined : `${shortened(text)} is not a folder`;
  }
  return setting?.name === 'SshAgent' && text === '' && edition.version < 13
    ? 'Without a value this is the current folder, which is not an SSH agent socket'
    : undefined;
}

/** All assignments of a file, whatever section they are in. */
export function readDocument(document: Document, folder: string, settings?: ConfigValues): FileReading {
  const passage: FileReading = { document, image: 'main', folder, role: 'configuration', reads: new Map(), reached: Infinity };
  for (const assigned of document.assignments()) {
    const raw = assigned.line.value.text;
    const text = document.edition.version < 10 ? raw.replaceAll('%%', '%') : raw;
    passage.reads.set(assigned.start, { assigned, text, unknown: [], unset: [] });
    if (assigned.setting !== undefined && text !== '') settings?.assign(assigned.setting, text);
  }
  return passage;
}

const squashed: readonly string[] = ['gpt_squashfs', 'plain_squashfs', 'raw_squashfs'];
const disks: readonly string[] = [
  'gpt_ext4',
  'gpt_xfs',
  'gpt_btrfs',
  'gpt_squashfs',
  'plain_squashfs',
  'raw_ext4',
  'raw_gpt',
  'raw_xfs',
  'raw_btrfs',
  'raw_squashfs',
];
const rpm: readonly string[] = [
  'fedora',
  'centos',
  'centos_epel',
  'mageia',
  'opensuse',
  'openmandriva',
  'rocky',
  'rocky_epel',
  'alma',
  'alma_epel',
  'photon',
];

/** What these releases refuse when all is read, already for a summary (mkosi v9, v12 and v14 __init__.py load_args). */
function check({ disk, edition, faults, root }: ReadContext, settings: ConfigValues, path: string): void {
  const { version } = edition;
  const say = (message: string, verdict: 'refused' | 'warned' = 'refused'): void => {
    faults.push({ verdict, path, message });
  };
  const text = (...names: string[]): string | undefined => names.map((n) => settings.text(n)).find((t) => t !== undefined);
  const on = (name: string): boolean => ['1', 'true', 'yes', 'y', 't', 'on'].includes((text(name) ?? '').toLowerCase());
  const off = (name: string): boolean => ['0', 'false', 'no', 'n', 'f', 'off'].includes((text(name) ?? '').toLowerCase());
  const beside = (name: string): boolean => disk.kind(resolve(root, name)) !== undefined;
  const format = text('Format') ?? 'gpt_ext4',
    distribution = text('Distribution') ?? '',
    release = text('Release');
  const squash = squashed.includes(format),
    bootable = on('Bootable');
  const bigFile =
    format === 'gpt_ext4' || format === 'gpt_btrfs' || format === 'raw_ext4' || format === 'raw_gpt' || format === 'raw_btrfs';
  if (/^(centos|rocky|alma)/.test(distribution) && format === 'gpt_btrfs') {
    const known = Number.parseInt(release ?? (distribution.startsWith('centos') ? (version >= 14 ? '9' : '8') : '8'), 10);
    if (known <= (version >= 14 && distribution.startsWith('centos') ? 9 : 8))
      say(`${shortened(distribution)} ${known} does not support btrfs`);
  }
  if (version < 14 && bootable) {
    if (['directory', 'subvolume', 'tar', 'cpio', 'plain_squashfs'].includes(format))
      say(`Images of the format ${shortened(format)} cannot be bootable`);
    if (settings.list('BootProtocols').some((p) => p !== 'uefi' && p !== 'bios')) say('BootProtocols= accepts uefi and bios only');
    if (distribution === 'clear' || distribution === 'photon') say(`Bootable= is not supported on ${distribution}`);
  }
  if (on('Minimize') && !bigFile) say('Minimize= works with ext4 and btrfs only');
  if ((squash || on('Minimize')) && on('Incremental')) say('Incremental= does not work with squashfs and Minimize=');
  const encrypt = text('Encrypt');
  if (encrypt !== undefined) {
    if (!disks.includes(format)) say('Encrypt= works with disk images only');
    if (encrypt === 'data' && format === 'gpt_btrfs') say('Encrypt=data does not work with btrfs; use all');
    if (encrypt === 'all' && text('Verity') !== undefined && !off('Verity')) say('Encrypt=all cannot be combined with Verity=');
    if (!beside('mkosi.passphrase') && version < 14) say('Encrypt= asks for a passphrase; put it into mkosi.passphrase');
    else if (((disk.mode(resolve(root, 'mkosi.passphrase')) ?? 0) & 0o7) !== 0 && version < 14)
      say('mkosi.passphrase is readable by everyone', 'warned');
  }
  if (squash && off('Compress')) say('squashfs cannot do without compression');
  const verity = text('Verity'),
    signed = verity === 'signed' && version >= 11;
  if (on('SecureBoot') || signed) {
    if (text('SecureBootKey') === undefined && !beside('mkosi.secure-boot.key'))
      say('The private key for SecureBoot= is missing; put it into mkosi.secure-boot.key');
    else if (text('SecureBootCertificate') === undefined && !beside('mkosi.secure-boot.crt'))
      say('The certificate for SecureBoot= is missing; put it into mkosi.secure-boot.crt');
  }
  if (
    text('Password') === undefined &&
    version < 14 &&
    beside('mkosi.rootpw') &&
    ((disk.mode(resolve(root, 'mkosi.rootpw')) ?? 0) & 0o7) !== 0
  ) {
    say('mkosi.rootpw is readable by everyone', 'warned');
  }
  const unified = !(off('WithUnifiedKernelImages') || on('WithoutUnifiedKernelImages'));
  if (verity !== undefined && !off('Verity') && !unified) say('Verity= works with unified kernel images only');
  if (text('SourceFileTransferFinal') === 'mount' && version < 14) say('SourceFileTransferFinal=mount is not supported');
  if (on('SkipFinalPhase')) say('SkipFinalPhase= works for mkosi build only; every other command refuses it');
  if (version < 11 && on('Ssh') && !on('NetworkVeth')) say('Ssh= needs NetworkVeth=');
  if (version < 14 && (squash || on('Minimize')) && settings.list('BootProtocols').includes('bios'))
    say('BIOS cannot be combined with Minimize= and squashfs');
  if (
    version < 14 &&
    !unified &&
    settings.list('BootProtocols').includes('uefi') &&
    ['debian', 'ubuntu', 'mageia', 'opensuse'].includes(distribution)
  ) {
    say(`${distribution} boots with UEFI from unified kernel images only`);
  }
  if (version >= 11 && Number(text('SshTimeout') ?? 0) < 0) say('SshTimeout= cannot be negative');
  if (version >= 11 && Number(text('SshPort') ?? 1) <= 0) say('SshPort= must be greater than 0');
  if (
    (text('RepositoryDirectory') !== undefined || beside('mkosi.reposdir')) &&
    version >= 13 &&
    ![...rpm, 'arch'].includes(distribution)
  ) {
    say('RepositoryDirectory= works for RPM based distributions and Arch only');
  }
  const agent = text('SshAgent');
  if (agent !== undefined && on('SshAgent') && disk.variable('SSH_AUTH_SOCK') === undefined) say('SshAgent=yes needs $SSH_AUTH_SOCK');
  else if (agent !== undefined && !on('SshAgent') && !off('SshAgent') && disk.kind(resolve(root, agent)) !== 'file')
    say(`${shortened(agent)} is not an SSH agent socket`);
  const id = text('MachineID');
  if (id !== undefined && !/^[0-9a-f]{32}$/i.test(id.replace(/urn:|uuid:|[{}-]/g, '')))
    say(`MachineID=${shortened(id)} is not a machine ID`);
  if (version >= 14 && text('BootProtocols') === undefined && settings.own.has('BootProtocols'))
    say('BootProtocols= has no effect any more', 'warned');
  const output = text('Output');
  if (output?.includes('/') === true && (text('OutputDirectory') !== undefined || beside('mkosi.output'))) {
    say('OutputDirectory= is ignored, because Output= is a path', 'warned');
  }
  scripts(disk, root, text, beside, say);
}

function scripts(
  disk: FileSystem,
  root: string,
  text: (...names: string[]) => string | undefined,
  beside: (name: string) => boolean,
  say: (message: string) => void,
): void {
  for (const [names, file] of [
    [['BuildScript'], 'mkosi.build'],
    [['PostInstallationScript', 'PostinstallScript'], 'mkosi.postinst'],
    [['PrepareScript'], 'mkosi.prepare'],
    [['FinalizeScript'], 'mkosi.finalize'],
  ] as const) {
    const script = text(...names) ?? (beside(file) ? file : undefined);
    if (script === undefined) continue;
    const path = resolve(root, script),
      kind = disk.kind(path),
      mode = disk.mode(path);
    if (kind === undefined) say(`The script ${shortened(script)} does not exist`);
    else if (kind !== 'file') say(`The script ${shortened(script)} is not a file`);
    else if (mode !== undefined && (mode & 0o111) === 0) say(`The script ${shortened(script)} is not executable`);
  }
}
