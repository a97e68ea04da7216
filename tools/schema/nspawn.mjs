// Writes server/src/schema/nspawn.json and nspawn-words.json from the collected facts about systemd-nspawn.
//
//     node tools/schema/nspawn.mjs FACTS_DIR
//
// FACTS_DIR holds nspawn.json: the parser tables of systemd-nspawn with the releases that brought each key.
// What those tables cannot say stands below as data with its source, so that regenerating keeps it.

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const OLDEST = 226;
const NEWEST = 262;
const UINT32_MAX = 4294967295;

/** The grammar of server/src/values for a type of the facts; keys that need another one stand in `values`. */
const grammars = {
  boolean: 'boolean',
  tristate: 'tristate',
  enum: 'enum',
  argv: 'words',
  'env-list': 'environment',
  string: 'string',
  path: 'path',
  'path[:path]': 'pivot-root',
  'capability-list': 'capabilities',
  signal: 'signal',
  architecture: 'personality',
  id128: 'id128',
  'userns-mode': 'private-users',
  uint: 'unsigned',
  'syscall-list': 'syscall-filter',
  rlimit: 'rlimit',
  hostname: 'hostname',
  int: 'oom-score',
  'cpu-set': 'cpu-set',
  'af-list': 'address-families',
  'bind-mount': 'bind',
  tmpfs: 'tmpfs',
  overlay: 'overlay',
  'user-list': 'user-names',
  'bool-or-path': 'bind-user-shell',
  'ifname-pair-list': 'interface-pairs',
  'ifname-pair': 'interface-pair',
  ifname: 'interface',
  zone: 'zone',
  port: 'port',
};

/**
 * Parts of a value type that the facts only tell in prose. `true` and `false` are the words that booleans stand for;
 * `fixed` are the words compared letter by letter (a word that is only a boolean, such as LinkJournal=no, is none).
 */
const values = {
  // the one path that is looked up on the host
  NamespacePath: { params: { side: 'host' } },
  Capability: { fixed: ['all'] },
  DropCapability: { fixed: ['all'] }, // AmbientCapability=all passes the parser and is refused afterwards: a rule's job
  PrivateUsers: { fixed: ['pick', 'identity', 'managed'], true: 'yes', false: 'no' }, // nspawn-settings.c:662
  PrivateUsersDelegate: { min: 0, max: UINT32_MAX }, // the parser takes any 32-bit number; nsresourced stops at 16
  OOMScoreAdjust: { min: -1000, max: 1000 },
  ResolvConf: { true: 'auto', false: 'off' }, // nspawn-settings.c: DEFINE_STRING_TABLE_LOOKUP_WITH_BOOLEAN
  Timezone: { true: 'auto', false: 'off' },
  LinkJournal: { fixed: ['auto', 'guest', 'host', 'try-guest', 'try-host'], true: 'auto', false: 'no' },
  Volatile: { true: 'yes', false: 'no' }, // volatile-util.c
  PrivateUsersOwnership: { true: 'auto', false: 'off' }, // upstream keeps the booleans out of the manual on purpose
  BindUserShell: { true: 'yes', false: 'no' },
  RestrictAddressFamilies: { fixed: ['none'] },
  Inaccessible: { type: 'inaccessible' }, // no check of normalization or length, unlike the other paths
};

/** A second assignment: the facts' word and ours. */
const repeats = { append: 'append', 'last-wins': 'replace', merge: 'merge', conflict: 'conflict' };

/** Capability words set bits in one mask, so they merge like the other sets (nspawn-settings.c: `*result |= u`). */
const mergesIntoSet = new Set(['capability-list']);

/** First release in which an empty value resets, where that came later than the key. */
const resetSince = {
  // tristates: conf-parser.c config_parse_tristate() got its isempty() branch in v249; before, a parse error. The two that used
  // a parser of booleans got that one in v250.
  Ephemeral: 250,
  NotifyReady: 250,
  NoNewPrivileges: 249,
  ReadOnly: 249,
  Private: 249,
  VirtualEthernet: 249,
  WorkingDirectory: 235, // conf-parser.c config_parse_path(): isempty() branch since v235
  Personality: 235, // conf-parser.c config_parse_personality(): isempty() branch since v235
  Hostname: 251, // v251 moved to the shared config_parse_hostname()
};

/** Last release in which an empty value resets: config_parse_strv() up to v253, a pair parser that ignores it since. */
const resetUntil = { Interface: 253, MACVLAN: 253, IPVLAN: 253 };

/** What holds when the file does not say, in words. */
const defaults = {
  Boot: 'no',
  Ephemeral: 'no',
  ProcessTwo: 'no',
  Parameters: 'none: a shell, or init without arguments',
  Environment: 'only what nspawn itself sets',
  User: 'root',
  WorkingDirectory: 'home directory of the user for a shell, otherwise /',
  PivotRoot: 'off',
  Capability: 'the built-in set',
  DropCapability: 'none',
  AmbientCapability: 'none',
  KillSignal: 'SIGRTMIN+3 when booting, otherwise SIGKILL',
  Personality: 'native',
  MachineID: 'as in the image, else random',
  PrivateUsers: 'no, but pick when started by systemd-nspawn@.service (-U)',
  PrivateUsersDelegate: '0',
  NotifyReady: 'no',
  SystemCallFilter: 'the built-in allow list',
  Hostname: 'machine name',
  NoNewPrivileges: 'no',
  OOMScoreAdjust: 'as for the calling process',
  CPUAffinity: 'as for the calling process',
  ResolvConf: 'auto',
  LinkJournal: 'auto, but try-guest when started by systemd-nspawn@.service',
  Timezone: 'auto',
  SuppressSync: 'no',
  RestrictAddressFamilies: 'no restriction',
  ReadOnly: 'no',
  Volatile: 'no',
  PrivateUsersOwnership: 'auto with PrivateUsers=pick or managed, otherwise off',
  PrivateUsersChown: 'no',
  BindUser: 'none',
  BindUserShell: 'no',
  Private: 'no, unless another setting of this section implies it',
  NamespacePath: 'none',
  VirtualEthernet: 'no, but yes when started by systemd-nspawn@.service',
};
const limitDefault = "the limit of the host's PID 1 at boot";

/** Command-line equivalents that the facts write for readers rather than for machines. */
const commandLine = {
  Parameters: ['COMMAND ARGS...'],
  LinkJournal: ['--link-journal=', '-j'],
  Volatile: ['--volatile=', '--volatile'],
};

/** First release whose own list has these capabilities; before, they depend on the kernel headers of the build. */
const capabilitySince = { CAP_PERFMON: 246, CAP_BPF: 246, CAP_CHECKPOINT_RESTORE: 247 }; // missing_capability.h

/** Capabilities that come or go with the network, whatever the built-in set says (nspawn.c merge_settings()). */
const capabilityTurns = {
  CAP_NET_ADMIN: { impliedBy: 'private-network' },
  CAP_NET_BIND_SERVICE: { lostBy: 'user-namespace-on-host-network' },
};

/** SystemCallFilter= itself: groups that are older were always there. */
const filterSince = 235;

/** Signal numbers of x86 and Arm (signal(7)). */
const signalNumbers = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
};

/** Per native architecture the one that its kernel also runs (process-util.c personality_from_string()). */
const secondary = { 'x86-64': 'x86', arm64: 'arm', ppc64: 'ppc', 'ppc64-le': 'ppc-le', s390x: 's390' };

/** Names of the C library's sys/socket.h, from which systemd makes its list; compared without case. */
const addressFamilies = [
  'UNIX',
  'LOCAL',
  'FILE',
  'INET',
  'INET6',
  'NETLINK',
  'ROUTE',
  'PACKET',
  'VSOCK',
  'ALG',
  'BLUETOOTH',
  'CAN',
  'KEY',
  'XDP',
  'TIPC',
  'MPLS',
  'PPPOX',
  'QIPCRTR',
  'RDS',
  'RXRPC',
  'SMC',
  'NFC',
  'IB',
  'IEEE802154',
  'KCM',
  'MCTP',
  'PHONET',
  'CAIF',
  'IUCV',
  'ISDN',
  'LLC',
  'SNA',
  'X25',
  'AX25',
  'APPLETALK',
  'IPX',
  'NETROM',
  'ROSE',
  'BRIDGE',
  'ATMPVC',
  'ATMSVC',
  'DECnet',
  'ECONET',
  'NETBEUI',
  'SECURITY',
  'ASH',
  'WANPIPE',
  'IRDA',
];

/** Options of a tmpfs that make sense in a container; nspawn passes any text on to the kernel (tmpfs(5), mount(8)). */
const tmpfsOptions = [
  'mode=',
  'size=',
  'nr_inodes=',
  'uid=',
  'gid=',
  'huge=',
  'ro',
  'noexec',
  'nosuid',
  'dev',
  'noatime',
  'relatime',
  'noswap',
];

/** Microseconds and the words for them (time-util.c extract_multiplier()); a month is 30.44 days, a year 365.25. */
const timeUnits = [
  [1, 'us', 'usec', '\u00b5s', '\u03bcs'],
  [1e3, 'ms', 'msec'],
  [1e6, 's', 'sec', 'second', 'seconds'],
  [60e6, 'm', 'min', 'minute', 'minutes'],
  [3600e6, 'h', 'hr', 'hour', 'hours'],
  [86400e6, 'd', 'day', 'days'],
  [7 * 86400e6, 'w', 'week', 'weeks'],
  [2629800e6, 'M', 'month', 'months'],
  [31557600e6, 'y', 'year', 'years'],
];
const unitSince = { '\u03bcs': 252 }; // the Greek letter: v254, backported to 252.x; the micro sign was always there

/** The value type of one key of the facts. */
function valueOf(key) {
  const { fixed, ...more } = values[key.name] ?? {};
  const names = fixed ?? (key.type === 'enum' ? key.values : undefined);
  return {
    type: grammars[key.type] ?? fail(`${key.name}: unknown type ${key.type}`),
    ...(names && { words: names.map((word) => ({ word, ...since(key.valueSince?.[word] ?? key.since, key.since) })) }),
    ...more,
    ...(key.unit && { unit: key.unit }),
  };
}

/** The record of one key of the facts. */
function settingOf(key) {
  const fallback = key.type === 'rlimit' ? limitDefault : defaults[key.name];
  return {
    name: key.name,
    section: key.section,
    ...since(key.since, OLDEST),
    value: valueOf(key),
    repeat: mergesIntoSet.has(key.type) ? 'merge' : (repeats[key.multiple] ?? fail(`${key.name}: ${key.multiple}`)),
    reset: resetSince[key.name] ?? (key.resettable || key.name in resetUntil),
    ...(resetUntil[key.name] && { resetUntil: resetUntil[key.name] }),
    ...(fallback && { default: fallback }),
    cli: commandLine[key.name] ?? key.cli.flatMap((option) => option.split(', ')),
    ...(key.privileged && { trust: key.privileged === 'partial' ? 'partial' : 'privileged' }),
    ...(key.privilegedSince && { trustSince: key.privilegedSince }),
    ...(key.deprecated && { deprecated: { since: key.deprecated, by: key.replacedBy.split('.')[1] } }),
    source: key.source.replace(/^.*\//, ''),
  };
}

/** `{ since }`, unless that goes without saying. */
function since(version, implied) {
  return version > implied ? { since: version } : {};
}

/** Words that a grammar knows by the dozen, with what there is to know about each: nspawn-words.json. */
function vocabularies(facts) {
  const { optionValues, optionSince } = facts.keys.find((key) => key.name === 'Bind');
  const signals = facts.keys.find((key) => key.name === 'KillSignal').values;
  return {
    capabilities: facts.capabilities.map(({ name, number, default: granted }) => ({
      word: name,
      ...since(capabilitySince[name] ?? OLDEST, OLDEST),
      number,
      default: granted,
      ...capabilityTurns[name],
    })),
    syscallGroups: facts.syscallGroups.map((group) => ({
      word: group.name,
      ...since(group.since, filterSince),
      default: group.inDefaultAllowList,
      ...(group.inDefaultAllowListIfCapability && { withCapability: group.inDefaultAllowListIfCapability }),
      members: group.members,
    })),
    signals: signals
      .filter((word) => !word.endsWith('n'))
      .map((word) => (word.startsWith('RT') ? { word, range: 30 } : { word, number: signalNumbers[word] ?? fail(`signal ${word}`) })),
    architectures: facts.keys
      .find((key) => key.name === 'Personality')
      .values.map((word) => {
        const native = Object.keys(secondary).find((name) => secondary[name] === word);
        return { word, ...(native && { secondaryOf: native }) };
      }),
    addressFamilies: addressFamilies.map((name) => ({ word: `AF_${name}` })),
    bindOptions: optionValues.map((word) => ({
      word,
      ...since(optionSince[word], OLDEST),
      ...(word !== 'noidmap' && word.endsWith('idmap') && { needs: 'PrivateUsers' }),
    })),
    tmpfsOptions: tmpfsOptions.map((word) => ({ word })),
    sizeUnits: ['B', 'K', 'M', 'G', 'T', 'P', 'E'].map((word, power) => ({ word, factor: 1024 ** power })),
    timeUnits: timeUnits.flatMap(([factor, ...names]) =>
      names.map((word) => ({ word, ...since(unitSince[word] ?? OLDEST, OLDEST), factor })),
    ),
  };
}

/** One record per line: long enough to read, short enough to compare. */
function linesOf(data) {
  const members = Object.entries(data).map(([name, value]) =>
    Array.isArray(value) && value.some((item) => typeof item === 'object')
      ? `  ${JSON.stringify(name)}: [\n${value.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`
      : `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${members.join(',\n')}\n}\n`;
}

function fail(message) {
  throw new Error(message);
}

/** Every correction must still have its key: a renamed one would otherwise be lost without a word. */
function checkCorrections(keys) {
  const known = new Set(keys.map((key) => key.name));
  for (const table of [values, resetSince, resetUntil, defaults, commandLine]) {
    const stray = Object.keys(table).find((name) => !known.has(name));
    if (stray) fail(`a correction speaks of ${stray}=, which the facts do not know`);
  }
}

function main(factsDir) {
  const facts = JSON.parse(readFileSync(join(factsDir, 'nspawn.json'), 'utf8'));
  checkCorrections(facts.keys);
  const schema = {
    tool: 'systemd-nspawn',
    oldest: OLDEST,
    newest: NEWEST,
    versions: Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => OLDEST + index),
    booleans: { true: facts.meta.booleans.true, false: facts.meta.booleans.false },
    sections: [...new Set(facts.keys.map((key) => key.section))].map((name) => ({ name })),
    settings: facts.keys.map(settingOf),
  };
  const folder = new URL('../../server/src/schema/', import.meta.url);
  writeFileSync(new URL('nspawn.json', folder), linesOf(schema));
  writeFileSync(new URL('nspawn-words.json', folder), linesOf(vocabularies(facts)));
  console.log(`${schema.settings.length} settings in ${schema.sections.length} sections`);
}

const [factsDir] = process.argv.slice(2);
if (factsDir === undefined) {
  console.error(`usage: node ${basename(process.argv[1])} FACTS_DIR`);
  process.exitCode = 2;
} else {
  main(factsDir);
}
