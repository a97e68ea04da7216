// Projects of mkosi as people write them, and as they should not, made out of the schema of a release.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../tools/setup.mjs';

/** @typedef {{ id: string, files: Record<string, string>, modes?: Record<string, number> }} Case */

const read = (name) => JSON.parse(readFileSync(path.join(root, 'server/src/schema', name), 'utf8'));

/** Values by type, right and wrong ones; the words of the schema come on top. */
const values = {
  boolean: ['yes', 'no', 'On', '1', 'maybe', 'TRUE', 'yes ; x'],
  feature: ['auto', 'yes', 'no', 'automatic', 'enabled'],
  enum: ['none', 'NONE', 'x'],
  string: ['web', 'a b', '"a b"', 'a#b', '%d-%q', '100%'],
  version: ['7', '7.1~rc1', 'x'],
  size: ['1G', '512M', '1g', '1.5G', '2T', '1GB', '0', '-1G', '4096'],
  integer: ['1', '0', '-1', 'x', '1_0', '99999'],
  octal: ['644', '0755', '8', '2000', 'x'],
  path: ['/srv', 'here', './here', '/srv/../x', '~/x'],
  filename: ['web', 'a/b', '.', '..'],
  uuid: ['random', '0123456789abcdef0123456789abcdef', '01234567-89ab-cdef-0123-456789abcdef', 'x'],
  password: ['secret', 'hashed:x', ''],
  source: ['file', 'engine:x', 'provider:y', 'x'],
  pair: ['a=b', 'a', 'a=b c=d', '"a=b c"', 'a="b'],
  environment: ['A=b', 'A=b B=c', 'A', 'A="b c"', "A='b"],
  credentials: ['a=b', 'a=b c=d', 'none'],
  glob: ['*.ko', 'a,b', '!x', ''],
  regex: ['x', 'default', 'a.*b', ''],
  tree: ['here', 'here:/there', 'here:there', '/srv:', '/srv:/x:y'],
  drive: ['a:1G', 'a', 'a/b:1G', 'a:1g', ':1G', 'a:1G:x:y:z:persist'],
};
const listed = ['a,b', 'a b', 'a, b', 'a\n    b', '"a b"', ''];

/** One value of a setting. */
function valueOf({ value }, next) {
  const of = value.of ?? value,
    words = (of.words ?? value.words ?? []).map((w) => w.word);
  const choices = [
    ...(values[of.type] ?? values[value.type] ?? values.string),
    ...words,
    ...words,
    '',
    ...(value.list === undefined ? [] : listed),
  ];
  return choices[Math.floor(next() * choices.length)];
}

/** What people do to the line of a setting: most often nothing. */
const slips = [
  (name, value) => `${name}=${value}`,
  (name, value) => `${name}=${value}`,
  (name, value) => `${name}=${value}`,
  (name, value) => `${name} = ${value}`,
  (name, value) => `${name}=${value} # why`,
  (name, value) => `${name}s=${value}`,
  (name, value) => `${name.toLowerCase()}=${value}`,
  (name, value) => `@${name}=${value}`,
  (name, value) => `;${name}=${value}`,
  (name, value) => `${name}=${value}\n${name}=${value}`,
  (name) => name,
];

/**
 * Projects for one release.
 * @param {number} release @param {number} count @param {() => number} next numbers from 0 to 1
 * @returns {Case[]}
 */
export function projects(release, count, next) {
  const { settings, sections } = read(release < 15 ? 'mkosi-legacy.json' : 'mkosi.json');
  const has = ({ since = 0, until = Infinity }) => since <= release && release <= until;
  const pick = (list) => list[Math.floor(next() * list.length)];
  const known = settings.filter(has),
    sectionOf = (s) => s.places?.find(has)?.section ?? s.section,
    names = sections.filter(has).map((s) => s.name);
  const file = release < 15 ? 'mkosi.default' : 'mkosi.conf';
  const line = (setting) => pick(slips)(setting.name, valueOf(setting, next));
  const block = (setting, section = next() < 0.9 ? sectionOf(setting) : pick([...names, 'Nonsense'])) => `[${section}]\n${line(setting)}\n`;
  /** Where a file of a project may lie; drop-ins of old releases have no ending. */
  const places =
    release < 15
      ? ['mkosi.default.d/10-more']
      : [
          'mkosi.conf.d/10-more.conf',
          'mkosi.images/base/mkosi.conf',
          'mkosi.images/tools.conf',
          'mkosi.profiles/desk.conf',
          'mkosi.local.conf',
          'mkosi.tools.conf',
        ];
  // What asks for a terminal, an agent or a device has another answer on another host.
  const open = (s) => !['SkipFinalPhase', 'SshAgent', 'Verity', 'Encrypt', 'QemuKvm'].includes(s.name);
  return Array.from({ length: count }, (_, i) => {
    const settings = known.filter(open),
      first = '[Distribution]\nDistribution=debian\nRelease=bookworm\n';
    // mkosi 14 refuses a file with a repeated section.
    const head = release < 15 ? first : pick(['', first, '[Match]\nDistribution=debian\n\n', '[Config]\nProfiles=desk\n']);
    const body =
      release < 15
        ? block(pick(settings.filter((s) => sectionOf(s) !== 'Distribution')))
        : [block(pick(settings)), ...(next() < 0.5 ? [block(pick(settings))] : [])].join('\n');
    const more = next() < 0.4 ? { [pick(places)]: block(pick(settings)) } : {};
    return { id: `${release}-${i}`, files: { [file]: `${head}${body}`, ...more } };
  });
}

/** Projects of old releases, to be taken to new ones. */
export const legacy = [
  {
    id: 'plain',
    files: {
      'mkosi.default':
        '# A small image\n[Distribution]\nDistribution=debian\nRelease=bookworm\n\n[Output]\nFormat=gpt_ext4\nOutput=web.raw\n\n[Packages]\nPackages=\n    systemd\n    nginx\n',
    },
  },
  {
    id: 'secure',
    files: {
      'mkosi.default':
        '[Distribution]\nDistribution=fedora\nRelease=37\n\n[Output]\nFormat=gpt_squashfs\nBootable=yes\nQCow2=yes\nCompress=zstd\n\n[Validation]\nPassword=\nAutologin=yes\nCheckSum=yes\nSign=no\n',
    },
  },
  {
    id: 'partitions',
    files: {
      'mkosi.default':
        '[Distribution]\nDistribution=arch\n\n[Output]\nFormat=gpt_btrfs\nBootable=yes\n\n[Partitions]\nRootSize=4G\nESPSize=512M\nHomeSize=2G\nSwapSize=1G\n',
    },
  },
  {
    id: 'drop-ins',
    modes: { 'mkosi.build': 0o755 },
    files: {
      'mkosi.default': '[Distribution]\nDistribution=ubuntu\nRelease=jammy\n[Output]\nFormat=directory\nHostname=builder\n',
      'mkosi.default.d/10-packages': '[Packages]\nPackages=gcc,make\nBuildPackages=git\nWithNetwork=yes\nCleanPackageMetadata=no\n',
      'mkosi.build': '#!/bin/sh\nexit 0\n',
    },
  },
  {
    id: 'host',
    files: {
      'mkosi.default':
        '[Distribution]\nDistribution=opensuse\nRelease=tumbleweed\n[Host]\nQemuHeadless=yes\nQemuSmp=2\nQemuMem=2G\nNetworkVeth=yes\nEphemeral=yes\nKernelCommandLine=quiet console=ttyS0\n',
    },
  },
  {
    id: 'container',
    files: {
      'mkosi.default':
        '[Distribution]\nDistribution=centos\nRelease=9\n[Output]\nFormat=tar\nOutputDirectory=out\nManifestFormat=json\n[Content]\nEnvironment=A=b C=d\nRemoveFiles=/usr/share/doc,/usr/share/man\n',
    },
  },
];
