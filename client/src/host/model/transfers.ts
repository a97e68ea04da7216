import { inBackground } from '../async';
import { type Bus, BusError, type Signal } from '../dbus/bus';
import { type Disposable, Emitter } from '../event';
import * as ask from './queries';
import { type TransferFacts, transferOf } from './transfer-reply';

/** An image on its way in or out. */
export interface Transfer extends TransferFacts {
  /** 0 to 1; absent while the service does not know. */
  readonly progress?: number;
  /** What the service said last. */
  readonly message?: string;
}

/** Milliseconds without progress after which a transfer counts as silent. */
export const patience = 60_000;

/** How a transfer ended. */
export interface Ended {
  /** With empty texts where it was lost before it could be asked what it is. */
  readonly transfer: Transfer;
  /**
   * `lost`: importd ended first, and the transfer with it. Programs that wait for the transfer do not notice and wait
   * for ever (tried with 252, 257 and 262).
   */
  readonly result: 'done' | 'canceled' | 'failed' | 'lost';
  /** What the service said, the last lines of it. */
  readonly messages: readonly string[];
}

/** Transfers that are followed at the same time. */
const mostTransfers = 1000;

const manager = { destination: ask.importd, path: '/org/freedesktop/import1', interface: ask.importdManager };
const transferInterface = `${ask.importd}.Transfer`;
const managerSignals = { TransferNew: 'uo', TransferRemoved: 'uos' } as const;
const transferSignals = { LogMessage: 'us', ProgressUpdate: 'd' } as const;
const daemon = 'org.freedesktop.DBus';

/**
 * The transfers of systemd-importd, followed by its signals on a connection of their own. importd is started by
 * the program that needs it and ends by itself: it is never started from here.
 */
export class Transfers implements Disposable {
  private readonly changed = new Emitter<undefined>();
  private readonly ended = new Emitter<Ended>();
  /** Fires after {@link all} has changed. */
  readonly onDidChange = this.changed.event;
  readonly onDidEnd = this.ended.event;

  private readonly rows = new Map<number, Transfer>();
  private readonly messages = new Map<number, string[]>();
  /** Those whose description is awaited, and how they have ended meanwhile: that may be heard first. */
  private readonly asked = new Map<number, Ended['result'] | undefined>();
  /** Those that have said nothing for {@link patience}: they may hang, as downloads of systemd 252 now and then do. */
  readonly silent = new Set<number>();
  private readonly timers = new Map<number, NodeJS.Timeout>();
  private bus: Bus | undefined;
  private connecting = false;
  private disposed = false;

  constructor(
    private readonly connect: () => Promise<Bus>,
    private readonly log: (message: string) => void = () => undefined,
  ) {}

  get all(): ReadonlyMap<number, Transfer> {
    return this.rows;
  }

  /** Connects if there is no connection. Called when the host becomes reachable, and again after a loss. */
  start(): void {
    if (this.bus || this.connecting || this.disposed) return;
    this.connecting = true;
    inBackground(
      this.follow()
        .catch((error: unknown) => {
          this.log(error instanceof Error ? error.message : String(error));
        })
        .finally(() => {
          this.connecting = false;
        }),
    );
  }

  dispose(): void {
    this.disposed = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.changed.dispose();
    this.ended.dispose();
    this.bus?.close();
  }

  private async follow(): Promise<void> {
    const bus = await this.connect();
    if (this.disposed) {
      bus.close();
      return;
    }
    inBackground(
      bus.closed.then(() => {
        if (this.bus === bus) this.bus = undefined;
        this.forget();
      }),
    );
    try {
      await Promise.all([
        bus.onSignal({ sender: ask.importd, interface: ask.importdManager, carries: managerSignals }, (signal) =>
          this.managerSaid(bus, signal),
        ),
        bus.onSignal({ sender: ask.importd, interface: transferInterface, carries: transferSignals }, (signal) =>
          this.transferSaid(signal),
        ),
        bus.onSignal(
          {
            sender: daemon,
            interface: daemon,
            member: 'NameOwnerChanged',
            arg0: ask.importd,
            carries: { NameOwnerChanged: 'sss' },
          },
          ({ body: [, , owner] }) => {
            if (owner === '') this.lose();
          },
        ),
      ]);
      await this.list(bus);
      this.bus = bus;
    } catch (error) {
      bus.close();
      throw error;
    }
  }

  /** What is under way already, if importd runs at all. */
  private async list(bus: Bus): Promise<void> {
    const owned = { destination: daemon, path: '/org/freedesktop/DBus', interface: daemon, member: 'NameHasOwner' };
    const [there] = await bus.call({ ...owned, takes: 's', returns: 'b' }, [ask.importd]);
    if (there !== true) return;
    const [list] = await bus.call({ ...manager, member: 'ListTransfers', returns: 'a(usssdo)' });
    if (!Array.isArray(list)) return;
    if (list.length > mostTransfers) this.log(`There are more than ${mostTransfers} transfers. The others are left out.`);
    await Promise.all(list.slice(0, mostTransfers).map((entry: unknown) => this.add(bus, Array.isArray(entry) ? entry[0] : undefined)));
  }

  private managerSaid(bus: Bus, { member, body: [id, , result] }: Signal): void {
    if (typeof id !== 'number') return;
    if (member === 'TransferNew') inBackground(this.add(bus, id));
    if (member !== 'TransferRemoved') return;
    this.end(id, result === 'done' || result === 'canceled' ? result : 'failed');
  }

  private end(id: number, result: Ended['result']): void {
    if (this.asked.has(id)) this.asked.set(id, this.asked.get(id) ?? result);
    const transfer = this.rows.get(id);
    const messages = this.messages.get(id) ?? [];
    this.rows.delete(id);
    this.messages.delete(id);
    this.silent.delete(id);
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    if (!transfer) return;
    this.changed.fire(undefined);
    this.ended.fire({ transfer, messages, result });
  }

  /** importd has gone. When it ends for want of work, there is nothing to lose. */
  private lose(): void {
    for (const id of [...this.rows.keys(), ...this.asked.keys()]) this.end(id, 'lost');
    this.messages.clear();
  }

  private async add(bus: Bus, id: unknown): Promise<void> {
    if (typeof id !== 'number' || this.asked.size + this.rows.size >= mostTransfers) return;
    const path = `/org/freedesktop/import1/transfer/_${id}`;
    this.asked.set(id, undefined);
    try {
      const answer = await bus.call(
        { destination: ask.importd, path, interface: ask.properties, member: 'GetAll', takes: 's', returns: 'a{sv}' },
        [transferInterface],
      );
      if (!this.asked.has(id)) return; // the connection has gone
      const { progress, ...facts } = transferOf(id, answer),
        over = this.asked.get(id);
      this.asked.delete(id);
      this.heard(id, { ...facts, ...(progress === undefined ? {} : { progress }), ...this.rows.get(id) });
      if (over !== undefined) this.end(id, over);
    } catch (error) {
      const over = this.asked.get(id);
      this.asked.delete(id);
      if (over === 'lost') this.ended.fire({ transfer: { id, type: '', local: '', remote: '' }, messages: [], result: over });
      // It may have ended before we could ask.
      if (!(error instanceof BusError && error.kind === 'remote')) this.log(error instanceof Error ? error.message : String(error));
    }
  }

  private transferSaid({ path, member, body }: Signal): void {
    const id = Number(/\/transfer\/_(\d+)$/.exec(path)?.[1] ?? Number.NaN);
    const before = this.rows.get(id);
    if (member === 'LogMessage' && typeof body[1] === 'string') {
      const message = body[1]
        .slice(0, 1000)
        .replaceAll(/\p{C}+/gu, ' ')
        .slice(0, 500);
      if (Number.isInteger(id) && (this.messages.size < mostTransfers || this.messages.has(id)))
        this.messages.set(id, [...(this.messages.get(id) ?? []), message].slice(-20));
      if (!before) return;
      // Before systemd 256 this is the only place that tells the progress.
      const percent = /(?:Got|Imported|Exported) (\d{1,3})%/.exec(message)?.[1];
      const progress = percent === undefined ? undefined : Math.min(1, Number(percent) / 100);
      this.heard(id, { ...before, message, ...(progress === undefined ? {} : { progress }) });
    } else if (member === 'ProgressUpdate' && before && typeof body[0] === 'number' && body[0] >= 0 && body[0] <= 1) {
      this.heard(id, { ...before, progress: body[0] });
    }
  }

  /** There is news of a transfer; from now on it has time again. */
  private heard(id: number, transfer: Transfer): void {
    if (this.disposed) return;
    clearTimeout(this.timers.get(id));
    this.timers.set(
      id,
      setTimeout(() => {
        this.silent.add(id);
        this.changed.fire(undefined);
      }, patience),
    );
    this.silent.delete(id);
    this.rows.set(id, transfer);
    this.changed.fire(undefined);
  }

  private forget(): void {
    this.messages.clear();
    this.asked.clear();
    this.silent.clear();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    if (this.rows.size === 0) return;
    this.rows.clear();
    this.changed.fire(undefined);
  }
}
