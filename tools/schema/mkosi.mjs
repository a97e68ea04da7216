#!/usr/bin/env node
// Writes server/src/schema/mkosi.json (mkosi 15 to 27.1) and mkosi-legacy.json (1 to 14), and for the client what images have
// of the main one (client/src/mkosi/inherited.json), from a directory of facts:
// `node tools/schema/mkosi.mjs FACTS_DIR`. FACTS_DIR/mkosi.json is a dump of mkosi's own table of settings.
// What that table cannot know (the history of words, match grammars, settings that are gone) stands below,
// read from mkosi's tags v1 to v26 and the 27.1 package. Same facts, same output: one setting per line.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST = 15;
const NEWEST = 27.1;
const VERSIONS = [15, 16, 17, 18, 19, 20, 20.2, 21, 22, 23, 23.1, 24, 24.3, 25, 25.3, 26, 27, 27.1];
const LEGACY_NEWEST = 14;

/** Sections of modern mkosi. [Host] is still read, with a warning; [Preset] is skipped in silence since 24. */
const SECTIONS = [
  { name: 'Match' },
  { name: 'TriggerMatch', since: 21 },
  { name: 'Assert', since: 26 },
  { name: 'TriggerAssert', since: 26 },
  { name: 'Include', since: 25 },
  { name: 'Config', since: 18 },
  { name: 'Distribution' },
  { name: 'Output' },
  { name: 'Content' },
  { name: 'Validation' },
  { name: 'Build', since: 25 },
  { name: 'Runtime', since: 25 },
  { name: 'UKIProfile', since: 25 },
  { name: 'Host', deprecated: { since: 25, by: 'Runtime' } },
  { name: 'Preset', until: 23.1, deprecated: { since: 19, by: 'Config' } },
];
const LEGACY_SECTIONS = [
  { name: 'Distribution' },
  { name: 'Output' },
  { name: 'Packages', deprecated: { since: 11, by: 'Content' } },
  { name: 'Content', since: 11 },
  { name: 'Partitions' },
  { name: 'Validation' },
  { name: 'Host', since: 4 },
];

/** When a word came or went, where that is not the life of its setting (mkosi/config.py of every tag). */
const WORDS = {
  Format: {
    uki: { since: 16 },
    esp: { since: 19 },
    sysext: { since: 20 },
    confext: { since: 20 },
    portable: { since: 20 },
    oci: { since: 23 },
    addon: { since: 25 },
  },
  Distribution: {
    'rhel-ubi': { since: 18 },
    custom: { since: 18 },
    rhel: { since: 19 },
    kali: { since: 25 },
    azure: { since: 25 },
    postmarketos: { since: 26 },
    gentoo: { until: 20.2 },
  },
  CompressOutput: { zstd: { since: 20 }, gzip: { since: 23 } },
  SplitArtifacts: {
    uki: { since: 25 },
    kernel: { since: 25 },
    initrd: { since: 25 },
    partitions: { since: 25 },
    tar: { since: 26 },
    pcrs: { since: 26 },
    roothash: { since: 26 },
    'os-release': { since: 26 },
    'kernel-modules-initrd': { since: 26 },
    'repart-definitions': { since: 26 },
  },
  Bootloader: { 'uki-signed': { since: 25 }, 'systemd-boot-signed': { since: 25 }, 'grub-signed': { since: 25 } },
  UnifiedKernelImages: {
    none: { since: 26 },
    signed: { since: 26 },
    unsigned: { since: 26 },
    enabled: { until: 25.3 },
    disabled: { until: 25.3 },
  },
  Ssh: { auto: { since: 26 }, runtime: { since: 26 } },
  SecureBootSignTool: { 'systemd-sbsign': { since: 25 }, pesign: { until: 24.3 } },
  Verity: { hash: { since: 26 }, signed: { since: 26 }, defer: { since: 26 }, enabled: { until: 25.3 } },
  ToolsTree: { default: { since: 16 }, yes: { since: 26 }, no: { since: 26 } },
  Incremental: { strict: { since: 25 } },
  CacheOnly: {
    always: { since: 21 },
    metadata: { since: 21 },
    none: { since: 21, until: 22 },
    auto: { since: 23 },
    never: { since: 23 },
  },
  BuildSourcesEphemeral: { buildcache: { since: 25 } },
  Console: { headless: { since: 27 } },
  Firmware: { 'uefi-secure-boot': { since: 22 }, 'linux-noinitrd': { since: 26 }, bios: { until: 26 } },
  FirmwareVariables: { custom: { since: 22 }, microsoft: { since: 22 }, 'microsoft-mok': { since: 25 } },
  Include: {
    'mkosi-tools': { since: 21 },
    'mkosi-initrd': { since: 21 },
    'mkosi-vm': { since: 25 },
    'mkosi-addon': { since: 25.3 },
    'mkosi-obs': { since: 26 },
  },
  Initrds: { default: { since: 27 } },
};
WORDS.ToolsTreeDistribution = WORDS.Distribution;

/** Well-known words of settings whose grammar takes any word (profile names) or any pattern (kernel modules). */
const SUGGESTED = {
  ToolsTreeProfiles: ['devel', 'misc', 'package-manager', 'runtime', 'gui', 'debug'],
  InitrdProfiles: ['lvm', 'network', 'nfs', 'pkcs11', 'plymouth', 'raid'],
  KernelModules: ['default', 'host'],
  KernelInitrdModules: ['default', 'host'],
};
/** Elements that the table calls strings although mkosi matches with them. */
const GLOBS = ['RemoveFiles', 'Devicetrees', 'KernelModules', 'KernelInitrdModules', 'FirmwareFiles'];
/** Lists of globs whose items may start with a dash to take files out again. */
const NEGATED = ['KernelModules', 'KernelInitrdModules', 'FirmwareFiles'];

const OPERATORS = ['==', '!=', '<=', '>=', '<', '>'];
/** What [Match] takes, where that is not the grammar of the setting itself. */
const MATCH_VALUES = {
  Profiles: { type: 'filename' },
  Repositories: { type: 'string' },
  ImageVersion: { type: 'version', params: { operators: OPERATORS } },
  ImageId: { type: 'glob' },
  Bootable: { type: 'boolean', words: [{ word: 'auto' }] },
  BuildSources: { type: 'path', params: { target: true } },
  Environment: { type: 'environment' },
};

/** Defaults that mkosi computes, in words. */
const DEFAULTS = {
  Distribution: "the host's, or custom if mkosi does not know it",
  Release: "the host's if it runs that distribution, else mkosi's own choice",
  Architecture: "the host's",
  RepositoryKeyFetch: 'no; yes on NixOS and when Ubuntu tools build an RPM, Arch or postmarketOS image',
  Output: "the sub-image's name, else ImageId=, else image; plus _VERSION",
  OutputExtension: 'raw, tar, cpio, efi or none, by Format=',
  CompressOutput: 'zstd for tar, cpio, uki, esp and addon, gz for oci, else none',
  Seed: 'a random UUID',
  SourceDateEpoch: 'SOURCE_DATE_EPOCH of Environment= or the host',
  Initrds: 'default if the image looks bootable, else none',
  Checksum: 'yes with Sign=yes, else no',
  ToolsTreeDistribution: "the host's or its usual stand-in (Debian for Ubuntu, Fedora for the RHEL family)",
  ToolsTreeRelease: "mkosi's own choice for that distribution",
  ToolsTreeMirror: 'Mirror= if both distributions are the same',
  ToolsTreeSnapshot: 'Snapshot= if both distributions are the same',
  BuildSources: 'the directory mkosi was called in',
  ProxyUrl: 'http_proxy or https_proxy of Environment= or the host',
  ProxyExclude: 'no_proxy of Environment= or the host',
  ProxyPeerCertificate: "the system's CA bundle",
  ProxyClientKey: 'ProxyClientCertificate=',
  DelegateRanges: '0 for root, else 3',
  Machine: 'the name of the directory mkosi was called in',
};

const COMMAS = { separators: [{ chars: ',\n' }], quoting: 'none' };
const WORDS_IN_QUOTES = { separators: [{ chars: ' \n' }], quoting: 'shell' };
const FEATURE_THEN = {
  type: 'feature',
  words: [{ word: 'auto' }, { word: 'enabled', since: 21 }, { word: 'disabled', since: 21 }],
  true: 'enabled',
  false: 'disabled',
  params: { words: 'Feature' },
};
/** Settings of modern releases that are gone without an alias; `by` is what to use today, `value` what they took. */
const FORMER = [
  {
    name: 'Presets',
    section: 'Preset',
    until: 18,
    by: 'Dependencies',
    note: 'Images= in 19 to 23',
    value: { type: 'list', of: { type: 'string' }, list: COMMAS },
  },
  {
    name: 'Images',
    section: 'Config',
    since: 19,
    until: 23.1,
    by: 'Dependencies',
    note: 'in the main image',
    value: { type: 'list', of: { type: 'string' }, list: COMMAS },
  },
  {
    name: 'InitrdInclude',
    section: 'Config',
    since: 20,
    until: 24.3,
    note: 'mkosi.initrd.conf since 27',
    value: { type: 'list', of: { type: 'path', params: { mustExist: true } }, list: COMMAS },
  },
  {
    name: 'QemuGui',
    section: 'Host',
    until: 24.3,
    by: 'Console',
    note: 'QemuGui=yes is Console=gui',
    value: { type: 'boolean' },
  },
  {
    name: 'QemuCdrom',
    section: 'Host',
    since: 16,
    until: 24.3,
    by: 'DiskType',
    note: 'DiskType=scsi-cd since 27',
    value: { type: 'boolean' },
  },
  {
    name: 'CDROM',
    section: 'Runtime',
    since: 25,
    until: 25.3,
    by: 'DiskType',
    note: 'DiskType=scsi-cd since 27',
    aliases: [{ name: 'QemuCdrom' }],
    value: { type: 'boolean' },
  },
  {
    name: 'RuntimeScratch',
    section: 'Runtime',
    since: 20,
    until: 25.3,
    by: 'RuntimeSize',
    value: FEATURE_THEN,
    places: [
      { section: 'Host', until: 24.3 },
      { section: 'Runtime', since: 25 },
    ],
  },
  { name: 'RuntimeHome', section: 'Runtime', since: 25, until: 25.3, by: 'BindUser', value: { type: 'boolean' } },
  { name: 'Acl', section: 'Host', until: 24.3, value: { type: 'boolean' } },
  {
    name: 'UnitProperties',
    section: 'Runtime',
    since: 23.1,
    until: 26,
    places: [
      { section: 'Host', until: 24.3 },
      { section: 'Runtime', since: 25 },
    ],
    value: { type: 'list', of: { type: 'string' }, list: WORDS_IN_QUOTES },
  },
];

const TREES_THEN = { type: 'list', of: { type: 'tree', params: { absolute: true } }, list: COMMAS };
const REQUIRED = { type: 'path', params: { mustExist: true } };
const KEY_SOURCE_THEN = { type: 'source', words: [{ word: 'file' }], params: { prefixes: ['engine:'], words: 'KeySource' } };
const SECRET = { type: 'path', params: { mustExist: true, secret: true } };
/** What older releases made of settings that are different today, up to `until`; oldest first. */
const BEFORE = {
  Profiles: [
    { until: 24.3, scope: 'universal', repeat: 'replace', value: { type: 'filename' }, matchValue: { type: 'string' } },
    { until: 25.3, scope: 'universal' },
  ],
  SplitArtifacts: [{ until: 24.3, repeat: 'replace', value: { type: 'boolean' } }],
  SkeletonTrees: [{ until: 24.3, value: TREES_THEN }],
  ToolsTreeSandboxTrees: [{ until: 24.3, value: TREES_THEN }],
  SandboxTrees: [{ until: 24.3, value: TREES_THEN }],
  BuildSources: [{ until: 24.3, value: { type: 'list', of: { type: 'tree' }, list: COMMAS } }],
  UnifiedKernelImages: [{ until: 25.3, value: FEATURE_THEN }],
  Devicetrees: [{ until: 25.3, repeat: 'replace', value: { type: 'string' } }],
  Ssh: [{ until: 25.3, value: { type: 'boolean' } }],
  Verity: [{ until: 25.3, value: FEATURE_THEN }],
  SecureBootKey: [
    { until: 20.2, scope: 'local', value: SECRET },
    { until: 24.3, scope: 'local' },
  ],
  SecureBootKeySource: [{ until: 24.3, scope: 'local', value: KEY_SOURCE_THEN }],
  VerityKeySource: [{ until: 24.3, value: KEY_SOURCE_THEN }],
  LocalMirror: [{ until: 26, tools: false }],
  SecureBootCertificate: [{ until: 24.3, scope: 'local', value: REQUIRED }],
  VerityKey: [{ until: 20.2, value: SECRET }],
  VerityCertificate: [{ until: 24.3, value: REQUIRED }],
  SignExpectedPcrKey: [{ until: 25.3, scope: 'universal' }],
  SignExpectedPcrKeySource: [{ until: 25.3, scope: 'universal' }],
  SignExpectedPcrCertificate: [{ until: 25.3, scope: 'universal' }],
  SignExpectedPcrCertificateSource: [{ until: 25.3, scope: 'universal' }],
  ToolsTree: [{ until: 24.3, value: { type: 'path', words: [{ word: 'default', since: 16 }] } }],
  ExtraSearchPaths: [{ until: 24.3, value: { type: 'list', of: REQUIRED, list: COMMAS } }],
  Incremental: [{ until: 24.3, value: { type: 'boolean' } }],
  BuildSourcesEphemeral: [{ until: 24.3, value: { type: 'boolean' } }],
  CacheOnly: [
    { until: 20.2, value: { type: 'boolean' } },
    { until: 25.3, scope: 'universal' },
    { until: 26, scope: 'multiversal' },
  ],
  CPUs: [{ until: 20.2, value: { type: 'string' } }],
  RAM: [{ until: 20.2, value: { type: 'string' } }],
  FirmwareVariables: [
    {
      until: 25.3,
      value: {
        type: 'path',
        params: { mustExist: true },
        words: [
          { word: 'custom', since: 22 },
          { word: 'microsoft', since: 22 },
          { word: 'microsoft-mok', since: 25 },
        ],
      },
    },
  ],
  Linux: [{ until: 25.3, value: REQUIRED }],
  QemuArgs: [
    {
      until: 20.2,
      value: {
        type: 'list',
        of: { type: 'string' },
        list: { separators: [{ chars: ' \n' }], quoting: 'none' },
      },
    },
  ],
  ImageVersion: [{ until: 24.3, scope: 'universal' }],
  ImageId: [{ until: 24.3, scope: 'universal' }],
  SectorSize: [{ until: 24.3, scope: 'universal' }],
};

/** Legacy words and their releases: distributions and formats of tags v1 to v14. */
const LEGACY_WORDS = {
  Distribution: {
    opensuse: { since: 2 },
    mageia: { since: 4 },
    centos: { since: 4 },
    clear: { since: 4, until: 13 },
    photon: { since: 6, until: 13 },
    centos_epel: { since: 6 },
    openmandriva: { since: 6 },
    rocky: { since: 11 },
    rocky_epel: { since: 11 },
    alma: { since: 11 },
    alma_epel: { since: 11 },
    gentoo: { since: 11 },
  },
  Format: {
    gpt_ext4: { since: 5 },
    gpt_xfs: { since: 5 },
    gpt_btrfs: { since: 5 },
    gpt_squashfs: { since: 5 },
    plain_squashfs: { since: 5 },
    raw_ext4: { since: 5 },
    raw_xfs: { since: 5 },
    raw_squashfs: { since: 2 },
    cpio: { since: 10 },
  },
  BootProtocols: { uefi: {}, bios: {}, linux: { since: 13 } },
  QemuBoot: { bios: { until: 13 } },
  SourceFileTransfer: { 'copy-git-more': { since: 6 } },
  Verity: { signed: { since: 11 } },
  WithNetwork: { never: { since: 6 } },
  Compress: Object.fromEntries(['zlib', 'lzo', 'zstd', 'lz4', 'xz'].map((word) => [word, { since: 5 }])),
};
const LEGACY_DEFAULTS = {
  Distribution: "the host's",
  Release: "the host's, else mkosi's own choice",
  Mirror: "the distribution's",
  Architecture: "the host's (uname -m)",
  ESPSize: '256M in a bootable image',
  QemuKvm: 'yes if available',
  SourceFileTransfer: 'copy-git-others in a Git checkout, else copy-all',
  SshAgent: undefined,
};
/** Keys whose `until` in the table is wider than what a configuration file may say (argparse refuses a value). */
const LEGACY_UNTIL = { Force: 3, XZ: 9 };
/** Default paths that legacy releases look for; later releases kept most of them under a setting of another name. */
const LEGACY_FILES = {
  OutputDirectory: ['mkosi.output'],
  WorkspaceDirectory: ['mkosi.workspace'],
  ImageVersion: ['mkosi.version'],
  Password: ['mkosi.rootpw'],
  Cache: ['mkosi.cache'],
  ExtraTrees: ['mkosi.extra', 'mkosi.extra.tar'],
  SkeletonTrees: ['mkosi.skeleton', 'mkosi.skeleton.tar'],
  BuildDirectory: ['mkosi.builddir'],
  BuildScript: ['mkosi.build'],
  PrepareScript: ['mkosi.prepare'],
  PostInstallationScript: ['mkosi.postinst'],
  FinalizeScript: ['mkosi.finalize'],
  NSpawnSettings: ['mkosi.nspawn'],
  Encrypt: ['mkosi.passphrase'],
};
const LEGACY_ALIASES = {
  BMap: [{ name: 'Bmap', since: 4, until: 5 }],
  SignExpectedPCR: [{ name: 'SignExpectedPcr', since: 14 }],
  KernelCommandLine: [{ name: 'KernelCommandline' }],
};
const LEGACY_DEPRECATED = {
  NetworkVeth: { since: 13, by: 'Netdev' },
  BuildEnvironment: { since: 11, by: 'Environment' },
  BootProtocols: { since: 14 },
  BuildDir: { by: 'BuildDirectory' },
};

const FEATURE = {
  type: 'feature',
  words: words(['auto', 'enabled', 'disabled'], { enabled: { since: 21 }, disabled: { since: 21 } }),
  true: 'enabled',
  false: 'disabled',
};
/** The chapter of the documentation that explains words which several settings share. */
const SHARED = {
  feature: 'Feature',
  Distribution: 'Distribution',
  ToolsTreeDistribution: 'Distribution',
  Architecture: 'Architecture',
  HostArchitecture: 'Architecture',
  CompressOutput: 'Compression',
};

/** Drops members that say nothing, so that the files stay short; keeps false and 0. */
function compact(object) {
  const entries = Object.entries(object).filter(
    ([, value]) => value !== undefined && value !== null && !(typeof value === 'object' && Object.keys(value).length === 0),
  );
  return Object.fromEntries(entries);
}

const version = (text) => (text === undefined || text === null ? undefined : Number(text));
/** The releases of a span within modern mkosi: 15 is where the world begins. */
const modernSince = (text) => (Number(text) > OLDEST ? Number(text) : undefined);

/** Words with their spans; words that only old releases knew follow at the end. */
function words(list = [], spans = {}) {
  const all = [...list, ...Object.keys(spans).filter((word) => !list.includes(word))];
  return all.filter((word) => word !== '').map((word) => ({ word, ...spans[word] }));
}

function listForm(list) {
  const quoting = list.quoting === 'shlex' ? 'shell' : 'none';
  const chars = { newline: '\n', 'space|newline': ' \n' }[list.delimiter];
  if (chars !== undefined) return { separators: [{ chars }], quoting };
  return {
    separators: [
      { chars: ', \t\n', since: 27 },
      { chars: ',\n', until: 26 },
    ],
    quoting,
  };
}

function element(setting) {
  const { name, element: of = { type: 'string' } } = setting;
  const spans = WORDS[name];
  switch (of.type) {
    case 'path':
      return {
        type: 'path',
        words: words(of.constants, spans),
        params: {
          mustExist: of.mustExist || undefined,
          notBelow: of.notBelow,
          content: of.content,
          ...(setting.list.expandGlobs && { globs: 27, script: true }),
        },
      };
    case 'tree':
      return {
        type: 'tree',
        params: {
          mustExist: of.sourceMustExist || undefined,
          directory: of.sourceMustBeDirectory || undefined,
          absolute: of.targetMustBeAbsolute || undefined,
        },
      };
    case 'enum':
      return { type: 'enum', words: words(of.values, spans) };
    case 'key=value':
      return { type: 'pair' };
    case 'regex':
      return { type: 'regex', words: words(of.constants) };
    case 'string':
      return {
        type: GLOBS.includes(name) ? 'glob' : 'string',
        words: words(SUGGESTED[name]),
        params: { negate: NEGATED.includes(name) ? '-' : undefined },
      };
    case 'drive':
      return { type: 'drive', words: words(['persist']) };
    default:
      return { type: of.type };
  }
}

function scalar(setting) {
  const { name, type } = setting;
  const params = {
    mustExist: setting.mustExist || undefined,
    absolute: setting.absolute,
    secret: setting.secret,
    powerOfTwo: setting.powerOfTwo,
    delayed: setting.delayedSpecifiers,
    prefixes: setting.prefix && [setting.prefix],
    empty: setting.emptyAssignment === 'error' ? 'error' : undefined,
  };
  if (type === 'feature') return { ...FEATURE, params };
  if (type === 'source') {
    const prefixes = setting.values.filter((word) => word.endsWith(':'));
    const fixed = setting.values.filter((word) => !word.endsWith(':'));
    return { type, words: words(fixed), params: { ...params, prefixes } };
  }
  return {
    type: type === 'enum|boolean' ? 'enum' : type,
    words: words(setting.values, WORDS[name]),
    true: setting.booleanTrue,
    false: setting.booleanFalse,
    unit: type === 'size' ? 'bytes' : undefined,
    min: setting.min,
    max: type === 'octal' ? Number.parseInt(setting.max, 8) : setting.max,
    params,
  };
}

function valueType(setting) {
  const { name, type } = setting;
  const form = setting.list
    ? {
        type,
        of: type === 'credentials' ? undefined : clean(element(setting)),
        true: setting.booleanTrue,
        false: setting.booleanFalse,
        list: listForm(setting.list),
      }
    : scalar(setting);
  const source = name.endsWith('KeySource') ? 'KeySource' : 'CertificateSource';
  const shared = type === 'source' ? source : (SHARED[type] ?? SHARED[name]);
  // mkosi replaces specifiers everywhere but in the files of UKI profiles.
  const specifiers = setting.section === 'UKIProfile' ? false : undefined;
  return clean({ ...form, params: { ...form.params, words: shared, specifiers } });
}

/** A value type without empty members at any level. */
function clean(value) {
  return compact({ ...value, params: value.params && compact(value.params) });
}

function defaultOf({ name, default: value }) {
  if (name in DEFAULTS) return DEFAULTS[name];
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length > 0 ? value.join(' ') : undefined;
  return value === null ? undefined : String(value);
}

/** Where a setting stood over time: its own history, or the sections its older name was moved out of. */
function places(setting, migration) {
  let history = (setting.sectionHistory ?? []).map(({ section, from, to }) => ({ section, from: Number(from), to: Number(to) }));
  if (history.length === 1 && setting.compatNames.length > 0) {
    // Of [Content] and [Distribution], PackageManagerTrees= belonged to the latter, says the warning of v24.3.
    const old = migration.filter(
      ({ kind, from, to }) => kind === 'modern' && to?.name === setting.name && setting.compatNames.includes(from.name),
    );
    const section = old.at(-1)?.from.section;
    if (section !== undefined && section !== setting.section) history = [{ section, to: 24.3 }, ...history];
  }
  if (history.length < 2) return undefined;
  return history.map(({ section, from, to }, index) =>
    compact({
      section,
      since: index > 0 ? modernSince(from) : undefined,
      until: index < history.length - 1 ? to : undefined,
    }),
  );
}

function modernSetting(setting, migration) {
  const aliases = setting.compatNames.map((name) => {
    const old = setting.renamedFrom?.[name];
    return compact({ name, since: modernSince(old?.from ?? setting.since) });
  });
  const successor = migration.find(
    ({ kind, from, to }) => kind === 'modern' && from.name === setting.name && to && to.name !== setting.name,
  );
  const kinds = { dict: 'merge', list: 'append', credentials: 'append' };
  return compact({
    name: setting.name,
    section: setting.section,
    since: modernSince(setting.since),
    places: places(setting, migration),
    value: valueType(setting),
    repeat: kinds[setting.type] ?? 'replace',
    reset: !['no effect', 'error'].includes(setting.emptyAssignment),
    default: defaultOf(setting),
    cli: setting.cli ? [setting.cli, setting.short, ...(setting.cliCompat ?? [])].filter(Boolean) : undefined,
    scope: setting.scope,
    tools: setting.allowedInToolsImage || undefined,
    match: setting.match ? Math.max(version(setting.match.since), OLDEST) : undefined,
    matchValue: matchValue(setting),
    files: setting.files,
    aliases,
    before: BEFORE[setting.name],
    deprecated: setting.deprecated && { since: version(setting.deprecated.since), by: successor?.to.name },
  });
}

function matchValue(setting) {
  if (setting.match && setting.name === 'Architecture') {
    const type = valueType(setting);
    return { ...type, words: [...type.words, { word: 'uefi', since: 26 }] };
  }
  return MATCH_VALUES[setting.name];
}

/** Conditions that exist only in [Match] and its three sisters. */
function condition({ name, type, values, since }) {
  const value = {
    PathExists: { type: 'path' },
    SystemdVersion: { type: 'version', params: { operators: OPERATORS } },
    HostArchitecture: { type: 'enum', words: words(values), params: { words: SHARED.HostArchitecture } },
    Image: { type: 'string', words: words(['main', 'tools', 'default-initrd']) },
  }[name] ?? { type };
  return compact({
    name,
    section: 'Match',
    since: modernSince(since),
    value,
    repeat: 'append',
    reset: false,
    match: Number(since),
  });
}

function legacyList(setting) {
  const chars = { 'comma|newline': ',\n', 'space|newline': ' \n', 'colon|newline': ':\n' }[setting.list.delimiter];
  const before6 = Number(setting.since) <= 5 ? [{ chars: ' \t\n', until: 5 }] : [];
  return {
    separators: [compact({ chars, since: before6.length > 0 ? 6 : undefined }), ...before6],
    quoting: 'verbatim',
    removal: true,
  };
}

function legacyValue(setting) {
  const { name, type } = setting;
  const known = words(setting.values, LEGACY_WORDS[name]);
  const shared = ['Compress', 'SourceFileTransfer'].find((stem) => name.startsWith(stem));
  const params = { words: shared === 'Compress' ? 'Compression' : shared };
  if (setting.list) {
    // Boot protocols were only looked at when an image was made bootable.
    const of = clean({ type: known.length > 0 && name !== 'BootProtocols' ? 'enum' : (setting.element?.type ?? 'string'), words: known });
    return { type: 'list', of, list: legacyList(setting) };
  }
  if (name === 'XZ') return { type: 'boolean' }; // a switch until 9; the table shows what argparse of 10 makes of it
  const [base, orBoolean] = type.split('|');
  return clean({
    type: base,
    words: known,
    true: orBoolean && 'yes',
    false: orBoolean && 'no',
    unit: base === 'size' ? 'bytes' : undefined,
    params,
  });
}

function legacySetting(setting, files) {
  const { name, section, sectionUntil10: before } = setting;
  const since = Number(setting.since) > 1 ? Number(setting.since) : undefined;
  const until = LEGACY_UNTIL[name] ?? Number(setting.until);
  const moved = before && before !== section && (since ?? 1) <= 10;
  return compact({
    name,
    section,
    since,
    until: until < LEGACY_NEWEST ? until : undefined,
    places: moved
      ? [
          { section: before, until: 10 },
          { section, since: 11 },
        ]
      : undefined,
    value: legacyValue(setting),
    repeat: setting.list ? 'append' : 'replace',
    reset: false,
    default: name in LEGACY_DEFAULTS ? LEGACY_DEFAULTS[name] : defaultOf({ ...setting, name: '' }),
    cli: [setting.cli, setting.short].filter(Boolean),
    files: LEGACY_FILES[name] ?? files.filter((file) => file.setting === name).map((file) => file.name.replace(/\/$/, '')),
    aliases: LEGACY_ALIASES[name],
    deprecated: LEGACY_DEPRECATED[name],
  });
}

function specifier({ char, setting, value, since, until }) {
  const means =
    {
      '%C': 'directory of this file',
      '%P': 'working directory while this file is read',
      '%D': 'directory mkosi was called in',
      '%F': 'default file system of the distribution',
      '%I': 'name of the image, main for the main image',
      '%%': 'a literal %',
    }[char] ?? value;
  return compact({
    char: char[1],
    setting,
    means: setting ? undefined : means,
    since: version(since),
    until: version(until),
  });
}

/** JSON with one record per line, so that a change of one setting is a change of one line. */
function write(path, data) {
  const member = ([key, value]) =>
    Array.isArray(value) && typeof value[0] === 'object'
      ? `  ${JSON.stringify(key)}: [\n${value.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`
      : `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  writeFileSync(path, `{\n${Object.entries(data).map(member).join(',\n')}\n}\n`);
}

/** Settings whose value in the main image counts in others as well, which may or may not set it themselves. */
const inherited = (settings, scopes) => settings.filter(({ scope }) => scopes.includes(scope)).map(({ name }) => name);

const [factsDirectory] = process.argv.slice(2);
if (factsDirectory === undefined) {
  console.error('usage: node tools/schema/mkosi.mjs FACTS_DIR');
  process.exit(2);
}
const facts = JSON.parse(readFileSync(join(factsDirectory, 'mkosi.json'), 'utf8'));
const schema = join(dirname(fileURLToPath(import.meta.url)), '../../server/src/schema');
const { modern, legacy, migration } = facts;

write(join(schema, 'mkosi.json'), {
  tool: 'mkosi',
  oldest: OLDEST,
  newest: NEWEST,
  versions: VERSIONS,
  sections: SECTIONS,
  booleans: { true: modern.parser.booleans.true, false: modern.parser.booleans.false },
  specifiers: modern.specifiers.map(specifier),
  settings: [...modern.settings.map((setting) => modernSetting(setting, migration)), ...modern.match.extra.map(condition)],
  former: FORMER,
});
// Releases 1 to 12 know three words for each truth value only; y, t, on and their opposites came with 13.
const young = (list) => list.filter((word) => !['1', 'true', 'yes', '0', 'false', 'no'].includes(word));
const { true: yes, false: no } = legacy.parser.booleans;
write(join(schema, 'mkosi-legacy.json'), {
  tool: 'mkosi',
  oldest: 1,
  newest: LEGACY_NEWEST,
  versions: Array.from({ length: LEGACY_NEWEST }, (_, index) => index + 1),
  sections: LEGACY_SECTIONS,
  booleans: {
    true: yes,
    false: no,
    since: Object.fromEntries([...young(yes), ...young(no)].map((word) => [word, 13])),
  },
  settings: legacy.settings.map((setting) => legacySetting(setting, legacy.files)),
});
write(join(schema, '../../../client/src/mkosi/inherited.json'), {
  images: inherited(modern.settings, ['inherit', 'universal', 'multiversal']),
  tools: inherited(modern.settings, ['multiversal']),
});
