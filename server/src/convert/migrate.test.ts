import assert from 'node:assert/strict';
import fc from 'fast-check';
import { families, findings } from '../families';
import { Document, mkosi, mkosiLegacy, newest } from '../schema';
import { migrate } from './migrate';
import moves from './migrations.json';

const releases = mkosi.data.versions;

/** One mkosi.default, migrated. */
const one = (text: string, target = 27.1, path = 'mkosi.default') => {
  const result = migrate([{ path, text }], target);
  return { ...result, conf: result.files.find((f) => f.path.endsWith('mkosi.conf'))?.text };
};
const named = (files: readonly { path: string; text: string }[], path: string) => files.find((f) => f.path === path)?.text;

/** What the checker knows a release to refuse or to complain about; specifiers depend on what else is set. */
const complaints = (text: string, target: number): string[] =>
  findings({
    document: Document.of('file:///mkosi.conf', families.mkosi, text, { ...newest, mkosi: target }),
    launch: 'unit',
    trusted: true,
  })
    .filter((f) => (f.verdict === 'refused' || f.verdict === 'warned') && f.rule !== 'specifier')
    .map((f) => f.message);

describe('migration of mkosi.default', () => {
  const cases: readonly (readonly [what: string, from: string, to: string, target?: number])[] = [
    [
      'moves settings to their sections and keeps comments and order',
      '# top\n\n[Distribution]\nDistribution=fedora # why\n\n[Output]\n; boot it\nBootable=yes\nHostname=h\n\n[Packages]\nPackages=\n  a\n  # two\n  b\n',
      '# top\n\n[Distribution]\nDistribution=fedora # why\n\n[Content]\n# boot it\nBootable=yes\nHostname=h\nPackages=\n  a\n  # two\n  b\n',
    ],
    ['uses the names of the target release', '[Host]\nQemuMem=1024\nQemuHeadless=no\n', '[Host]\nQemuMem=1024M\nQemuGui=yes\n', 24],
    ['and those of the newest', '[Host]\nQemuMem=1024\nQemuHeadless=no\n', '[Runtime]\nRAM=1024M\nConsole=gui\n'],
    [
      'takes lists apart as mkosi 5 and 6 did',
      '[Content]\nPackages=[a b,c]\nExtraSearchPaths=/a:/b\n',
      '[Content]\nPackages=a,b,c\n\n[Build]\nExtraSearchPaths=/a,/b\n',
    ],
    ['drops resets of defaults', '[Output]\nKernelCommandLine=!* quiet\n', '[Content]\nKernelCommandLine=quiet\n'],
    ['doubles percent signs since 18', '[Output]\nKernelCommandLine=a=5% b\n', '[Content]\nKernelCommandLine=a=5%% b\n', 18],
    ['and takes them as they are before', '[Output]\nKernelCommandLine=a=5%% b\n', '[Content]\nKernelCommandLine=a=5% b\n', 17],
    ['splits the path of the output', '[Output]\nOutput=out/x.raw.xz\n', '[Output]\nOutput=x\nOutputDirectory=out\n'],
    ['joins password and hash', '[Validation]\nPassword=$6$x\nPasswordIsHashed=1\n', '[Content]\nRootPassword=hashed:$6$x\n'],
    [
      'renames architectures and releases',
      '[Distribution]\nDistribution=centos_epel\nRelease=9-stream\nArchitecture=aarch64\n',
      '[Distribution]\nDistribution=centos\nRepositories=epel\nRelease=9\nArchitecture=arm64\n',
    ],
    ['turns WithNetwork=never into two settings', '[Content]\nWithNetwork=never\n', '[Build]\nCacheOnly=always\nWithNetwork=no\n'],
    ['reads keys as options were called', '[Output]\noutput-dir=x\nOutputDir=y\n', '[Output]\nOutputDirectory=x\nOutputDirectory=y\n'],
    [
      'says what is lost where it stood',
      '[Output]\n# image\nQCow2=yes\nHostname=a\n',
      '[Output]\n# image\n# mkosi 27.1: mkosi writes raw images only; convert the result, for example in a PostOutputScripts= script\n# QCow2=yes\n\n[Content]\nHostname=a\n',
    ],
    ['leaves out what happens anyway', '[Output]\nQCow2=no\nBootProtocols=uefi\nBootable=yes\n', '[Content]\nBootable=yes\n'],
    ['splits boot protocols', '[Output]\nBootProtocols=uefi,bios,linux\n', '[Content]\nBiosBootloader=grub\n\n[Runtime]\nFirmware=linux\n'],
    ['takes indented settings for settings', '[Output]\n\tHostname=a\n', '[Content]\nHostname=a\n'],
    ['keeps CRLF', '[Output]\r\nHostname=a\r\n', '[Content]\r\nHostname=a\r\n'],
  ];
  for (const [what, from, to, target] of cases) it(what, () => assert.equal(one(from, target).conf, to));

  it('writes partition definitions', () => {
    const { files, conf, losses } = one(
      '[Output]\nFormat=gpt_btrfs\nBootable=yes\nVerity=signed\n\n[Partitions]\n# enough\nRootSize=3G\nHomeSize=1G\nSwapSize=512M\n',
    );
    assert.equal(conf, '[Output]\nFormat=disk\n\n[Content]\nBootable=yes\n');
    assert.equal(
      named(files, 'mkosi.repart/00-esp.conf'),
      '[Partition]\nType=esp\nFormat=vfat\nSizeMinBytes=512M\nSizeMaxBytes=512M\nCopyFiles=/boot:/\nCopyFiles=/efi:/\n',
    );
    assert.equal(
      named(files, 'mkosi.repart/10-root.conf'),
      '[Partition]\nType=root\nCopyFiles=/\nFormat=btrfs\nVerity=data\nVerityMatchKey=root\n# enough\nSizeMinBytes=3G\nSizeMaxBytes=3G\n',
    );
    assert.deepEqual(
      files.map((f) => f.path),
      [
        'mkosi.conf',
        ...['00-esp', '10-root', '20-home', '30-swap', '11-root-verity', '12-root-verity-sig'].map((n) => `mkosi.repart/${n}.conf`),
      ],
    );
    assert.deepEqual(
      losses.map((l) => [l.line, l.kind]),
      [
        [3, 'moved'],
        [3, 'check'],
        [7, 'moved'],
        [8, 'moved'],
        [9, 'moved'],
      ],
    );
  });

  it('asks for no partitions where there is no disk', () => {
    assert.deepEqual(
      one('[Output]\nFormat=tar\n[Partitions]\nRootSize=3G\n').files.map((f) => f.path),
      ['mkosi.conf'],
    );
  });

  it('moves drop-ins, and asks for the distribution of those that were for one', () => {
    const { files, actions } = migrate(
      [
        { path: 'p/mkosi.default', text: '[Output]\nFormat=gpt_ext4\n' },
        { path: 'p/mkosi.default.d/10-x', text: '[Content]\nPackages=a\n' },
        { path: 'p/mkosi.default.d/centos_epel/mkosi.epel', text: '[Content]\nPackages=b\n' },
        { path: 'p/mkosi.default.d/clear/c', text: '[Content]\nPackages=b\n' },
        { path: 'p/mkosi.files/mkosi.job', text: '[Content]\nPackages=j\n' },
      ],
      27.1,
    );
    assert.equal(named(files, 'p/mkosi.conf.d/centos_epel.conf'), '[Match]\nDistribution=centos\n\n[Content]\nPackages=b\n');
    assert.equal(named(files, 'p/mkosi.conf.d/10-x.conf'), '[Content]\nPackages=a\n');
    assert.equal(named(files, 'p/mkosi.profiles/job.conf'), '[Content]\nPackages=j\n');
    assert.deepEqual(
      actions.filter((a) => a.kind === 'by-hand').map((a) => a.path),
      ['p/mkosi.default.d/clear/c'],
    );
  });

  it('puts a password that a file cannot hold into mkosi.rootpw, for its owner alone', () => {
    const { files, conf } = one('[Content]\nPassword=a#b\nHostname=x\n');
    assert.deepEqual(
      files.find((f) => f.path === 'mkosi.rootpw'),
      { path: 'mkosi.rootpw', text: 'a#b\n', mode: 0o600 },
    );
    assert.equal(conf, '[Content]\nHostname=x\n');
  });

  it('says what happens to the files beside', () => {
    const present = ['mkosi.build', 'mkosi.cache', 'mkosi.secure-boot.key', 'mkosi.key', 'mkosi.postinst'];
    const actions = migrate([{ path: 'mkosi.default', text: '[Output]\nHostname=a\n' }], 27.1, { present }).actions;
    assert.deepEqual(
      actions.filter((a) => a.kind === 'rename').map((a) => [a.path, a.to]),
      [
        ['mkosi.cache', 'mkosi.pkgcache'],
        ['mkosi.build', 'mkosi.build.chroot'],
        ['mkosi.postinst', 'mkosi.postinst.chroot'],
        ['mkosi.default', 'mkosi.conf'],
      ],
    );
    assert.deepEqual(
      actions.filter((a) => a.kind === 'by-hand').map((a) => a.path),
      ['mkosi.secure-boot.key', 'mkosi.secure-boot.key'],
    );
  });

  it('leaves a file alone that a setting names', () => {
    const { actions } = migrate([{ path: 'mkosi.default', text: '[Content]\nCache=./mkosi.cache/\n' }], 27.1, {
      present: ['mkosi.cache'],
    });
    assert.deepEqual(
      actions.map((a) => [a.kind, a.path]),
      [
        ['by-hand', 'mkosi.cache'],
        ['rename', 'mkosi.default'],
      ],
    );
  });

  it('writes over nothing that was not read', () => {
    const { files, actions } = migrate([{ path: 'mkosi.default', text: '[Partitions]\nRootSize=1G\n' }], 27.1, {
      present: ['mkosi.repart/10-root.conf'],
    });
    assert.deepEqual(
      files.map((f) => f.path),
      ['mkosi.conf'],
    );
    assert.match(actions.at(-1)?.message ?? '', /SizeMinBytes=1G/);
  });

  it('knows what became of every setting', () => {
    for (const { name } of mkosiLegacy.data.settings)
      assert.ok(
        moves.legacy.some((m) => m.name === name),
        name,
      );
  });

  it('refuses a target that is older than mkosi.conf', () => assert.throws(() => one('', 14), RangeError));
});

describe('migration of mkosi.conf', () => {
  it('brings old files up to date', () => {
    const text =
      '[Distribution]\n@Release=41\n[Config]\nInclude=x\nProfile=p\n[Host]\nQemuSmp=2\nIncremental=yes\nQemuGui=yes\nAcl=yes\n[Content]\nBuildScript=b\n';
    assert.equal(
      one(text, 27.1, 'mkosi.conf').conf,
      '[Distribution]\nRelease=41\n[Config]\nProfiles=p\n\n[Include]\nInclude=x\n\n[Runtime]\nCPUs=2\n' +
        'Console=gui\n\n[Build]\nIncremental=yes\n\n[Content]\nBuildScripts=b\n',
    );
  });

  it('brings new files back', () => {
    assert.equal(
      one('[Config]\nMinimumVersion=27\n[Runtime]\nCPUs=2\nConsole=headless\n[Content]\nPackages=a b\n', 24, 'mkosi.conf').conf,
      '[Config]\nMinimumVersion=24\n# [Runtime]\n# mkosi 24: mkosi 24 does not support Console=, which was added in 25\n# Console=headless\n\n[Host]\nQemuSmp=2\n\n' +
        '[Content]\nPackages=a,b\n',
    );
  });

  it('leaves conditions and up-to-date files alone', () => {
    const text = '[Match]\nDistribution=fedora\n\n\n\n  # odd\n[Content]\nPackages=a\n\n[Match]\nProfiles=x\n';
    assert.deepEqual(migrate([{ path: 'mkosi.conf', text }], 27.1), { files: [], actions: [], losses: [] });
  });

  it('says which list items change their meaning', () => {
    const { losses } = one('[Config]\nMinimumVersion=25\n[Content]\nPackages=a b,c\n', 27.1, 'mkosi.conf');
    assert.deepEqual(
      losses.map((l) => [l.line, l.kind]),
      [[3, 'check']],
    );
    const back = migrate([{ path: 'mkosi.conf', text: '[Content]\nPackages=a b\n' }], 26, { from: 27 });
    assert.equal(named(back.files, 'mkosi.conf'), '[Content]\nPackages=a,b\n');
  });
});

describe('every migration', () => {
  const word = fc.constantFrom(
    'yes',
    'no',
    '',
    'auto',
    'a b',
    'a,b',
    '[a,b]',
    '!*',
    '!a b',
    '#x',
    'a#b',
    '50%',
    '%%',
    '1G',
    '1024',
    'tar',
    'gpt_ext4',
    'fedora',
    'xz',
    'zlib',
    'bios,uefi',
    'x/y.raw',
    '/abs',
    'a:b',
    '\n  one\n  # c\n  two',
    'a ; c',
    '"q',
    '\u00e9',
  );
  const legacyNames = mkosiLegacy.data.settings.map((s) => s.name),
    modernNames = mkosi.data.settings.map((s) => s.name);
  const line = (names: readonly string[]) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...names), word).map(([n, v]) => `${n}=${v}\n`) },
      fc.constantFrom(
        '# c\n',
        '\n',
        '; c\n',
        'stray\n',
        '[Partitions]\n',
        '[Content]\n',
        '[Host]\n',
        '[Output]\n',
        '[Match]\n',
        ' indented=1\n',
        '[broken\n',
      ),
    );
  const file = (names: readonly string[]) => fc.array(line(names), { maxLength: 12 }).map((lines) => `[Output]\n${lines.join('')}`);

  for (const [path, names] of [
    ['mkosi.default', legacyNames],
    ['mkosi.conf', modernNames],
  ] as const) {
    it(`of ${path} gives what the release takes, and gives it again`, () => {
      fc.assert(
        fc.property(file(names), fc.constantFrom(...releases), (text, target) => {
          const { files } = migrate([{ path, text }], target);
          const conf = named(files, 'mkosi.conf') ?? text;
          assert.deepEqual(complaints(conf, target), []);
          assert.equal(named(migrate([{ path: 'mkosi.conf', text: conf }], target, { from: target }).files, 'mkosi.conf') ?? conf, conf);
        }),
        { numRuns: 150 },
      );
    });
  }
});
