import { coalesced, inBackground } from '../async';
import { type Bus, BusError } from '../dbus/bus';
import { busAtSocket, systemBusSocket } from '../dbus/connect';
import { type Disposable, Emitter } from '../event';
import { Inventory } from './inventory';
import { unmaskingMachined } from './queries';
import { Retry } from './retry';
import { Session } from './session';
import { findSettings, type SettingsFolder, settingsFolders } from './settings-files';
import type { Change, HostState, Image, Snapshot, UnavailableReason } from './types';
import { watchFolder, watchForPath } from './watch';

/** How to reach a host, and what of it can be watched from here. */
export interface MachineStoreOptions {
  /** Opens a connection; called again after each loss. */
  readonly connect: () => Promise<Bus>;
  /** The socket that `connect` uses, whose return is watched for. Absent where there is no such file. */
  readonly socket?: string | undefined;
  /** Folders with images, watched where they may be read: machined has no signals for images. */
  readonly imageFolders?: readonly string[];
  /** Folders with settings files, watched as well. Absent where they cannot be read from here. */
  readonly settingsFolders?: readonly SettingsFolder[];
  readonly platform?: NodeJS.Platform;
  /**
   * Each connection is a login at another computer: tries follow each other more slowly, and who was denied waits to be
   * told that something has changed. What this computer is does not matter.
   */
  readonly distant?: boolean;
  /** What was not understood or not answered, one line each. */
  readonly log?: (message: string) => void;
}

/** The system scope of this machine. */
export function localMachineStore(log?: (message: string) => void): MachineStore {
  const socket = systemBusSocket();
  // systemd v262 discover-image.c; /var/lib/container is the legacy name of /var/lib/machines.
  const imageFolders = [
    '/etc/machines',
    '/run/machines',
    '/var/lib/machines',
    '/var/lib/container',
    '/usr/local/lib/machines',
    '/usr/lib/machines',
  ];
  return new MachineStore({
    connect: () => busAtSocket(socket),
    socket,
    imageFolders,
    settingsFolders: settingsFolders(imageFolders),
    ...(log ? { log } : {}),
  });
}

/** Milliseconds between the change of an image folder and the question what changed: a clone is many changes. */
const settle = 200;

/** Milliseconds after which a connection counts as a good one. */
const lasting = 10_000;

/**
 * One systemd host: connects, keeps its rows true by signals, and comes back by itself. Nothing is asked at
 * intervals while all is well. No method throws, no promise of it rejects.
 */
export class MachineStore implements Disposable {
  private readonly stateChanged = new Emitter<HostState>();
  private readonly rowsChanged = new Emitter<Change>();
  /** Fires after {@link state} has changed. */
  readonly onDidChangeState = this.stateChanged.event;
  /** Fires after {@link snapshot} has changed, and says exactly which rows. */
  readonly onDidChange = this.rowsChanged.event;

  private readonly inventory = new Inventory();
  private readonly retry = new Retry();
  private readonly watchers = new Map<string, Disposable>();
  private readonly logged = new Set<string>();
  private current: HostState = { kind: 'connecting' };
  private session: Session | undefined;
  private wasReady = false;
  private active = true;
  private imagesDoubtful = false;
  private imagesTimer: NodeJS.Timeout | undefined;
  private started = false;
  private disposed = false;

  constructor(private readonly options: MachineStoreOptions) {}

  get state(): HostState {
    return this.current;
  }

  /** The last known rows; they stay when the connection is lost. */
  get snapshot(): Snapshot {
    return this.inventory.snapshot;
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    const platform = this.options.platform ?? process.platform;
    if (platform === 'linux' || this.options.distant === true) inBackground(this.run());
    else this.unavailable('not-linux', `systemd runs on Linux only, and this is ${platform}.`);
  }

  /** Ends the connection, the timers and the watches. The last rows stay readable; nothing fires any more. */
  dispose(): void {
    this.disposed = true;
    this.stateChanged.dispose();
    this.rowsChanged.dispose();
    clearTimeout(this.imagesTimer);
    this.unwatchFolders();
    this.session?.bus.close();
    this.retry.interrupt();
  }

  /**
   * Whether a view is visible. Signals are followed in either case; attempts to reconnect and the listing of changed
   * images wait until one is.
   */
  setActive(active: boolean): void {
    this.active = active;
    this.retry.setActive(active);
    if (active && this.imagesDoubtful) inBackground(this.refreshImages());
  }

  /** Tries at once what would be tried later. For people who have just installed or started something. */
  tryAgain(): void {
    this.retry.nudge();
  }

  /** Reads one machine anew with its addresses, which come by DHCP without any signal. */
  async refresh(machine: string): Promise<void> {
    await this.session?.refresh(machine);
  }

  /** Reads images and settings files anew: there are no signals for them. For a view that becomes visible, and after actions. */
  async refreshImages(): Promise<void> {
    this.imagesDoubtful = false;
    this.watchFolders();
    await Promise.all([this.session?.refreshImages(), this.refreshSettings()]);
  }

  private readonly refreshSettings = coalesced(async () => {
    const change = this.inventory.updateSettings(await findSettings(this.options.settingsFolders ?? [], this.logOnce));
    if (change) this.rowsChanged.fire(change);
  });

  /** An image with its path and limit; undefined when there is none of that name. */
  async resolveImage(name: string): Promise<Image | undefined> {
    return this.session ? this.session.resolveImage(name) : this.snapshot.images.get(name);
  }

  /** Whether an image has an os-release, also where this user may not look; undefined when that is not known. */
  async hasOsRelease(image: string): Promise<boolean | undefined> {
    return this.session?.hasOsRelease(image);
  }

  private async run(): Promise<void> {
    for (;;) {
      const began = Date.now();
      const end = await this.live().catch(asBusError);
      if (this.disposed) return;
      // A bus that ends each connection soon is tried ever more slowly.
      if (Date.now() - began > lasting) this.retry.reset();
      this.fail(end);
      await this.untilReachable(end);
    }
  }

  /** One connection from its beginning to its end; rejects with the reason of that. */
  private async live(): Promise<never> {
    this.assertWanted();
    const bus = await this.options.connect();
    const session = new Session(bus, this.inventory, {
      changed: (change) => this.rowsChanged.fire(change),
      listWanted: () => this.retry.nudge(),
      imagesDoubtful: () => this.doubtImages(),
      problem: (message) => this.options.log?.(message),
      leftOut: this.logOnce,
    });
    inBackground(bus.closed.then(() => this.retry.interrupt()));
    try {
      this.assertWanted();
      this.session = session;
      await session.watch();
      this.watchFolders();
      await this.refreshSettings();
      return await this.listAgainAndAgain(session, bus);
    } finally {
      this.session = undefined;
      this.unwatchFolders();
      bus.close();
    }
  }

  /** Lists whenever there is reason to; ends, by an exception, with the connection. */
  private async listAgainAndAgain(session: Session, bus: Bus): Promise<never> {
    for (;;) {
      this.retry.begin();
      try {
        await session.list();
        this.wasReady = true;
        this.setState({ kind: 'ready' });
        await this.retry.untilNudged();
      } catch (error) {
        const failure = asBusError(error);
        if (failure.kind !== 'remote' && failure.kind !== 'garbled') throw failure;
        const unmasking = reasonOf(failure, this.wasReady) === 'no-machined' ? await unmaskingMachined(bus) : undefined;
        if (unmasking)
          this.unavailable('masked', `systemd-machined is masked, so it cannot be started. To unmask it: sudo ${unmasking.join(' ')}`);
        else this.fail(failure);
        // What a service refuses it refuses until something happens; the short waits are for a bus that comes back.
        await this.retry.wait(Infinity);
      }
    }
  }

  private async untilReachable({ kind }: BusError): Promise<void> {
    const { socket, distant } = this.options;
    this.retry.begin();
    if (distant === true) {
      await (kind === 'denied' ? this.retry.untilNudged() : this.retry.waitLonger(60_000));
      return;
    }
    const watcher = kind === 'absent' && socket !== undefined ? watchForPath(socket, () => this.retry.nudge(), this.logOnce) : undefined;
    // Half a second at most: within one, what is shown is to be right again.
    await this.retry.wait(watcher ? 30_000 : 500);
    watcher?.dispose();
  }

  private assertWanted(): void {
    if (this.disposed) throw new BusError('closed', 'The host was closed.');
  }

  private fail(error: BusError): void {
    this.unavailable(reasonOf(error, this.wasReady), error.message);
  }

  private unavailable(reason: UnavailableReason, detail: string): void {
    this.setState({ kind: 'unavailable', reason, detail });
  }

  private setState(state: HostState): void {
    if (JSON.stringify(state) === JSON.stringify(this.current)) return;
    this.current = state;
    this.stateChanged.fire(state);
  }

  /** For what does not change by being said again. */
  private readonly logOnce = (message: string): void => {
    if (this.logged.has(message)) return;
    this.logged.add(message);
    this.options.log?.(message);
  };

  private doubtImages(): void {
    this.imagesDoubtful = true;
    if (!this.active || this.disposed) return;
    this.imagesTimer ??= setTimeout(() => {
      this.imagesTimer = undefined;
      if (this.imagesDoubtful && this.active) inBackground(this.refreshImages());
    }, settle);
  }

  /** Watches the folders that are there by now; those with settings also while they are not. */
  private watchFolders(): void {
    if (!this.session || this.disposed) return;
    for (const { path } of this.options.settingsFolders ?? []) this.watchSettings(path);
    for (const folder of this.options.imageFolders ?? []) {
      if (this.watchers.has(folder)) continue;
      const watcher = watchFolder(
        folder,
        (name) => {
          if (!name?.startsWith('.#')) this.doubtImages(); // not the locks that machines take and leave
        },
        this.logOnce,
      );
      if (watcher) this.watchers.set(folder, watcher);
    }
  }

  private watchSettings(folder: string): void {
    const key = `settings ${folder}`;
    if (this.watchers.has(key) || this.disposed) return;
    const refresh = () => inBackground(this.refreshSettings());
    const watcher =
      watchFolder(folder, refresh, this.logOnce) ??
      watchForPath(
        folder,
        () => {
          this.watchers.get(key)?.dispose();
          this.watchers.delete(key);
          if (this.session) this.watchSettings(folder);
          refresh();
        },
        this.logOnce,
      );
    if (watcher) this.watchers.set(key, watcher);
  }

  private unwatchFolders(): void {
    for (const watcher of this.watchers.values()) watcher.dispose();
    this.watchers.clear();
  }
}

function asBusError(error: unknown): BusError {
  return error instanceof BusError ? error : new BusError('garbled', String(error));
}

/** What an error means for showing machines. */
function reasonOf({ kind, errorName = '' }: BusError, wasReady: boolean): UnavailableReason {
  switch (kind) {
    case 'absent':
      return wasReady ? 'lost' : 'no-bus';
    case 'denied':
      return 'denied';
    case 'closed':
    case 'timeout':
    case 'garbled':
      return 'lost';
    case 'remote':
      if (/\.(AccessDenied|InteractiveAuthorizationRequired)$/.test(errorName)) return 'denied';
      return /\.(NoReply|Disconnected|Timeout|TimedOut)$/.test(errorName) ? 'lost' : 'no-machined';
  }
}
