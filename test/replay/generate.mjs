// Makes test/replay/cases.json out of the schema: files as people write them, and as they should not.
//   node test/replay/generate.mjs
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../tools/setup.mjs';

/**
 * Numbers from 0 to 1 that are the same for the same seed (mulberry32).
 * @param {number} seed @returns {() => number}
 */
export function numbers(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let n = Math.imul(state ^ (state >>> 15), 1 | state);
    n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n;
    return ((n ^ (n >>> 14)) >>> 0) / 4294967296;
  };
}

/** So many of a list, each at most once. @template T @param {readonly T[]} list @param {number} count @param {() => number} next @returns {T[]} */
export function sample(list, count, next) {
  const rest = [...list],
    taken = [];
  while (taken.length < count && rest.length > 0) taken.push(...rest.splice(Math.floor(next() * rest.length), 1));
  return taken;
}

const read = (name) => JSON.parse(readFileSync(path.join(root, 'server/src/schema', name), 'utf8'));

/** Values by type, right and wrong ones; the words of the schema come on top. */
const values = {
  boolean: ['yes', 'no', 'On', '1', 'maybe', '', 'yes # x'],
  tristate: ['yes', 'off', 'TRUE', '2', '', '"yes"'],
  words: ['quiet', 'a "b c"', "it's", '', 'a\\ b'],
  environment: ['A=b', '"A=b c" B=1', 'A', '1A=b', ''],
  string: ['root', 'a b', ''],
  path: ['/srv', '/srv/../etc', 'srv', '//a//b/', ''],
  'pivot-root': ['/a', '/a:/b', 'a:b', '/a:b', ''],
  capabilities: ['CAP_NET_ADMIN', 'cap_sys_time CAP_MKNOD', 'NET_RAW', 'CAP_FOO', '12', '64', '', 'CAP_NET_RAW,CAP_CHOWN'],
  signal: ['SIGTERM', 'TERM', 'sigterm', '15', '0', '99', 'SIGRTMIN+3', 'RTMAX-1', 'SIGRTMIN+99', ''],
  personality: ['x86', 'x86-64', 'arm64', 'i386', ''],
  id128: ['0123456789abcdef0123456789abcdef', '01234567-89ab-cdef-0123-456789abcdef', '00000000000000000000000000000000', 'x', ''],
  'private-users': ['yes', 'no', '0', '65536', '65536:65536', '65535', '1:4294967295', '0x10', '-1', ''],
  unsigned: ['1', '0', '-1', 'x', '4294967296', ''],
  'syscall-filter': ['@mount', '~@mount', '~mount @swap', '@nothing', 'mount,umount2', 'nothing', 'mount:EPERM', ''],
  rlimit: ['1', 'infinity', '1:2', '2:1', '1K', '1G:infinity', 'unlimited', '-1', '5:', '+5', '0x10', '1h', ''],
  hostname: ['web', 'web.example.org', 'a_b', '-a', 'a..b', 'x'.repeat(70), ''],
  'oom-score': ['0', '-1000', '1001', '1K', '0x10', ''],
  'cpu-set': ['0-3', '0 2,4', '3-1', 'x', '9000', ''],
  enum: ['yes', 'no', 'none', 'AUTO', 'host', ''],
  'address-families': ['AF_INET AF_INET6', '~AF_PACKET', 'none', 'INET', 'AF_NONE', ''],
  bind: ['/srv', '/srv:/data', '/a:/b:norbind', '/a:/b:frob', 'srv', '+/x:/y', '/a:b', '/a:/b:ro', '', '/:/x', '/a:/'],
  tmpfs: ['/tmp', '/tmp:size=1G', 'tmp', '/tmp:frob', '/', ''],
  inaccessible: ['/srv', 'srv', '+/srv', '/', ''],
  overlay: ['/a:/b', '/a:/b:/c', '/a', 'a:b', '+/a::/b', '/a:/b:c', '/a:/b:/', ''],
  'user-names': ['alice', 'alice bob', '1000', 'a.b', '', 'Alice'],
  'bind-user-shell': ['yes', 'no', '/bin/sh', 'bin/sh', '/bin//sh', ''],
  'interface-pairs': ['eth9', 'eth9:lan0', 'eth9 eth8', 'a/b', 'abcdefghijklmnop', '"eth9"', 'eth9:a/b', ''],
  'interface-pair': ['ve-x', 've-x:eth1', 've-x:a/b', 'a/b', ''],
  interface: ['br0', 'a/b', '12', 'abcdefghijklmnop', ''],
  zone: ['lab', 'a/b', 'abcdefghijklm', ''],
  port: ['80', '8080:80', 'udp:53', 'tcp:8080:80', 'TCP:80', '0', '65536', '80-90', '080', ''],
};

/** What the grammar of the file itself makes of lines. */
const syntax = [
  '',
  '\n',
  '[Exec]',
  '[Exec]\n',
  '[Exec] # x\nBoot=yes\n',
  '[Exec\nBoot=yes\n',
  '[]\nBoot=yes\n',
  '[ Exec ]\nBoot=yes\n',
  '[exec]\nBoot=maybe\n',
  '[X-Mine]\nBoot=maybe\nstray\n',
  'Boot=yes\n[Exec]\n',
  'stray\n[Exec]\nBoot=maybe\n',
  '[Exec]\nstray\nBoot=maybe\n',
  '[Exec]\n=yes\n',
  '[Exec]\n = \n',
  '[Exec]\r\nBoot=maybe\r\n',
  '[Exec]\rBoot=maybe\r',
  '\ufeff[Exec]\nBoot=maybe\n',
  '[Exec]\nParameters=a \\\n  b \\\n# comment\n  c\nBoot=maybe\n',
  '[Exec]\nBoot=\\\nmaybe\n',
  '[Exec]\nBoot=maybe\\',
  '[Exec]\nParameters=a \\\n\nBoot=maybe\n',
  '[Exec]\n  Boot = maybe  \n',
  '[Exec]\nX-Boot=maybe\nx-Boot=1\n',
  '[Exec]\nboot=yes\n',
  '; comment\n[Exec]\n;Boot=maybe\n#Boot=maybe\n',
  '[Service]\nExecStart=/bin/true\n',
  '[Exec]\nMemoryMax=1G\n',
  '[Exec]\nBoot=yes\n[Exec]\nBoot=maybe\n',
  '["odd"]\nA=b\n',
  '[a*b]\nA=b\n',
  '[a\\b]\nA=b\n',
  '[Exec]]\nA=b\n',
  '[Exec]\nUser=a=b\nBoot==yes\n',
];

/** Lines that have to do with each other. */
const lines = {
  Exec: [
    'Boot=yes',
    'Boot=no',
    'ProcessTwo=yes',
    'Parameters=a b',
    'Ephemeral=yes',
    'LinkJournal=host',
    'LinkJournal=try-guest',
    'LinkJournal=no',
    'PrivateUsers=no',
    'PrivateUsers=pick',
    'PrivateUsers=65536',
    'PrivateUsers=identity',
    'AmbientCapability=CAP_NET_ADMIN',
    'AmbientCapability=CAP_SYS_MODULE',
    'AmbientCapability=all',
    'AmbientCapability=CAP_NET_BIND_SERVICE',
    'Capability=CAP_SYS_MODULE',
    'DropCapability=CAP_NET_BIND_SERVICE',
    'PrivateUsersDelegate=2',
    'Capability=all',
  ],
  Files: [
    'ReadOnly=yes',
    'Volatile=yes',
    'Volatile=state',
    'Volatile=overlay',
    'Bind=/a:/',
    'Bind=/a',
    'TemporaryFileSystem=/',
    'PrivateUsersOwnership=chown',
    'PrivateUsersOwnership=map',
    'PrivateUsersChown=yes',
    'BindUser=alice',
    'BindUserShell=/bin/bash',
    'BindUserShell=yes',
    'Overlay=/a:/b:/',
  ],
  Network: [
    'Private=no',
    'Private=yes',
    'VirtualEthernet=yes',
    'VirtualEthernet=no',
    'Bridge=br0',
    'Zone=lab',
    'Zone=',
    'Port=8080:80',
    'Port=8080:81',
    'Port=udp:8080:80',
    'MACVLAN=eth9',
    'Interface=eth9',
    'NamespacePath=/run/netns/a',
    'VirtualEthernetExtra=ve-x',
  ],
};

/** @returns {import('./nspawn.mjs').Case[]} */
export function generate() {
  const next = numbers(226_262),
    { settings, sections } = read('nspawn.json');
  const cases = new Map();
  const add = (kind, content, trust = 'trusted') => {
    const id = `${kind}-${createHash('sha256').update(content).digest('hex').slice(0, 10)}${trust === 'untrusted' ? '-u' : ''}`;
    cases.set(id, { id, kind, trust, content });
  };
  for (const { name, section, value } of settings) {
    const words = (value.words ?? []).map((w) => w.word);
    for (const v of sample([...new Set([...values[value.type], ...words])], 5, next)) add('value', `[${section}]\n${name}=${v}\n`);
    const [other] = sample(
      sections.map((s) => s.name).filter((s) => s !== section),
      1,
      next,
    );
    if (next() < 0.2) add('section', `[${other}]\n${name}=${values[value.type][0]}\n`);
    if (next() < 0.2) add('name', `[${section}]\n${name}s=${values[value.type][0]}\n`);
    if (next() < 0.3)
      add(
        'trust',
        `[${section}]\n${sample(values[value.type], 2, next)
          .map((v) => `${name}=${v}\n`)
          .join('')}`,
        'untrusted',
      );
    if (next() < 0.3)
      add(
        'repeat',
        `[${section}]\n${sample(values[value.type], 3, next)
          .map((v) => `${name}=${v}\n`)
          .join('')}`,
      );
  }
  for (const text of syntax) add('syntax', text);
  for (let i = 0; i < 160; i++) {
    const text = Object.entries(lines)
      .map(([section, some]) => {
        const chosen = sample(some, Math.floor(next() * 4), next);
        return chosen.length === 0 ? '' : `[${section}]\n${chosen.join('\n')}\n`;
      })
      .join('');
    add('combo', text, next() < 0.15 ? 'untrusted' : 'trusted');
  }
  return [...cases.values()];
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const cases = generate();
  writeFileSync(path.join(root, 'test/replay/cases.json'), `[\n${cases.map((c) => JSON.stringify(c)).join(',\n')}\n]\n`);
  console.log(`${cases.length} cases`);
}
