import { byEdition, has, type SchemaVersion, type Setting } from '../../schema';
import { assign, type Value } from './assign';
import type { FileSystem } from './file-system';

/** The release that a distribution has when none is chosen (mkosi/distribution/*.py default_release). */
const releases: Readonly<Record<string, readonly (readonly [until: number, release: string])[]>> = {
  arch: [[99, 'rolling']],
  azure: [[99, '3.0']],
  centos: [
    [25, '9'],
    [99, '10'],
  ],
  alma: [
    [25, '9'],
    [99, '10'],
  ],
  rocky: [
    [25, '9'],
    [99, '10'],
  ],
  rhel: [
    [25, '9'],
    [99, '10'],
  ],
  'rhel-ubi': [
    [25, '9'],
    [99, '10'],
  ],
  debian: [[99, 'testing']],
  fedora: [
    [22, '39'],
    [24.3, '40'],
    [99, 'rawhide'],
  ],
  kali: [[99, 'kali-rolling']],
  mageia: [[99, 'cauldron']],
  openmandriva: [[99, 'cooker']],
  opensuse: [[99, 'tumbleweed']],
  postmarketos: [[99, 'edge']],
  ubuntu: [
    [22, 'lunar'],
    [25.3, 'noble'],
    [99, 'devel'],
  ],
};
const releaseOf = (distribution: string, { version }: SchemaVersion): string =>
  releases[distribution]?.find(([until]) => version <= until)?.[1] ?? '';

const fedoras: readonly string[] = ['centos', 'alma', 'rocky', 'rhel', 'rhel-ubi', 'azure'];

/**
 * What has been assigned so far, and the defaults of the rest. Values of the command line, of local configuration and
 * of the main image come before those of files (config.py ParseContext).
 */
export class ConfigValues {
  /** Lists that were made here, so that they may grow. */
  private readonly made = new WeakSet();
  /** Settings whose value is what an executable file prints, which is not run here; by name, the path of that file. */
  readonly printed = new Map<string, string>();

  constructor(
    readonly edition: SchemaVersion,
    readonly disk: FileSystem,
    readonly image: string,
    readonly first: Map<string, Value> = new Map(),
    readonly own: Map<string, Value> = new Map(),
  ) {}

  assign(setting: Setting, text: string): void {
    const old = this.own.get(setting.name);
    const value = assign(setting, text, old, this.edition.version, typeof old === 'object' && old !== null && this.made.has(old));
    if (typeof value === 'object' && value !== null && value !== old) this.made.add(value);
    this.own.set(setting.name, value);
  }

  /** What files have assigned comes before everything that follows. */
  promote(): void {
    for (const name of [...this.own.keys()]) this.first.set(name, this.value(name));
    this.own.clear();
  }

  /** The value of a setting; null when it has none. */
  value(name: string): Value {
    const first = this.first.get(name) ?? null,
      own = this.own.get(name) ?? null;
    if (first !== null) {
      if (own === null) return first;
      if (Array.isArray(first)) return [...(own as readonly string[]), ...(first as readonly string[])];
      return first instanceof Map ? new Map([...(own as ReadonlyMap<string, string>), ...first]) : first;
    }
    if (!this.first.has(name) && own !== null) return own;
    const setting = this.edition.inAnySection(name);
    if ((this.first.has(name) || this.own.has(name)) && setting !== undefined) {
      if (setting.value.type === 'dict') return new Map();
      if (setting.value.list !== undefined) return [];
      if (this.edition.version >= 26 && setting.default === undefined) return null;
    }
    return this.default(name);
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** The items of a list, none if it is not a list; they may become more when something is assigned. */
  list(name: string): readonly string[] {
    const value = this.value(name);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  /** The lists that the items of a setting are in, in their order; the same ones as long as they only grow. */
  lists(name: string): readonly (readonly string[])[] {
    const first = this.first.get(name) ?? null,
      own = this.own.get(name) ?? null;
    if (first === null || own === null) return [this.list(name)];
    return [own, first].filter((list) => Array.isArray(list)) as (readonly string[])[];
  }

  private default(name: string): Value {
    const {
      edition,
      disk: { host },
    } = this;
    if (!edition.modern) return name === 'Distribution' ? host.distribution : null;
    switch (name) {
      case 'Distribution':
        return host.distribution;
      case 'Release': {
        const distribution = this.text('Distribution') ?? '';
        return distribution === host.distribution ? host.release : releaseOf(distribution, edition);
      }
      case 'Architecture':
        return host.architecture;
      case 'Format':
        return 'disk';
      case 'Bootable':
        return 'auto';
      case 'Bootloader':
        return 'systemd-boot';
      case 'Output': {
        const version = this.text('ImageVersion');
        const stem = this.image === 'main' ? (this.text('ImageId') ?? 'image') : this.image;
        return version === undefined ? stem : `${stem}_${version}`;
      }
      case 'ToolsTreeDistribution': {
        const { distribution } = host;
        return distribution === 'ubuntu' ? 'debian' : fedoras.includes(distribution) ? 'fedora' : distribution;
      }
      case 'ToolsTreeRelease':
        return releaseOf(this.text('ToolsTreeDistribution') ?? '', edition);
      case 'Initrds':
        return edition.version >= 27 && this.wantsInitrd() ? ['default'] : [];
    }
    const setting = edition.inAnySection(name);
    if (setting?.value.type === 'dict') return new Map();
    return setting?.value.list === undefined ? null : [];
  }

  /** Whether an image that says nothing of initrds gets one (mkosi 27.1 config.py config_default_initrds). */
  private wantsInitrd(): boolean {
    const format = this.text('Format') ?? 'disk',
      bootable = this.text('Bootable');
    if (['uki', 'esp'].includes(format) || bootable === 'disabled') return false;
    if (bootable !== 'auto') return true;
    if (['cpio', 'directory', 'sysext', 'confext', 'portable', 'addon', 'oci'].includes(format) || this.text('Overlay') === 'yes')
      return false;
    return [...this.list('Packages'), ...this.list('VolatilePackages')].some(isKernel);
  }
}

const isKernel = (name: string): boolean => /^(kernel(-core|-uek)?|linux(-image.*|-lts|-zen|-hardened|-generic)?)$/.test(name);

/** Whether an image may not set a setting (mkosi 27.1 config.py setting_prohibited). */
export function prohibited({ scope, tools, value }: Setting, image: string, edition: SchemaVersion): boolean {
  if (image === 'main' || scope === undefined || edition.version < 24) return false;
  if (edition.version < 25)
    return scope === 'universal' || scope === 'multiversal' ? value.list === undefined && value.type !== 'dict' : false;
  if (edition.version < 26) return scope === 'universal' || scope === 'multiversal';
  if (image === 'tools' && tools !== true) return true;
  return ['main', 'multiversal', 'tools', 'initrd'].includes(scope) || (scope === 'universal' && image !== 'tools');
}

/** A file that sets a setting by lying in the project. */
export interface ImplicitFile {
  readonly name: string;
  readonly setting: Setting;
  /** The file's text is the value; otherwise its path is. */
  readonly read: boolean;
}

const readNames: readonly string[] = ['mkosi.version', 'mkosi.rootpw', 'mkosi.seed', 'mkosi.machine-id', 'mkosi.snapshot'];
const younger: Readonly<Record<string, number>> = {
  'mkosi.credentials': 26,
  'mkosi.seed': 25,
  'mkosi.sandbox': 25,
  'mkosi.sandbox.tar': 25,
  'mkosi.pkgmngr': 21,
  'mkosi.pkgmngr.tar': 21,
};

/** The files that set something in one release. */
export const implicitFiles = byEdition((edition): ImplicitFile[] => {
  const found: ImplicitFile[] = [];
  for (const record of edition.schema.data.settings) {
    for (const name of record.files ?? []) {
      const setting =
        edition.inAnySection(record.name) ?? record.aliases?.map((a) => edition.inAnySection(a.name)).find((s) => s !== undefined);
      if (setting === undefined || !has({ since: younger[name] ?? 0 }, edition.version)) continue;
      if (name.includes('*') && edition.version < 25) continue;
      found.push({ name, setting, read: readNames.includes(name) && (edition.version >= 21 || name === 'mkosi.rootpw') });
    }
  }
  return found;
});
