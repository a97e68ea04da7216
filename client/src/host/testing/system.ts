/** For tests: a bus with machined, systemd and importd behind it, and counters for what they are asked. */
import { type Bus, BusError, type Match, type Method, type Signal } from '../dbus/bus';
import { escapeLabel, pathOfUnit, unitOfMachine } from '../names';

export interface FakeUnit {
  active: string;
  job?: string;
  result?: string;
}

const unlimited = 2n ** 64n - 1n;

export class FakeSystem {
  /** Registered machines: name and leader. */
  readonly machines = new Map<string, number>();
  /** Which of them run in a scope, not in our unit. */
  readonly scopes = new Set<string>();
  readonly images = new Map<string, { type: string; usage?: bigint }>();
  readonly units = new Map<string, FakeUnit>();
  readonly addresses = new Map<string, string>();
  /** Machines that start with the system. */
  readonly autostart = new Set<string>();
  /** Members that were called, in order. */
  readonly calls: string[] = [];
  /** Instead of an answer, by member or by the last part of the destination. */
  readonly failures = new Map<string, BusError>();
  /** Members that stay without an answer. */
  readonly silent = new Set<string>();
  /** Members whose answer is given at once but arrives later. */
  readonly slow = new Map<string, Promise<void>>();
  /** The state of the unit file of machined. */
  machinedFile = 'static';
  /** machined runs without its name. */
  adrift = false;
  /** machined has ended; the next question starts it. */
  asleep = false;
  connections = 0;
  /** Set to make connecting fail. */
  unreachable: BusError | undefined;
  private readonly buses = new Set<FakeBus>();

  readonly connect = async (): Promise<Bus> => {
    await Promise.resolve();
    this.connections += 1;
    if (this.unreachable) throw this.unreachable;
    const bus = new FakeBus(this, () => this.buses.delete(bus));
    this.buses.add(bus);
    return bus;
  };

  get open(): number {
    return this.buses.size;
  }

  /** The bus goes away. */
  hangUp(reason = new BusError('closed', 'The connection to the bus was closed.')): void {
    for (const bus of [...this.buses]) bus.close(reason);
  }

  emit(sender: string, path: string, from: string, member: string, ...body: unknown[]): void {
    for (const bus of this.buses) bus.hear(sender, from, { path, member, body });
  }

  /** Puts a machine into all places where a running one is, without any signal. */
  run(name: string, leader = 100): void {
    this.images.set(name, { type: 'directory' });
    this.units.set(name, { active: 'active' });
    this.machines.set(name, leader);
  }

  machinedSays(member: 'MachineNew' | 'MachineRemoved', name: string): void {
    const path = '/org/freedesktop/machine1';
    const object = `${path}/machine/${escapeLabel(name)}`;
    this.emit('org.freedesktop.machine1', path, 'org.freedesktop.machine1.Manager', member, name, object);
  }

  systemdSays(member: string, ...body: unknown[]): void {
    const path = '/org/freedesktop/systemd1';
    this.emit('org.freedesktop.systemd1', path, 'org.freedesktop.systemd1.Manager', member, ...body);
  }

  unitChanged(name: string, unit: FakeUnit | undefined): void {
    if (unit) this.units.set(name, unit);
    else this.units.delete(name);
    this.propertiesChanged(unitOfMachine(name));
  }

  propertiesChanged(unit: string): void {
    this.emit(
      'org.freedesktop.systemd1',
      pathOfUnit(unit),
      'org.freedesktop.DBus.Properties',
      'PropertiesChanged',
      'org.freedesktop.systemd1.Unit',
      {},
      [],
    );
  }

  ownerChanged(name: string, owner: string): void {
    this.daemonSays('NameOwnerChanged', `org.freedesktop.${name}`, owner ? '' : ':1.9', owner);
  }

  daemonSays(member: string, ...body: unknown[]): void {
    this.emit('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', member, ...body);
  }

  answer({ destination, path, member }: Method, body: readonly unknown[]): unknown[] {
    const failure = this.failures.get(member) ?? this.failures.get(destination.split('.').at(-1) ?? '');
    if (failure) throw failure;
    if (destination === 'org.freedesktop.machine1' && this.asleep) {
      this.asleep = false;
      this.ownerChanged('machine1', ':1.10');
    }
    const last = path.split('/').at(-1) ?? '';
    switch (member) {
      case 'NameHasOwner':
        return [!this.asleep && !this.adrift];
      case 'GetUnitFileState':
        return [this.machinedFile];
      case 'Subscribe':
        return [];
      case 'ListMachines':
        return [[['.host', 'host', '', '/x'], ...[...this.machines.keys()].map((name) => [name, 'container', 'systemd-nspawn', '/x'])]];
      case 'ListImages':
        return [[...this.images].map(([name, { type, usage = unlimited }]) => [name, type, false, 5000n, 0n, usage, '/x'])];
      case 'ListUnitsByPatterns': {
        const patterns = body[1] as string[];
        if (patterns[0] === 'systemd-machined.service') {
          return [[[patterns[0], '', 'loaded', this.adrift ? 'active' : 'inactive', '', '', '/x', 0, '', '/']]];
        }
        const wanted = [...this.units].filter(([name]) => patterns.includes(unitOfMachine(name)) || patterns.includes(unitOfMachine('*')));
        return [wanted.map(([name, { active, job = '' }]) => [unitOfMachine(name), '', 'loaded', active, '', '', '/x', 0, job, '/'])];
      }
      case 'Get': {
        if (body[1] === 'Wants') return [['var-lib-machines.mount', ...[...this.autostart].map(unitOfMachine)]];
        const unit = [...this.units].find(([name]) => path === pathOfUnit(unitOfMachine(name)));
        return [unit?.[1].result ?? 'success'];
      }
      case 'GetAll':
        return [path.includes('/image/') ? this.imageProperties(last) : this.machineProperties(last)];
      case 'GetMachineOSRelease':
        return [{ ID: 'debian', VERSION_ID: '13', PRETTY_NAME: 'Debian 13' }];
      case 'GetMachineAddresses': {
        const address = this.addresses.get(body[0] as string);
        return [address ? [[2, Buffer.from(address.split('.').map(Number))]] : []];
      }
      default:
        throw new Error(`Nobody answers ${member}`);
    }
  }

  private machineProperties(label: string): unknown {
    const found = [...this.machines].find(([name]) => escapeLabel(name) === label);
    if (!found) throw new BusError('remote', 'Unknown object', 'org.freedesktop.DBus.Error.UnknownObject');
    const [Name, Leader] = found;
    return {
      Name,
      Leader,
      Class: 'container',
      State: 'running',
      Service: 'systemd-nspawn',
      Unit: this.scopes.has(Name) ? `machine-${Name}.scope` : unitOfMachine(Name),
      RootDirectory: `/var/lib/machines/${Name}`,
      Timestamp: 1_000_000n * BigInt(Leader),
    };
  }

  private imageProperties(label: string): unknown {
    const found = [...this.images].find(([name]) => escapeLabel(name) === label);
    if (!found) throw new BusError('remote', 'No image', 'org.freedesktop.machine1.NoSuchImage');
    const [Name, { type, usage = unlimited }] = found;
    return {
      Name,
      Type: type,
      ReadOnly: false,
      Path: `/var/lib/machines/${Name}`,
      CreationTimestamp: 5000n,
      ModificationTimestamp: 0n,
      Usage: usage,
      Limit: 1000n,
    };
  }
}

class FakeBus implements Bus {
  readonly closed: Promise<BusError>;
  private resolveClosed: (reason: BusError) => void = () => undefined;
  private readonly handlers: [Match, (signal: Signal) => void][] = [];
  private readonly waiting = new Set<(reason: BusError) => void>();
  private end: BusError | undefined;

  constructor(
    private readonly system: FakeSystem,
    private readonly gone: () => void,
  ) {
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
  }

  async call(method: Method, body: readonly unknown[] = []): Promise<unknown[]> {
    await new Promise(setImmediate);
    if (this.end) throw this.end;
    this.system.calls.push(method.member);
    if (!this.system.silent.has(method.member)) {
      const answer = this.system.answer(method, body);
      await this.system.slow.get(method.member);
      return answer;
    }
    return new Promise((_resolve, reject) => this.waiting.add(reject));
  }

  async onSignal(match: Match, handler: (signal: Signal) => void): Promise<void> {
    await Promise.resolve();
    if (this.end) throw this.end;
    this.handlers.push([match, handler]);
  }

  hear(sender: string, from: string, signal: Signal): void {
    for (const [match, handler] of this.handlers) {
      const fits =
        match.sender === sender &&
        match.interface === from &&
        (match.member ?? signal.member) === signal.member &&
        (match.path ?? signal.path) === signal.path &&
        signal.path.startsWith(match.pathNamespace ?? '') &&
        (match.arg0 ?? signal.body[0]) === signal.body[0];
      if (fits) handler(signal);
    }
  }

  close(reason = new BusError('closed', 'We closed it.')): void {
    if (this.end) return;
    this.end = reason;
    for (const reject of this.waiting) reject(reason);
    this.gone();
    this.resolveClosed(reason);
  }
}
