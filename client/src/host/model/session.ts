import { coalesced, inBackground, pooled } from '../async';
import { type Bus, BusError, type Signal } from '../dbus/bus';
import { isMachineName, machineOfUnit, machineOfUnitPath } from '../names';
import type { Inventory, Registration } from './inventory';
import * as ask from './queries';
import { most, type Unit } from './replies';
import type { Change, Image } from './types';

const daemon = 'org.freedesktop.DBus';

const machinedSignals = { MachineNew: 'so', MachineRemoved: 'so' } as const;
const systemdSignals = {
  UnitNew: 'so',
  UnitRemoved: 'so',
  JobNew: 'uos',
  JobRemoved: 'uoss',
  Reloading: 'b',
  UnitFilesChanged: '',
} as const;

/** What a session tells its host. */
export interface Reports {
  changed(change: Change): void;
  /** Everything should be listed anew: machined or systemd came back, or may have been installed. */
  listWanted(): void;
  /** Images may have changed; which ones is not known. */
  imagesDoubtful(): void;
  /** Something that was not understood or not answered, for the log. */
  problem(message: string): void;
  /** What was too much, for the log; may be said again and again. */
  leftOut(message: string): void;
}

/**
 * Keeps the inventory true over one connection. A signal is a hint: it puts the name of a machine on a list, and what
 * is on the list is asked for in one go, so that a burst of signals costs few questions, and how many there are does
 * not depend on how many machines exist.
 */
export class Session {
  private readonly unitsToAsk = new Set<string>();
  private readonly machinesToAsk = new Set<string>();
  private readonly detailsToAsk = new Set<string>();
  private listed = false;
  private startingMachined = false;
  private adrift = false;

  constructor(
    readonly bus: Bus,
    private readonly inventory: Inventory,
    private readonly reports: Reports,
  ) {}

  /** Says which signals are wanted. Belongs before the first list, so that nothing falls between. */
  async watch(): Promise<void> {
    const { bus } = this;
    const ownerOf = (name: string) => ({
      sender: daemon,
      interface: daemon,
      member: 'NameOwnerChanged',
      arg0: name,
      carries: { NameOwnerChanged: 'sss' },
    });
    await Promise.all([
      bus.onSignal({ sender: ask.machined, interface: ask.machinedManager, carries: machinedSignals }, ({ body: [name] }) => {
        this.touch(name, this.machinesToAsk, this.askMachines);
      }),
      bus.onSignal({ sender: ask.systemd, interface: ask.systemdManager, path: ask.systemdPath, carries: systemdSignals }, (signal) => {
        this.systemdSaid(signal);
      }),
      bus.onSignal(
        {
          sender: ask.systemd,
          interface: ask.properties,
          member: 'PropertiesChanged',
          pathNamespace: `${ask.systemdPath}/unit`,
          arg0: `${ask.systemd}.Unit`,
          carries: { PropertiesChanged: 'sa{sv}as' },
        },
        ({ path }) => {
          if (path === ask.machinedUnitPath && this.adrift) this.reports.listWanted();
          else this.touch(machineOfUnitPath(path), this.unitsToAsk, this.askUnits);
        },
      ),
      bus.onSignal({ sender: ask.importd, interface: ask.importdManager, member: 'TransferRemoved' }, () => {
        this.reports.imagesDoubtful();
      }),
      bus.onSignal(ownerOf(ask.machined), ({ body: [, , owner] }) => this.machinedChanged(owner !== '')),
      bus.onSignal(ownerOf(ask.systemd), ({ body: [, , owner] }) => {
        if (owner !== '') this.reports.listWanted();
      }),
      // A package with a service was installed or removed, perhaps the one with systemd-machined.
      bus.onSignal({ sender: daemon, interface: daemon, member: 'ActivatableServicesChanged' }, () => {
        if (!this.listed) this.reports.listWanted();
      }),
    ]);
  }

  /** Reads everything anew: six questions, and three more for each registered machine in the background. */
  async list(): Promise<void> {
    const { bus, inventory } = this;
    this.listed = false;
    await ask.subscribe(bus);
    this.adrift = await ask.machinedLostItsName(bus);
    if (this.adrift) throw new BusError('remote', 'systemd-machined has lost its connection to D-Bus.', `${daemon}.Error.Disconnected`);
    // The question starts machined where it does not run: its start is not a change then.
    this.startingMachined = true;
    const [machines, units, images, autostart] = await Promise.all([
      ask.listMachines(bus, this.warn).finally(() => (this.startingMachined = false)),
      ask.listUnits(bus, undefined, this.warn),
      ask.listImages(bus, this.warn),
      ask.autostarted(bus, this.warn),
    ]);
    inventory.autostart = autostart;
    replace(
      inventory.units,
      units.map((unit) => [unit.machine, unit]),
    );
    replace(
      inventory.registered,
      machines.map((machine) => [machine.name, { ...inventory.registered.get(machine.name), ...machine }]),
    );
    this.listed = true;
    this.publish(undefined, images);
    for (const { name } of machines) this.touch(name, this.machinesToAsk, this.askMachines);
    // What was touched meanwhile.
    inBackground(Promise.all([this.askUnits(), this.askMachines()]));
  }

  /** Reads one machine anew with all its details, such as addresses that came by DHCP. */
  async refresh(name: string): Promise<void> {
    if (!isMachineName(name)) return;
    this.unitsToAsk.add(name);
    this.machinesToAsk.add(name);
    this.detailsToAsk.add(name);
    await Promise.all([this.askUnits(), this.askMachines()]);
    await this.askDetails();
  }

  readonly refreshImages = coalesced(() =>
    this.guarded(async () => {
      this.publish([], await ask.listImages(this.bus, this.warn));
    }),
  );

  /** Fetches what a list does not carry, such as the path. */
  async resolveImage(name: string): Promise<Image | undefined> {
    await this.guarded(async () => {
      const image = await ask.imageProperties(this.bus, name);
      const change = image && this.inventory.updateImage(image);
      if (change) this.reports.changed(change);
    });
    return this.inventory.snapshot.images.get(name);
  }

  /** Whether an image has an os-release; undefined when that is not known. */
  async hasOsRelease(name: string): Promise<boolean | undefined> {
    let found: boolean | undefined;
    await this.guarded(async () => {
      found = await ask.hasOsRelease(this.bus, name);
    });
    return found;
  }

  private systemdSaid({ member, body }: Signal): void {
    switch (member) {
      case 'UnitNew':
      case 'UnitRemoved':
        this.touchUnit(body[0]);
        break;
      case 'JobNew':
      case 'JobRemoved':
        this.touchUnit(body[2]);
        break;
      case 'Reloading':
        if (body[0] === false) inBackground(this.askAutostart()); // `machinectl enable` reloads, as do other programs
        break;
      case 'UnitFilesChanged':
        if (!this.listed) this.reports.listWanted(); // systemd-machined may have been unmasked
    }
  }

  /**
   * When machined goes although machines are registered, it did not end for want of work: asking for the list starts
   * it again. When it ends because there is nothing to do, it is left in peace.
   */
  private machinedChanged(there: boolean): void {
    if (there ? !this.startingMachined : this.inventory.registered.size > 0) this.reports.listWanted();
  }

  private touchUnit(unit: unknown): void {
    if (typeof unit === 'string') this.touch(machineOfUnit(unit), this.unitsToAsk, this.askUnits);
  }

  private touch(name: unknown, toAsk: Set<string>, request: () => Promise<void>): void {
    if (typeof name !== 'string' || !isMachineName(name)) return;
    if (toAsk.size >= most.machines && !toAsk.has(name)) {
      this.warn(`More than ${most.machines} machines changed at once. The others are ignored.`);
      return;
    }
    toAsk.add(name);
    inBackground(request());
  }

  private readonly askUnits = this.batches(this.unitsToAsk, async (names) => {
    const units = new Map((await ask.listUnits(this.bus, names, this.warn)).map((unit) => [unit.machine, unit]));
    for (const name of names) {
      const before = this.inventory.units.get(name);
      const now = units.get(name);
      this.set(this.inventory.units, name, now, most.rows);
      const { registered } = this.inventory;
      if (!isUp(now) && registered.get(name)?.state === 'closing') registered.delete(name);
      // By the time it says that it is ready, the machine may have got its addresses.
      if (now?.active === 'active' && before?.active !== 'active') this.touch(name, this.detailsToAsk, this.askDetails);
    }
    this.publish(names);
  });

  private readonly askAutostart = coalesced(() =>
    this.guarded(async () => {
      const before = this.inventory.autostart,
        now = await ask.autostarted(this.bus, this.warn);
      this.inventory.autostart = now;
      this.publish(before && now ? new Set([...before, ...now]) : undefined);
    }),
  );

  private readonly askMachines = this.batches(this.machinesToAsk, (names) =>
    this.each(names, async (name) => {
      const properties = await ask.machineProperties(this.bus, name);
      const before = this.inventory.registered.get(name);
      const same = before?.leader === properties?.leader && before?.since === properties?.since;
      // Until its unit has ended, too, a machine that has gone is one that stops; its row keeps what it says.
      const stopping = before && isUp(this.inventory.units.get(name)) ? { ...before, state: 'closing' } : undefined;
      const now = properties ? { ...properties, ...(same ? detailsOf(before) : {}) } : stopping;
      this.set(this.inventory.registered, name, now, most.machines);
      if (properties && !same) this.touch(name, this.detailsToAsk, this.askDetails);
    }),
  );

  private readonly askDetails = this.batches(this.detailsToAsk, (names) =>
    this.each(names, async (name) => {
      const asked = this.inventory.registered.get(name);
      if (!asked) return;
      const [os, addresses] = await Promise.all([asked.os ?? ask.osRelease(this.bus, name), ask.addresses(this.bus, name, this.warn)]);
      const now = this.inventory.registered.get(name);
      if (now?.leader !== asked.leader || !now) return; // another run of the machine has begun meanwhile
      this.inventory.registered.set(name, { ...now, ...(os ? { os } : {}), addresses });
    }),
  );

  /** Takes everything off the list at once, a tick after the first name, and asks for it. */
  private batches(toAsk: Set<string>, work: (names: readonly string[]) => Promise<void>): () => Promise<void> {
    return coalesced(() =>
      this.guarded(async () => {
        await new Promise(setImmediate);
        const names = [...toAsk];
        toAsk.clear();
        if (names.length > 0) await work(names);
      }),
    );
  }

  /** What is known of a machine now, undefined being nothing; there may be only so many of them. */
  private set<T>(map: Map<string, T>, name: string, value: T | undefined, mostOfThem: number): void {
    if (value === undefined) map.delete(name);
    else if (map.has(name) || map.size < mostOfThem) map.set(name, value);
    else this.warn(`There are more than ${mostOfThem} machines. The others are left out.`);
  }

  private readonly warn = (message: string): void => this.reports.leftOut(message);

  /**
   * Does some work for each machine and publishes what came of it: of a few at once, of thousands in some dozen pieces,
   * because every piece means new rows. An error with one machine does not leave out the others.
   */
  private async each(names: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
    const done: string[] = [],
      piece = Math.ceil(names.length / 64);
    await pooled(names, ask.parallel, async (name) => {
      await this.guarded(() => work(name));
      if (done.push(name) >= piece) this.publish(done.splice(0));
    });
    this.publish(done);
  }

  private publish(names: Iterable<string> | undefined, images?: readonly Image[]): void {
    const change = this.inventory.update(names, images);
    if (change) this.reports.changed(change);
  }

  /**
   * A bus that does not answer is given up, so that a new connection begins afresh. Other errors cost a detail.
   * Before the first list nothing is asked: it will bring everything.
   */
  private async guarded(work: () => Promise<void>): Promise<void> {
    if (!this.listed) return;
    try {
      await work();
    } catch (error) {
      if (error instanceof BusError && error.kind === 'closed') return;
      if (error instanceof BusError && error.kind === 'timeout') this.bus.close(error);
      this.reports.problem(error instanceof Error ? error.message : String(error));
    }
  }
}

function isUp(unit: Unit | undefined): boolean {
  return unit !== undefined && unit.active !== 'inactive' && unit.active !== 'failed';
}

function detailsOf({ os, addresses }: Partial<Registration> = {}): Partial<Registration> {
  return { ...(os ? { os } : {}), ...(addresses ? { addresses } : {}) };
}

function replace<T>(map: Map<string, T>, entries: readonly (readonly [string, T])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}
