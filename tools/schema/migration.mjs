#!/usr/bin/env node
// Writes server/src/convert/migrations.json (what became of every old mkosi setting) and options.json (the options of
// systemd-nspawn and their .nspawn settings) from a directory of facts: `node tools/schema/migration.mjs FACTS_DIR`.
// The facts say where a setting went; why, what to do by hand, and what releases between had instead stands below,
// read from mkosi's tags v14 to v26 and the 27.1 package. Same facts, same output: one record per line.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Why a line cannot be carried over, and what to do instead. */
const LOST = {
  'Distribution=clear': 'mkosi 14 dropped Clear Linux',
  'Distribution=photon': 'mkosi 14 dropped Photon',
  'Distribution=gentoo': 'mkosi 21 dropped Gentoo',
  UseHostRepositories: "put the host's repository files into mkosi.sandbox/ (mkosi.pkgmngr/ in 24)",
  RepositoryDirectory: 'move the repository files to their place below mkosi.sandbox/etc/ (mkosi.pkgmngr/etc/ in 24)',
  OutputSplitRoot: 'partitions are split off with SplitArtifacts= and named by SplitName= in mkosi.repart/',
  OutputSplitVerity: 'partitions are split off with SplitArtifacts= and named by SplitName= in mkosi.repart/',
  OutputSplitVeritySig: 'partitions are split off with SplitArtifacts= and named by SplitName= in mkosi.repart/',
  OutputSplitVerify: 'no release of mkosi ever knew this name; it stood in the manual only',
  OutputSplitKernel: 'the kernel is always written beside the image, under a name that mkosi chooses',
  Force: 'it is an option of the command line: mkosi --force',
  SecureBootValidDays: 'it is an option of the command line: mkosi genkey --genkey-valid-days=',
  SecureBootCommonName: 'it is an option of the command line: mkosi genkey --genkey-common-name=',
  CompressFs: 'mkosi no longer sets file system compression; mkfs options of systemd-repart do',
  Mksquashfs: 'put a wrapper called mksquashfs into a folder and list it in ExtraSearchPaths=',
  QCow2: 'mkosi writes raw images only; convert the result, for example in a PostOutputScripts= script',
  BasePackages: 'nothing is installed unasked today: list systemd, the kernel, udev and so on in Packages=',
  IncludeDirectory: 'header files can be taken from the cached build tree of Incremental=',
  InstallDirectory: "the build's $DESTDIR is always temporary",
  SkipFinalPhase: 'there is one build phase only',
  SourceFileTransfer: 'sources are mounted, never copied; BuildSourcesEphemeral= protects them from changes',
  SourceFileTransferFinal: 'sources are not copied into the image; copy them in a script, or mount them with RuntimeBuildSources=',
  SourceResolveSymlinks: 'sources are mounted, never copied',
  SourceResolveSymlinksFinal: 'sources are mounted, never copied',
  BMap: 'run bmaptool on the image, for example in a PostOutputScripts= script',
  SshKey: 'SshKey= takes a PEM key of X.509 today: create one with mkosi genkey',
  AutoBump: 'it is an option of the command line: mkosi --auto-bump',
  // Modern settings.
  Presets: 'list the images to build in Dependencies= of the main image',
  Images: 'list the images to build in Dependencies= of the main image',
  InitrdInclude: 'configure the initrd in mkosi.initrd.conf (since 27) or as an image of its own with Include=mkosi-initrd',
  'SecureBootSignTool=pesign': 'mkosi 25 dropped pesign',
  'Firmware=bios': 'mkosi 27 dropped BIOS firmware',
  RuntimeScratch: 'mkosi 26 dropped scratch space; RuntimeSize= makes the disk itself larger',
  RuntimeHome: "mkosi 26 dropped it; BindUser=yes takes over the calling user's home",
};

/** Carried over, but it no longer means the same: what to look at. */
const CHECK = {
  'Distribution=centos_epel': 'EPEL is a repository of its own now',
  'Distribution=rocky_epel': 'EPEL is a repository of its own now',
  'Distribution=alma_epel': 'EPEL is a repository of its own now',
  'BootProtocols=bios': 'GRUB is installed by BiosBootloader=, and needs grub packages in Packages=',
  'BootProtocols=linux': 'booting a kernel directly is a choice of the virtual machine today',
  'HostonlyInitrd=yes': 'dracut is no longer used; the initrd takes the modules that the host has loaded',
  MachineID: 'the machine ID is written into the image today; before, it was used for the build only',
  'Netdev=yes': 'set up the interface in the image, for example with a .network file',
  'NetworkVeth=yes': 'set up the interface in the image, for example with a .network file',
  Repositories: 'only names of repositories that the distribution has; others need a repository file in mkosi.sandbox/',
  Compress: 'it compressed whatever the format could; CompressOutput= compresses the finished image',
  'Format=plain_squashfs': 'the bare file system is a partition of a disk now; SplitArtifacts= writes it beside the image',
  'Format=subvolume': 'the subvolume is a directory format of its own no more',
  'WithNetwork=never': 'it also stopped package downloads; CacheOnly= does that now',
  Ssh: 'SSH uses a VSock and keys of mkosi genkey today',
  BaseImage: 'the image is now layered on BaseTrees= by Overlay=yes',
  BuildSources: 'the sources appear below /work/src; nothing else is mounted once this is set',
  Encrypt: 'the passphrase comes from Passphrase= or mkosi.passphrase',
  Verity: 'the root file system has to be read-only, and signing needs mkosi.key and mkosi.crt',
  UsrOnly: 'only /usr is in the image; the root file system is made at first boot',
  'QemuCdrom=yes': 'the whole disk is attached as a CD',
  'CDROM=yes': 'the whole disk is attached as a CD',
};

/** What releases between had in place of the successor: until that release, this setting or nothing. */
const BEFORE = {
  Cache: { until: 20.2, to: 'CacheDirectory' },
  'HostonlyInitrd=yes': { until: 25.3, to: 'KernelModulesInitrdIncludeHost', as: 'yes' },
  'WithUnifiedKernelImages=no': { until: 25.3, to: 'UnifiedKernelImages', as: 'no' },
  'QemuHeadless=no': { until: 24.3, to: 'QemuGui', as: 'yes' },
  'WithNetwork=never': { until: 20.2, to: 'CacheOnly', as: 'yes' },
  'CompressOutput=zstd': { until: 19, to: 'CompressOutput', as: 'zst' },
  'QemuCdrom=yes': { until: 26, lost: 'CD drives are a DiskType= since 27 only' },
  'CDROM=yes': { until: 26, lost: 'CD drives are a DiskType= since 27 only' },
};

/** How a value is rewritten; the names are functions in server/src/convert/values.ts. */
const HOW = {
  Release: 'withoutStream',
  Repositories: 'repositoryNames',
  Output: 'baseName',
  Compress: 'outputCompression',
  WithoutTests: 'inverted',
  Password: 'password',
  ExtraSearchPaths: 'commas',
  QemuMem: 'megabytes',
  ExtraTrees: 'trees',
  ExtraTree: 'trees',
  SkeletonTrees: 'trees',
  SkeletonTree: 'trees',
  BuildSources: 'trees',
};

/** Values that need no successor: what they asked for is what happens anyway. */
const NEEDLESS = {
  BootProtocols: ['uefi'],
  HostonlyInitrd: ['no'],
  WithUnifiedKernelImages: ['yes'],
  WithoutUnifiedKernelImages: ['no'],
  QCow2: ['no'],
  Force: ['no'],
  ReadOnly: ['no'],
  Encrypt: [''],
  Verity: ['no'],
  CompressFs: ['no'],
  Minimize: ['no'],
  UsrOnly: ['no'],
  BasePackages: ['no'],
  SkipFinalPhase: ['no'],
  UseHostRepositories: ['no'],
  BMap: ['no'],
  Netdev: ['no'],
  NetworkVeth: ['no'],
  QemuHeadless: ['yes'],
  SourceFileTransfer: ['mount', ''],
  SourceFileTransferFinal: [''],
  SourceResolveSymlinks: ['no'],
  SourceResolveSymlinksFinal: ['no'],
  AutoBump: ['no'],
};
const MODERN_NEEDLESS = {
  QemuGui: ['no'],
  QemuCdrom: ['no'],
  CDROM: ['no'],
  RuntimeHome: ['no'],
  RuntimeScratch: ['no'],
};
/** Settings whose absence changes nothing that anyone could want back. */
const GONE = [
  'NoChown',
  'TarStripSELinuxContext',
  'GPTFirstLBA',
  'CacheInitrd',
  'NspawnKeepUnit',
  'SshAgent',
  'SshPort',
  'SshTimeout',
  'PasswordIsHashed',
  'Acl',
  'UnitProperties',
];

/** Entries that the facts do not spell out value by value. */
const EXTRA = [
  { name: 'XZ', value: 'no', to: 'CompressOutput', as: 'none' },
  {
    name: 'CompressOutput',
    value: 'zlib',
    to: 'CompressOutput',
    as: 'gz',
    check: 'zlib exists no more; gz is the same compression',
  },
  { name: 'CompressOutput', value: 'lzo', lost: 'lzo exists no more; choose zstd, xz, bz2, gz, lz4 or lzma' },
  {
    name: 'WithoutUnifiedKernelImages',
    value: 'yes',
    to: 'UnifiedKernelImages',
    as: 'none',
    before: BEFORE['WithUnifiedKernelImages=no'],
  },
  { name: 'RepositoryDirectories', lost: LOST.RepositoryDirectory },
  { name: 'Encrypt', value: 'data', partition: { Type: 'data', Encrypt: 'key-file' }, check: CHECK.Encrypt },
];
/** Corrections: which partition a setting is about. */
const PARTITION = {
  ReadOnly: { Type: 'root', ReadOnly: 'yes' },
  Minimize: { Type: 'root', Minimize: 'best' },
  Encrypt: { Type: 'all', Encrypt: 'key-file' },
  Verity: { Type: 'root', Verity: 'data', VerityMatchKey: 'root' },
  UsrOnly: { Type: 'usr', CopyFiles: '/usr:/' },
};

/** Files: the release that knows the new name, and what to do where nothing reads them any more. */
const FILES = {
  'mkosi.secure-boot.key': { since: 15 },
  'mkosi.secure-boot.crt': { since: 15 },
  'mkosi.cache/': {
    since: 25,
    before: 'set PackageCacheDirectory=mkosi.cache; mkosi.cache/ holds cached images since 21',
    from: 21,
  },
  'mkosi.build': { since: 19, before: 'scripts run outside the image now' },
  'mkosi.prepare': { since: 19, before: 'scripts run outside the image now' },
  'mkosi.postinst': { since: 19, before: 'scripts run outside the image now' },
  'mkosi.reposdir/': { since: 25, before: 'put the repository files into a tree of PackageManagerTrees=' },
  'mkosi.presets/': { since: 19, modern: true },
  'mkosi.pkgmngr/': { since: 25, modern: true },
  'mkosi.mksquashfs-tool': {
    before: 'nothing reads it; put a wrapper called mksquashfs into a folder of ExtraSearchPaths=',
  },
  'mkosi.includedir/': { before: 'nothing reads it' },
  'mkosi.installdir/': { before: 'nothing reads it' },
};

function fileMoves(list) {
  const scripts = list.flatMap((file) =>
    file.from !== 'mkosi.build'
      ? [file]
      : ['mkosi.build', 'mkosi.prepare', 'mkosi.postinst'].map((from) => ({ from, to: `${from}.chroot` })),
  );
  return scripts
    .filter(({ from }) => from in FILES)
    .map(({ from, to }) => compact({ path: from.replace(/\/$/, ''), to: to?.replace(/\/$/, ''), ...FILES[from] }));
}

/** The first release that needs a rewrite of a modern line. */
const MODERN_SINCE = {
  Presets: 19,
  Images: 24,
  InitrdInclude: 25,
  QemuGui: 25,
  QemuCdrom: 25,
  CDROM: 26,
  RuntimeScratch: 26,
  RuntimeHome: 26,
  Acl: 25,
  UnitProperties: 27,
  CacheOnly: 23,
  SecureBootSignTool: 25,
  Verity: 26,
  Firmware: 27,
};

const text = (entry) => (entry.value === undefined ? entry.name : `${entry.name}=${entry.value}`);
const compact = (record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
const lookUp = (table, entry) => table[text(entry)] ?? table[entry.name];

function legacyMove({ from, to, add, repart }) {
  const entry = { name: from.name, value: from.value };
  const { file: _file, ...keys } = PARTITION[from.name] ?? repart ?? {};
  const partition = Object.keys(keys).length > 0 ? keys : undefined;
  const kept = to !== null && !LOST[text(entry)];
  const gone = (!kept && !partition && GONE.includes(from.name)) || from.name === 'PasswordIsHashed';
  const lost = kept || partition || gone ? undefined : lookUp(LOST, entry);
  if (!kept && !partition && !gone && lost === undefined && !NEEDLESS[from.name]?.includes(from.value)) {
    throw new Error(`no reason why ${text(entry)} is lost`);
  }
  return compact({
    ...entry,
    to: kept && !LOST[from.name] && !gone ? to?.name : undefined,
    as: to?.value,
    how: from.value === undefined ? HOW[from.name] : undefined,
    add: add?.map(({ name, value }) => ({ name, value })),
    partition,
    before: BEFORE[text(entry)],
    lost: LOST[from.name] ?? lost,
    gone: gone || undefined,
    check: lookUp(CHECK, entry),
  });
}

function modernMove({ from, to }) {
  const entry = { name: from.name, value: from.value };
  const lost = lookUp(LOST, entry);
  const gone = GONE.includes(from.name) || undefined;
  return compact({
    ...entry,
    to: lost || gone ? undefined : to?.name,
    as: lost ? undefined : to?.value,
    before: BEFORE[text(entry)],
    lost,
    gone,
    check: CHECK[text(entry)],
  });
}

/** Entries for single values before the entry for all others; of two entries for the same, the first. */
function ordered(moves) {
  const seen = new Set();
  return moves
    .filter((move) => !seen.has(text(move)) && seen.add(text(move)))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : (a.value === undefined) - (b.value === undefined)));
}

const needless = (table) => Object.entries(table).flatMap(([name, values]) => values.map((value) => ({ name, value, gone: true })));

function option({ names, argument, nspawnKey, since, values }) {
  const settings = nspawnKey?.split(' + ').map((key) => key.split('.')[1]);
  return compact({
    names,
    argument: { none: undefined, required: 'required' }[argument] ?? (argument === 'none' ? undefined : 'optional'),
    since,
    values,
    settings,
    ...(OPTIONS[names[0]] ?? OPTIONS[names[1]]),
  });
}

/** Where an option without a setting belongs, and how arguments of the others become values. */
const UNIT = (setting) => ({ unit: setting });
const NAMES_IMAGE = { image: true };
const OPTIONS = {
  '--private-users': { how: 'users', bare: 'yes' },
  '-U': { how: 'pick' },
  '--private-users-chown': { how: 'chown' },
  '--volatile': { bare: 'yes' },
  '-j': { bare: 'try-guest' },
  '--rlimit': { how: 'limit' },
  '--setenv': { how: 'environment' },
  '--capability': { how: 'spaces' },
  '--drop-capability': { how: 'spaces' },
  '--ambient-capability': { how: 'spaces' },
  '--user': { how: 'user' },
  '--slice': UNIT('Slice'),
  '--property': { unit: '*' },
  '--directory': NAMES_IMAGE,
  '--image': NAMES_IMAGE,
  '--template': NAMES_IMAGE,
  '--machine': { machine: true },
  '--oci-bundle': { elsewhere: 'an OCI bundle brings its own settings; start it by the command line' },
  '--mstack': { elsewhere: "link the mount stack into /var/lib/machines under the machine's name" },
  '--image-policy': { elsewhere: 'add it to ExecStart= in a drop-in of systemd-nspawn@NAME.service' },
  '--settings': { elsewhere: 'the template unit uses --settings=override: what the file says wins' },
  '--register': { elsewhere: 'the template unit always registers the machine' },
  '--keep-unit': { template: true },
  '--quiet': { template: true },
};
const ELSEWHERE = {
  'root-hash': 'keep the hash in IMAGE.roothash beside the image, where nspawn finds it',
  'root-hash-sig': 'keep the signature in IMAGE.roothash.p7s beside the image, where nspawn finds it',
  'verity-data': 'keep the data in IMAGE.verity beside the image, where nspawn finds it',
  console: 'only for a machine in a terminal; a service has no terminal',
  pipe: 'only for a machine in a terminal; a service has no terminal',
  background: 'only for a machine in a terminal; a service has no terminal',
  'no-pager': 'only for help texts',
  help: 'only prints a text',
  version: 'only prints a text',
  'introspect-cli': 'only prints a text',
  'no-ask-password': 'only for a machine in a terminal; a service has no terminal',
  cleanup: 'it clears up after a machine, which is no setting',
  'share-system': 'deprecated: set SYSTEMD_NSPAWN_SHARE_SYSTEM=1 in Environment= of the unit',
  system: 'machines of the system manager are what machinectl starts',
};

const [factsDirectory] = process.argv.slice(2);
if (factsDirectory === undefined) {
  console.error('usage: node tools/schema/migration.mjs FACTS_DIR');
  process.exit(2);
}
const read = (name) => JSON.parse(readFileSync(join(factsDirectory, name), 'utf8'));
const room = join(dirname(fileURLToPath(import.meta.url)), '../../server/src/convert');
const write = (name, data) =>
  writeFileSync(
    join(room, name),
    `{\n${Object.entries(data)
      .map(([key, list]) => `  ${JSON.stringify(key)}: [\n${list.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`)
      .join(',\n')}\n}\n`,
  );

const { migration, fileMigration } = read('mkosi.json');
const of = (kind) => migration.filter((entry) => entry.kind === kind && entry.from.value !== '(unset)');
write('migrations.json', {
  legacy: ordered([...needless(NEEDLESS), ...EXTRA, ...of('legacy').map(legacyMove)]),
  // Renames and new sections are what the schema knows anyway.
  modern: ordered(
    [
      ...needless(MODERN_NEEDLESS),
      ...of('modern')
        .filter(({ from, to }) => from.name in MODERN_SINCE && (from.value !== undefined || from.name !== to?.name))
        .map(modernMove),
    ].map(({ name, value, ...move }) => compact({ name, value, since: MODERN_SINCE[name], ...move })),
  ),
  files: fileMoves(fileMigration),
});
const options = read('nspawn.json')
  .cliOptions.filter(({ argument }) => argument !== 'positional')
  .map(option);
for (const o of options) {
  if (o.settings || o.unit || o.image || o.machine || o.template || o.elsewhere) continue;
  const name = o.names.at(-1).replace(/^-+/, '');
  o.elsewhere = ELSEWHERE[name] ?? 'add it to ExecStart= in a drop-in of systemd-nspawn@NAME.service';
}
write('options.json', { options });
