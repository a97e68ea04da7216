/** The questions we ask the host: one function, one call. Signatures are those of systemd 230 to 262. */
import { pooled } from '../async';
import { type Bus, BusError, type Method } from '../dbus/bus';
import { pathOfImage, pathOfMachine, pathOfUnit, unitOfMachine } from '../names';
import * as read from './replies';
import type { Address, Image, OsRelease } from './types';

export const machined = 'org.freedesktop.machine1';
export const importd = 'org.freedesktop.import1';
export const systemd = 'org.freedesktop.systemd1';
export const machinedManager = `${machined}.Manager`;
export const systemdManager = `${systemd}.Manager`;
export const importdManager = `${importd}.Manager`;
export const systemdPath = '/org/freedesktop/systemd1';
export const properties = 'org.freedesktop.DBus.Properties';

const machinedMethod = { destination: machined, path: '/org/freedesktop/machine1', interface: machinedManager };
const machinedUnit = 'systemd-machined.service';
/** The object whose changes tell that machined begins or ends. */
export const machinedUnitPath = pathOfUnit(machinedUnit);
const systemdMethod = { destination: systemd, path: systemdPath, interface: systemdManager };

/** The first argument are states, the second patterns of names. */
const listUnitsByPatterns: Method = {
  ...systemdMethod,
  member: 'ListUnitsByPatterns',
  takes: 'asas',
  returns: 'a(ssssssouso)',
};

const getAll = (destination: string, path: string): Method => ({
  destination,
  path,
  interface: properties,
  member: 'GetAll',
  takes: 's',
  returns: 'a{sv}',
});

/** A list of thousands of images on a slow disk may take its time. */
const patience = 25_000;

/** Questions about single machines under way at the same time. */
export const parallel = 8;

/** Names from which on systemd is asked for all units instead: it compares each unit with each pattern. */
const manyPatterns = 1000;

/** Asks systemd to send signals about its units; without it there are none. */
export async function subscribe(bus: Bus): Promise<void> {
  await unless(
    (error) => error === `${systemd}.AlreadySubscribed`,
    () => bus.call({ ...systemdMethod, member: 'Subscribe', returns: '' }),
  );
}

/**
 * Whether machined runs without its name on the bus, as it does for two seconds after the bus was restarted (systemd
 * 262), until systemd ends it. Asking it for something then starts nothing, because it runs; but from then on the bus
 * blocks all its callers, machinectl too, for as long as it waits for a service to start.
 */
export async function machinedLostItsName(bus: Bus): Promise<boolean> {
  const daemon = 'org.freedesktop.DBus';
  const daemonMethod = { destination: daemon, path: '/org/freedesktop/DBus', interface: daemon };
  const [owned] = await bus.call({ ...daemonMethod, member: 'NameHasOwner', takes: 's', returns: 'b' }, [machined]);
  if (owned === true) return false;
  return read.readActiveState(await bus.call(listUnitsByPatterns, [[], [machinedUnit]])) === 'active';
}

/** Whether machined is masked, and then by which command it is unmasked; undefined when it is not. */
export async function unmaskingMachined(bus: Bus): Promise<readonly string[] | undefined> {
  const method = { ...systemdMethod, member: 'GetUnitFileState', takes: 's', returns: 's' };
  const state = await orRefused(async () => read.readText(await bus.call(method, [machinedUnit])));
  // A mask below /run lasts until the next boot, and is another one (systemctl(1)).
  if (state === 'masked-runtime') return ['systemctl', 'unmask', '--runtime', machinedUnit];
  return state === 'masked' ? ['systemctl', 'unmask', machinedUnit] : undefined;
}

export async function listMachines(bus: Bus, warn: read.Warn): Promise<read.ListedMachine[]> {
  return read.readMachines(await bus.call({ ...machinedMethod, member: 'ListMachines', returns: 'a(ssso)' }), warn);
}

export async function listImages(bus: Bus, warn: read.Warn): Promise<Image[]> {
  const method = { ...machinedMethod, member: 'ListImages', returns: 'a(ssbttto)' };
  return read.readImages(await bus.call(method, [], patience), warn);
}

/**
 * The units of these machines (of all when undefined) as far as systemd has them in memory. By pattern, because
 * asking by name makes systemd load a unit, announce it, drop it and announce that: each answer would be followed
 * by signals that make us ask again.
 */
export async function listUnits(bus: Bus, machines: readonly string[] | undefined, warn: read.Warn): Promise<read.Unit[]> {
  const patterns = machines === undefined || machines.length > manyPatterns ? ['*'] : machines;
  const units = read.readUnits(await bus.call(listUnitsByPatterns, [[], patterns.map(unitOfMachine)]), warn);
  await pooled([...units.entries()], parallel, async ([at, unit]) => {
    if (unit.active === 'failed') units[at] = { ...unit, result: await resultOfUnit(bus, unit.machine) };
  });
  return units;
}

const machinesTargetPath = pathOfUnit('machines.target');

/**
 * The machines that start with the system: `machinectl enable` makes machines.target want their units. Undefined when
 * systemd does not tell.
 */
export async function autostarted(bus: Bus, warn: read.Warn): Promise<ReadonlySet<string> | undefined> {
  const method = { destination: systemd, path: machinesTargetPath, interface: properties, member: 'Get', takes: 'ss', returns: 'v' };
  return orRefused(async () => read.readMachineUnits(await bus.call(method, [`${systemd}.Unit`, 'Wants']), warn));
}

async function resultOfUnit(bus: Bus, machine: string): Promise<string> {
  const path = pathOfUnit(unitOfMachine(machine));
  const method = { destination: systemd, path, interface: properties, member: 'Get', takes: 'ss', returns: 'v' };
  return read.readText(await bus.call(method, [`${systemd}.Service`, 'Result']));
}

/** Undefined when no machine of that name is registered. */
export async function machineProperties(bus: Bus, name: string): Promise<read.MachineProperties | undefined> {
  return orAbsent(async () => {
    const found = read.readMachine(await bus.call(getAll(machined, pathOfMachine(name)), [`${machined}.Machine`]));
    return found.name === name ? found : undefined;
  });
}

/** Undefined when there is no image of that name. */
export async function imageProperties(bus: Bus, name: string): Promise<Image | undefined> {
  return orAbsent(async () => {
    const found = read.readImage(await bus.call(getAll(machined, pathOfImage(name)), [`${machined}.Image`]));
    return found?.name === name ? found : undefined;
  });
}

/** Undefined when the machine has none, has gone, or (systemd 261 and newer) only an administrator may know. */
export async function osRelease(bus: Bus, machine: string): Promise<OsRelease | undefined> {
  const method = { ...machinedMethod, member: 'GetMachineOSRelease', takes: 's', returns: 'a{ss}' };
  return orRefused(async () => read.readOsRelease(await bus.call(method, [machine])));
}

/** Whether an image has an os-release; undefined when the service does not tell (systemd 261 and newer: an administrator only). */
export async function hasOsRelease(bus: Bus, image: string): Promise<boolean | undefined> {
  const method = { ...machinedMethod, member: 'GetImageOSRelease', takes: 's', returns: 'a{ss}' };
  return orRefused(async () => !read.isEmpty(await bus.call(method, [image])));
}

/** Empty while the machine has none, and for a machine that shares the host's network. */
export async function addresses(bus: Bus, machine: string, warn: read.Warn): Promise<Address[]> {
  const method = { ...machinedMethod, member: 'GetMachineAddresses', takes: 's', returns: 'a(iay)' };
  return (await orRefused(async () => read.readAddresses(await bus.call(method, [machine]), warn))) ?? [];
}

/** What is known of a host and of the user that a connection belongs to. */
export interface Who {
  /** The major version of systemd. */
  readonly systemd?: number;
  readonly uid?: number;
  readonly name?: string;
}

/** As far as the host tells; logind knows the user (`/org/freedesktop/login1/user/self`, systemd 243 and newer). */
export async function who(bus: Bus): Promise<Who> {
  const login = 'org.freedesktop.login1';
  const [systemdIs, user] = await Promise.all([
    orRefused(() => bus.call(getAll(systemd, systemdPath), [systemdManager])),
    orRefused(() => bus.call(getAll(login, '/org/freedesktop/login1/user/self'), [`${login}.User`])),
  ]);
  return read.readWho(systemdIs, user);
}

/** Whether a service exists: it runs, or the bus starts it on request. */
export async function isOffered(bus: Bus, service: string): Promise<boolean> {
  const daemon = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' };
  const lists = await Promise.all(['ListNames', 'ListActivatableNames'].map((member) => bus.call({ ...daemon, member, returns: 'as' })));
  return lists.some(([names]) => Array.isArray(names) && names.includes(service));
}

/** A missing object is not an error: it may go at any time between the signal and the question. */
async function orAbsent<T>(ask: () => Promise<T>): Promise<T | undefined> {
  const gone = /^org\.freedesktop\.(DBus\.Error\.Unknown(Object|Method|Interface)|machine1\.NoSuch(Machine|Image))$/;
  return unless((error) => gone.test(error), ask);
}

/** A detail that the service does not tell is a detail we do not show. */
async function orRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  return unless(() => true, ask);
}

async function unless<T>(harmless: (errorName: string) => boolean, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BusError && error.kind === 'remote' && harmless(error.errorName ?? '')) return undefined;
    throw error;
  }
}
