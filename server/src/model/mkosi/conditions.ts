import type { SchemaVersion, Setting } from '../../schema';
import { shortened } from '../../syntax';
import { truth, type Value } from './assign';
import { type FileSystem, resolve } from './file-system';
import { pattern } from './glob';
import { meetsVersion } from './versions';

/** Whether a condition holds, or why mkosi gives up at it. */
export type Answer = boolean | { readonly stop: string };

/** What a condition asks of: the image, and the folder that paths are relative to. */
export interface Asking {
  readonly edition: SchemaVersion;
  readonly disk: FileSystem;
  readonly image: string;
  readonly folder: string;
}

/** The answer to a condition of `[Match]` and its sisters (mkosi 27.1 config.py, functions match_*). */
export function holds(setting: Setting, wanted: string, value: Value, { edition, disk, image, folder }: Asking): Answer {
  if (wanted === '' && edition.version < 25) return { stop: 'A condition needs a value' };
  switch (setting.name) {
    case 'PathExists': {
      const path = wanted === '' ? undefined : wanted;
      return path !== undefined && disk.kind(resolve(folder, path)) !== undefined;
    }
    case 'SystemdVersion':
      return wanted !== '' && meetsVersion(wanted, disk.host.systemd);
    case 'HostArchitecture':
      return isWord(setting, wanted, edition) ?? wanted === disk.host.architecture;
    case 'Image':
      return wanted === image;
  }
  if (value === null) return false;
  const type = setting.matchValue ?? setting.value;
  switch (setting.name) {
    case 'ImageId':
      return typeof value === 'string' && pattern(wanted)(value);
    case 'ImageVersion':
      return typeof value === 'string' && meetsVersion(wanted, value);
    case 'Bootable': {
      if (wanted !== 'auto' && !(edition.version >= 21 && (wanted === 'enabled' || wanted === 'disabled')) && truth(wanted) === undefined) {
        return { stop: `"${shortened(wanted)}" is neither auto nor yes nor no` };
      }
      const known = truth(wanted);
      return value === (known === undefined ? wanted : known ? 'enabled' : 'disabled');
    }
    case 'BuildSources':
      return (
        Array.isArray(value) &&
        (value as readonly string[]).some((tree) => tree.includes(':') && normal(tree.slice(tree.indexOf(':') + 1)) === normal(wanted))
      );
    case 'Environment': {
      if (!(value instanceof Map)) return false;
      const map = value as ReadonlyMap<string, string>,
        equals = wanted.indexOf('=');
      return equals < 0 ? map.has(wanted) : map.get(wanted.slice(0, equals)) === wanted.slice(equals + 1);
    }
    case 'Profiles':
      if (/\//.test(wanted) || ['.', '..'].includes(wanted.trim())) return { stop: `"${shortened(wanted)}" is not a profile name` };
      break;
    case 'Architecture':
      if (wanted === 'uefi' && edition.version >= 26) return typeof value === 'string' && uefi.includes(value);
      break;
  }
  if (type.type === 'enum') return isWord(setting, wanted, edition) ?? value === wanted;
  if (Array.isArray(value)) return wanted === '' ? value.length === 0 : (value as readonly string[]).includes(wanted);
  return value === wanted;
}

const normal = (path: string): string =>
  path
    .split('/')
    .filter((p) => p !== '' && p !== '.')
    .join('/');

/** Architectures that UEFI runs on. */
const uefi: readonly string[] = ['x86', 'x86-64', 'arm', 'arm64', 'riscv32', 'riscv64', 'loongarch64'];

function isWord({ value }: Setting, wanted: string, { version }: SchemaVersion): { readonly stop: string } | undefined {
  const known = value.words?.some((w) => w.word === wanted && (w.since ?? 0) <= version && version <= (w.until ?? Infinity));
  return known === true ? undefined : { stop: `"${shortened(wanted)}" is not valid here` };
}
