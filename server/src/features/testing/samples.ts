import type { Setting } from '../../schema';

/** Values of one kind of setting, as people write them and as they are when half written. */
export interface Samples {
  /** Taken by the newest release without a complaint. */
  readonly right: readonly string[];
  /** Half written, or wrong. */
  readonly unfinished: readonly string[];
}

const booleans: Samples = { right: ['yes', 'No', '1', 'off'], unfinished: ['', 'ye', 'maybe'] };
const limits: Readonly<Record<string, Samples>> = {
  bytes: {
    right: ['0', '512M', '1.5G:infinity', '1G 512M:2G', 'infinity'],
    unfinished: ['', '1G:', '512', '2G:1G', 'inf', '1Gi', 'unlimited'],
  },
  seconds: { right: ['30', '1min 30s:2h', '500ms:infinity', 'infinity'], unfinished: ['', '30s:', 'inf', '1 fortnight'] },
  microseconds: { right: ['200ms:1s', '200000', 'infinity'], unfinished: ['', '1s:', '5x'] },
  count: { right: ['1024:65536', '0x10', 'infinity', '64:infinity'], unfinished: ['', '1024:', '64K', '20:10'] },
  nice: { right: ['+5', '10:20', '+5:-5'], unfinished: ['', '+5:', '41', 'infinity'] },
};

const byType: Readonly<Partial<Record<string, Samples>>> = {
  boolean: booleans,
  tristate: booleans,
  words: { right: ['a', `/bin/sh -c 'echo "a b"' x`, 'a  b'], unfinished: ['', 'a "b', 'a '] },
  environment: { right: ['A=b', 'LANG=C.UTF-8 "B=c d"  TERM=vt220'], unfinished: ['', 'A', 'A=b TE', 'A=b "C=d', 'TERM=linux '] },
  string: { right: ['web', '1000'], unfinished: ['', 'ro', '"web"'] },
  path: { right: ['/', '/srv/data', '/srv//data/.'], unfinished: ['', '/sr', '/srv/', 'srv', '/srv/../etc'] },
  'pivot-root': { right: ['/srv', '/srv/data:/mnt'], unfinished: ['', '/srv:', '/sr', 'srv:/mnt', '/srv:mnt'] },
  capabilities: {
    right: ['CAP_CHOWN', 'CAP_NET_ADMIN cap_kill  CAP_SYS_PTRACE', '12 CAP_CHOWN'],
    unfinished: ['', 'CAP_', 'CAP_CHOWN CAP_NE', 'NET_ADMIN', 'CAP_CHOWN,CAP_KILL', 'CAP_KILL ', 'CAP_CHOWN  CAP_KILL'],
  },
  signal: { right: ['SIGTERM', 'RTMIN+3', '15', 'SIGRTMAX-1'], unfinished: ['', 'SIG', 'TER', 'sigterm', 'RTMIN+99'] },
  personality: { right: process.arch === 'x64' ? ['x86-64', 'x86'] : [], unfinished: ['', 'x8', 'arm64', 'i386'] },
  id128: { right: ['5f1d7c3a9b2e4c68a0d4e7f19c3b6a52', '5f1d7c3a-9b2e-4c68-a0d4-e7f19c3b6a52'], unfinished: ['', '5f1d', '0'.repeat(32)] },
  'private-users': {
    right: ['yes', 'pick', 'identity', 'managed', '524288', '524288:65536', 'off'],
    unfinished: ['', 'pi', '0', '1', '524288:', ':65536', '65535', '4294967000:65536'],
  },
  unsigned: { right: ['0', '16'], unfinished: ['', '17', 'x'] },
  'syscall-filter': {
    right: ['@mount', '~@keyring  @swap', 'perf_event_open @aio bpf'],
    unfinished: ['', '~', '@', '@mou', '@mount ~@swap', 'mou', '@aio ', '@mount,@aio', 'bpf:EPERM'],
  },
  hostname: { right: ['web', 'build.example.org'], unfinished: ['', 'a_b', '-a'] },
  'oom-score': { right: ['-1000', '500', '0'], unfinished: ['', '2000', '-'] },
  'cpu-set': { right: ['0', '0-3 8', '0-3,8,10-11'], unfinished: ['', '0-', '3-1', 'x', '0,', '9000'] },
  'address-families': {
    right: ['none', 'AF_UNIX', '~AF_INET  af_inet6', 'AF_UNIX "AF_NETLINK"'],
    unfinished: ['', '~', 'AF_', 'AF_UNIX AF_I', 'no', 'INET', 'AF_INET, AF_INET6', 'AF_UNIX '],
  },
  bind: {
    right: [
      '/srv',
      '/srv/data:/mnt',
      '/srv/data:/mnt:norbind,rootidmap',
      ':/scratch',
      '+/etc:/mnt',
      '/srv/a b:/mnt',
      String.raw`/srv/c\:d:/mnt:idmap`,
    ],
    unfinished: [
      '',
      '/',
      '/sr',
      '/srv:',
      '/srv:/mnt:',
      '/srv:/mnt:nor',
      '/srv:/mnt:norbind,',
      '/srv:/mnt:ro',
      '/srv:mnt',
      '/srv:/mnt:,idmap',
      '/srv:/mnt:rbind,,idmap',
      'srv',
    ],
  },
  tmpfs: {
    right: ['/tmp', '/tmp:mode=1777', '/tmp:size=10%,mode=1777,noexec'],
    unfinished: ['', '/tm', '/tmp:', '/tmp:si', '/tmp:mode=1777,', '/tmp:,nosuid', 'tmp'],
  },
  inaccessible: { right: ['/etc/ssh'], unfinished: ['', '/et', 'etc'] },
  overlay: {
    right: ['/srv:/etc', '/srv:/srv/data:/mnt', '/srv::/mnt', '+/etc:/srv/a b:/srv/data:/etc'],
    unfinished: ['', '/srv', '/srv:', '/sr:/mnt', '/srv:/etc:mnt', ':/srv'],
  },
  'user-names': { right: ['lena', 'lena  otto'], unfinished: ['', 'le', 'lena ', '1000 otto', 'root', 'lena,otto'] },
  'bind-user-shell': { right: ['/bin/bash', 'yes', 'no'], unfinished: ['', '/bi', 'y', 'bash', '/bin/../sh'] },
  'interface-pairs': { right: ['eth0', 'eth0:lan0  eth1', 'eth0:'], unfinished: ['', 'et', 'eth0 ', 'eth0,eth1', 'eth0:a/b', ':lan0'] },
  'interface-pair': { right: ['ve-db', 've-db:backend'], unfinished: ['', 've-db:', 'a:b:c', 'a:b/c', ':b'] },
  interface: { right: ['br0'], unfinished: ['', 'b', 'name-that-is-too-long'] },
  zone: { right: ['lab'], unfinished: ['', 'l', 'name-too-long', 'a b'] },
  port: {
    right: ['80', '8080:80', 'tcp:80', 'udp:53:5353'],
    unfinished: ['', 't', 'tcp', 'tcp:', 'udp:53:', '8080:', 'TCP:80', '80-90', '127.0.0.1:80', 'tcp:80:80:80'],
  },
};

/** What a setting of nspawn may have as its value; undefined for a type without samples. */
export function samplesOf({ value }: Setting): Samples | undefined {
  if (value.type === 'rlimit') return limits[value.unit ?? ''];
  if (value.type !== 'enum') return byType[value.type];
  const words = (value.words ?? []).map((w) => w.word);
  const both = value.true === undefined ? [] : ['Yes', '0'];
  return { right: [...words, ...both], unfinished: ['', words[0]?.slice(0, 1) ?? 'x', 'Europe/Berlin'] };
}
