import type { Setting, Version } from './types';

/** Keys of old files that are not spelled like their option (mkosi v14 __init__.py SPECIAL_MKOSI_DEFAULT_PARAMS). */
const special: Readonly<Record<string, readonly [option: string, since?: Version]>> = {
  QCow2: ['--qcow2'],
  OutputDirectory: ['--output-dir'],
  WorkspaceDirectory: ['--workspace-dir', 10],
  NSpawnSettings: ['--settings'],
  ESPSize: ['--esp-size'],
  CheckSum: ['--checksum'],
  BMap: ['--bmap'],
  Packages: ['--package'],
  RemovePackages: ['--remove-package', 10],
  ExtraTrees: ['--extra-tree'],
  SkeletonTrees: ['--skeleton-tree'],
  BuildPackages: ['--build-package'],
  PostInstallationScript: ['--postinst-script'],
  GPTFirstLBA: ['--gpt-first-lba'],
  TarStripSELinuxContext: ['--tar-strip-selinux-context'],
  MachineID: ['--machine-id', 13],
  SignExpectedPCR: ['--sign-expected-pcr', 14],
};

/** Options that are not settings, but that a key can name all the same. */
const others: readonly { readonly option: string; readonly since?: Version; readonly flag?: boolean }[] = [
  { option: '--help', flag: true },
  { option: '--version', flag: true },
  { option: '--force', flag: true },
  { option: '--all', flag: true },
  { option: '--xz', since: 10, flag: true },
  { option: '--directory' },
  { option: '--default' },
  { option: '--config', since: 14 },
  { option: '--all-directory' },
  { option: '--debug' },
];

/** Second spellings of options. */
const doubles: Readonly<Record<string, string>> = {
  '--kernel-commandline': '--kernel-command-line',
  '--extra-search-path': '--extra-search-paths',
};

/** What a key of an old file is: a setting, another option, or an option that takes no value at all. */
export type Option = { readonly setting: Setting } | { readonly option: string; readonly flag: boolean };

/** The command line option that mkosi 14 and older make of a key: `RootSize` is `--root-size`. */
export function optionName(key: string, version: Version): string {
  const [option, since = 0] = special[key] ?? [];
  if (option !== undefined && since <= version) return option;
  return `--${key
    .replace(/(.)([A-Z][a-z]+)/gs, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()}`;
}

/** What mkosi takes a key for; it may be cut short up to 13, as long as only one option begins like that. */
export function optionOf(key: string, settings: readonly Setting[], version: Version): Option | undefined {
  const named = optionName(key, version),
    full = doubles[named] ?? named;
  const bySetting = new Map<string, Setting>();
  for (const setting of settings) {
    for (const option of [...(setting.cli ?? []), optionName(setting.name, version)]) {
      if (option.startsWith('--') && !option.includes('=') && (!bySetting.has(option) || setting.name === key))
        bySetting.set(option, setting);
    }
  }
  const flags = others.filter((o) => (o.since ?? 0) <= version);
  const exact = (option: string): Option | undefined => {
    const other = flags.find((o) => o.option === option);
    if (other !== undefined) return { option, flag: other.flag === true };
    const setting = bySetting.get(option);
    return setting === undefined ? undefined : { setting };
  };
  const found = exact(full);
  if (found !== undefined || version >= 13 || !/^--\S+$/.test(full)) return found;
  const begins = [...new Set([...bySetting.keys(), ...flags.map((f) => f.option)])].filter((o) => o.startsWith(full));
  return begins.length === 1 ? exact(begins[0] ?? '') : undefined;
}
