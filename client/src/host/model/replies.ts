/**
 * What the answers of machine1, import1 and systemd1 mean. Pure functions that trust nothing: an answer of another
 * shape is a BusError of kind `garbled`; an entry whose name cannot be one is left out.
 */
import { BusError } from '../dbus/bus';
import { isImageName, isMachineName, isUserName, machineOfUnit } from '../names';
import type { Address, Image, OsRelease } from './types';

/**
 * What is taken from a service at most. No honest one comes near; what is left out is told to `Tell`, and other rows
 * are not the worse for it.
 */
export const most = {
  /** Images, and likewise units and files of settings, of a host. */
  rows: 20_000,
  /** Machines that are registered: each is asked about. */
  machines: 5_000,
  /** Of one machine. */
  addresses: 100,
  /** Characters of a text, which may be a path (PATH_MAX). */
  text: 4096,
} as const;

/** Hears in a sentence what was left out. */
export type Warn = (message: string) => void;
const silent: Warn = () => undefined;

/** An entry of machine1 ListMachines. */
export interface ListedMachine {
  readonly name: string;
  readonly class: string;
  readonly service?: string;
}

/** The properties of a registered machine. */
export interface MachineProperties extends ListedMachine {
  /** `opening`, `running` or `closing`. */
  readonly state: string;
  readonly unit?: string;
  readonly leader?: number;
  readonly rootDirectory?: string;
  readonly since?: number;
}

/** What systemd1 says about `systemd-nspawn@NAME.service`. */
export interface Unit {
  readonly machine: string;
  /** `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading` ... */
  readonly active: string;
  /** The kind of job that waits or runs: `start`, `stop`, `restart` ... */
  readonly job?: string;
  /** `Result` of the service, for a failed unit. */
  readonly result?: string;
}

function garbled(what: string): BusError {
  return new BusError('garbled', `${what} has an unexpected shape.`);
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw garbled(what);
  return value;
}

/** The beginning of a list. */
function beginning(value: unknown, what: string, entries: number, warn: Warn): readonly unknown[] {
  const all = list(value, what);
  if (all.length > entries) warn(`${what} has more than ${entries} entries. The others are left out.`);
  return all.slice(0, entries);
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw garbled(what);
  // A slice would keep the whole.
  return value.length <= most.text ? value : Buffer.from(value.slice(0, most.text)).toString();
}

function flag(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw garbled(what);
  return value;
}

function integer(value: unknown, what: string): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  throw garbled(what);
}

/** The values of a dictionary by key, without what a hostile key such as `__proto__` could bring in. */
function dictionary(value: unknown, what: string): Pick<ReadonlyMap<string, unknown>, 'get' | 'has'> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw garbled(what);
  const all = value as Readonly<Record<string, unknown>>;
  return { get: (key) => (Object.hasOwn(all, key) ? all[key] : undefined), has: (key) => Object.hasOwn(all, key) };
}

/** `{ [key]: value }`, or nothing for a value that means "not known". */
function known<K extends string, V>(key: K, value: V | undefined): { readonly [k in K]?: V } {
  return value === undefined || value === '' ? {} : ({ [key]: value } as { [k in K]?: V });
}

/** Bytes; systemd says 2^64-1 for "unknown" and for "no limit". */
function size(value: unknown, what: string): number | undefined {
  const bytes = integer(value, what);
  return bytes >= 0n && bytes < 1n << 63n ? Number(bytes) : undefined;
}

/** Milliseconds since 1970 from microseconds; 0 and 2^64-1 mean "unknown". */
function time(value: unknown, what: string): number | undefined {
  const microseconds = size(value, what);
  return microseconds ? Math.floor(microseconds / 1000) : undefined;
}

/** machine1 ListMachines: `a(ssso)`. The host itself, `.host`, is not a machine of ours. */
export function readMachines([answer]: readonly unknown[], warn: Warn = silent): ListedMachine[] {
  const what = 'The list of machines';
  return beginning(answer, what, most.machines, warn).flatMap((entry) => {
    const [name, kind, service] = list(entry, what)
      .slice(0, 3)
      .map((field) => text(field, what));
    if (name === undefined || kind === undefined || service === undefined) throw garbled(what);
    return isMachineName(name) ? [{ name, class: kind, ...known('service', service) }] : [];
  });
}

/** Properties.GetAll of a machine: `a{sv}`. Only what has been there since systemd 219 is demanded. */
export function readMachine([answer]: readonly unknown[]): MachineProperties {
  const what = 'The description of a machine';
  const all = dictionary(answer, what);
  const name = text(all.get('Name'), what);
  if (!isMachineName(name)) throw garbled(what);
  return {
    name,
    class: text(all.get('Class'), what),
    state: text(all.get('State'), what),
    ...known('service', text(all.get('Service'), what)),
    ...known('unit', text(all.get('Unit'), what)),
    ...known('leader', Number(integer(all.get('Leader'), what)) || undefined),
    ...known('rootDirectory', text(all.get('RootDirectory'), what)),
    ...known('since', time(all.get('Timestamp'), what)),
  };
}

/** machine1 ListImages: `a(ssbttto)`, that is name, type, read-only, created, modified, usage, object. */
export function readImages([answer]: readonly unknown[], warn: Warn = silent): Image[] {
  const what = 'The list of images';
  return beginning(answer, what, most.rows, warn).flatMap((entry) => {
    const [name, type, readOnly, created, modified, usage] = list(entry, what);
    return image(what, { name, type, readOnly, created, modified, usage });
  });
}

/** Properties.GetAll of an image: `a{sv}`. Undefined for what is not an image of ours. */
export function readImage([answer]: readonly unknown[]): Image | undefined {
  const what = 'The description of an image';
  const all = dictionary(answer, what);
  const [found] = image(what, {
    name: all.get('Name'),
    type: all.get('Type'),
    readOnly: all.get('ReadOnly'),
    usage: all.get('Usage'),
    created: all.get('CreationTimestamp'),
    modified: all.get('ModificationTimestamp'),
  });
  return (
    found && {
      ...found,
      ...known('path', text(all.get('Path'), what)),
      ...known('limit', size(all.get('Limit'), what)),
    }
  );
}

type RawImage = Readonly<Record<'name' | 'type' | 'readOnly' | 'created' | 'modified' | 'usage', unknown>>;

function image(what: string, raw: RawImage): Image[] {
  const name = text(raw.name, what);
  const read = {
    name,
    type: text(raw.type, what),
    readOnly: flag(raw.readOnly, what),
    hidden: name.startsWith('.'),
    ...known('created', time(raw.created, what)),
    ...known('modified', time(raw.modified, what)),
    ...known('usage', size(raw.usage, what)),
  };
  return isImageName(name) && name !== '.host' ? [read] : [];
}

/** systemd1 ListUnitsByPatterns: `a(ssssssouso)`. Units of other kinds are left out. */
export function readUnits([answer]: readonly unknown[], warn: Warn = silent): Unit[] {
  const what = 'The list of units';
  return beginning(answer, what, most.rows, warn).flatMap((entry) => {
    const fields = list(entry, what);
    const machine = machineOfUnit(text(fields[0], what));
    const active = text(fields[3], what);
    const job = text(fields[8], what);
    return machine === undefined ? [] : [{ machine, active, ...known('job', job) }];
  });
}

/** The state of the only unit in such a list; undefined when there is none. */
export function readActiveState([answer]: readonly unknown[]): string | undefined {
  const what = 'The list of units';
  const [unit] = list(answer, what);
  return unit === undefined ? undefined : text(list(unit, what)[3], what);
}

/** A property that is a string, as Properties.Get gives it. */
export function readText([answer]: readonly unknown[]): string {
  return text(answer, 'A property');
}

/** The machines of a property that lists units, `as`. Other units are left out. */
export function readMachineUnits([answer]: readonly unknown[], warn: Warn = silent): ReadonlySet<string> {
  const what = 'The list of units that start with the system';
  return new Set(
    beginning(answer, what, most.rows, warn)
      .map((unit) => machineOfUnit(text(unit, what)))
      .filter((name) => name !== undefined),
  );
}

/** GetMachineOSRelease or GetImageOSRelease: `a{ss}`. */
export function readOsRelease([answer]: readonly unknown[]): OsRelease {
  const what = 'An os-release';
  const all = dictionary(answer, what);
  const field = (key: string) => (all.has(key) ? text(all.get(key), what) : undefined);
  return {
    ...known('id', field('ID')),
    ...known('versionId', field('VERSION_ID')),
    ...known('prettyName', field('PRETTY_NAME')),
  };
}

/** Properties.GetAll of systemd1.Manager and of login1.User, either of which may not have been told. */
export function readWho(
  manager: readonly unknown[] | undefined,
  user: readonly unknown[] | undefined,
): { readonly systemd?: number; readonly uid?: number; readonly name?: string } {
  const systemd = manager && dictionary(manager[0], 'The description of systemd').get('Version');
  const facts = user && dictionary(user[0], 'The description of a user');
  const version = typeof systemd === 'string' ? /^v?(\d{1,4})/.exec(systemd)?.[1] : undefined;
  const uid = facts?.get('UID'),
    name = facts?.get('Name');
  return {
    ...known('systemd', version === undefined ? undefined : Number(version)),
    ...(typeof uid === 'number' ? { uid } : {}),
    ...(typeof name === 'string' && isUserName(name) ? { name } : {}),
  };
}

/** Whether a dictionary holds nothing. */
export function isEmpty([answer]: readonly unknown[]): boolean {
  dictionary(answer, 'A dictionary');
  return Object.keys(answer as object).length === 0;
}

const ipv4 = 2;
const ipv6 = 10;

/** GetMachineAddresses: `a(iay)`, the numbers being Linux's AF_INET and AF_INET6. Others are left out. */
export function readAddresses([answer]: readonly unknown[], warn: Warn = silent): Address[] {
  const what = 'A list of addresses';
  return beginning(answer, what, most.addresses, warn).flatMap((entry): Address[] => {
    const [family, raw] = list(entry, what);
    const bytes = raw instanceof Uint8Array ? [...raw] : list(raw, what).map((byte) => Number(integer(byte, what)));
    const number = Number(integer(family, what));
    if (number === ipv4 && bytes.length === 4) return [{ family: 'ipv4', address: bytes.join('.') }];
    if (number === ipv6 && bytes.length === 16) return [{ family: 'ipv6', address: ipv6Text(bytes) }];
    if (number === ipv4 || number === ipv6) throw garbled(what);
    return [];
  });
}

/** A URL's host is written as RFC 5952 wants addresses: lower case, no leading zeros, `::` for the longest zeros. */
function ipv6Text(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
