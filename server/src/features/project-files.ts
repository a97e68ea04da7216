import type { FolderReading } from '../protocol';

/** What a file or folder of a mkosi project is for. */
export interface FileRole {
  readonly kind: 'configuration' | 'script' | 'value' | 'secret' | 'tree' | 'output';
  /** Continues the name in a list: short, without a full stop. */
  readonly what: string;
  /** A codicon. */
  readonly icon: string;
  /** Where it is a folder that mkosi reads itself. */
  readonly entries?: FolderReading;
}

const configuration = (what: string, icon = 'gear', entries?: FolderReading): FileRole => ({
  kind: 'configuration',
  what,
  icon,
  ...(entries === undefined ? {} : { entries }),
});
const script = (what: string): FileRole => ({ kind: 'script', what, icon: 'terminal', entries: 'scripts' });
const value = (what: string, icon = 'symbol-constant'): FileRole => ({ kind: 'value', what, icon });
const secret = (what: string): FileRole => ({ kind: 'secret', what, icon: 'key' });
const tree = (what: string): FileRole => ({ kind: 'tree', what, icon: 'file-directory' });
const output = (what: string): FileRole => ({ kind: 'output', what, icon: 'archive' });

/**
 * By the name after `mkosi.`, without `.chroot`, `.d` and `.tar`; in the order in which mkosi 27 reads the configuration
 * and runs the scripts (config.py `path_suffixes` and `parse_config_one`).
 */
const roles: Readonly<Record<string, FileRole>> = {
  local: configuration('local settings of this computer', 'account', 'folders'),
  'local.conf': configuration('local settings of this computer', 'account'),
  conf: configuration('main configuration'),
  default: configuration('main configuration of mkosi 14 and older'),
  'conf.d': configuration('drop-ins', 'files', 'dropins'),
  'default.d': configuration('drop-ins of mkosi 14 and older', 'files', 'files'),
  files: configuration('configurations for --all of mkosi 14 and older', 'files', 'files'),
  profiles: configuration('profiles', 'versions', 'folders'),
  images: configuration('images', 'layers', 'folders'),
  presets: configuration('images of mkosi 23 and older', 'layers', 'folders'),
  'tools.conf': configuration('configuration of the tools tree', 'tools', 'folders'),
  'initrd.conf': configuration('configuration of the initrd', 'server-process', 'folders'),
  'uki-profiles': configuration('profiles of the unified kernel image', 'versions', 'dropins'),
  configure: script('changes the configuration'),
  sync: script('fetches sources'),
  prepare: script('runs after the base packages'),
  build: script('builds from source'),
  postinst: script('runs after installation'),
  finalize: script('runs last, outside of the image'),
  postoutput: script('runs after the image is written'),
  clean: script('runs on clean'),
  bump: { ...script('prints the next version'), icon: 'versions' },
  version: value('version of the image', 'tag'),
  snapshot: value('snapshot of the repositories', 'tag'),
  seed: value('seed of partition ids'),
  'machine-id': value('machine ID of the image'),
  env: value('environment of the scripts', 'symbol-variable'),
  nspawn: value('how systemd-nspawn runs the image', 'vm'),
  rootpw: secret('password of root'),
  passphrase: secret('passphrase of encrypted partitions'),
  key: secret('private key'),
  'secure-boot.key': secret('private key, until mkosi 14'),
  crt: value('certificate', 'verified'),
  'secure-boot.crt': value('certificate, until mkosi 14', 'verified'),
  skeleton: tree('copied before packages are installed'),
  extra: tree('copied into the image'),
  sandbox: tree('copied into the sandbox of the tools'),
  pkgmngr: tree('configuration of the package manager'),
  packages: tree('local packages'),
  repart: tree('partitions'),
  credentials: tree('credentials for booting'),
  sysupdate: tree('transfers of systemd-sysupdate'),
  output: output('what was built'),
  builddir: output('kept between builds'),
  cache: output('cached images'),
  pkgcache: output('cached packages'),
  tools: output('tools tree'),
  workspace: output('temporary files'),
};
const order: readonly string[] = Object.keys(roles);

/** A name that mkosi may know, with what is specific in it. */
const ownName = /^mkosi\.(.+)$/;
/** Whether a file or folder may be for something by its name. */
export const mayHaveRole = (name: string): boolean => ownName.test(name);

/** What a file or folder is for in a folder that mkosi reads as configuration, and its place in the order. undefined: nothing. */
export function roleOf(name: string, isFolder: boolean): { readonly role: FileRole; readonly at: number } | undefined {
  const own = ownName.exec(name)?.[1];
  if (own === undefined) return undefined;
  // The whole name first: mkosi.conf.d is not a script.
  for (const short of [own, own.replace(/\.(chroot|d|tar)$/, '')]) {
    const role = roles[short];
    if (role === undefined || (short !== own && !fits(role, own, isFolder))) continue;
    const inside = own.endsWith('.chroot') ? { ...role, what: `${role.what}, inside the image` } : role;
    return { role: inside, at: order.indexOf(short) };
  }
  return undefined;
}

/** Scripts have a `.chroot` and a folder `.d`, trees an archive. */
function fits({ kind }: FileRole, own: string, isFolder: boolean): boolean {
  if (own.endsWith('.tar')) return kind === 'tree' && !isFolder;
  return kind === 'script' && isFolder === own.endsWith('.d');
}

/** Values that mkosi runs instead of reading them when they are executable (config.py `file_run_or_read`, since release 25). */
export const runsWhenExecutable: ReadonlySet<string> = new Set(
  ['version', 'snapshot', 'seed', 'machine-id', 'rootpw'].map((n) => `mkosi.${n}`),
);
