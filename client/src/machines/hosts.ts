import * as vscode from 'vscode';
import { type Place, hasUserPlace, isDestination, sshPlace, systemPlace, userPlace } from '../host';
import { complain, log } from '../ui/notifications';
import { pickOne } from '../ui/prompts';
import { Room } from './host-session';
import type { Row } from './views/tree';

/** The destinations of the setting, as far as they can be any. */
export function hostsSet(): readonly string[] {
  const set: unknown = vscode.workspace.getConfiguration('nspawn').get('hosts', []);
  return Array.isArray(set) ? [...new Set(set.filter((host): host is string => typeof host === 'string'))] : [];
}

/** The rooms there are: this computer and the hosts of the setting, and of each the user's own where there is a machined for that. */
export class Rooms implements vscode.Disposable {
  /** The system scope of this computer. */
  readonly system: Room;
  private readonly opened = new Map<string, Room>();
  private readonly changed = new vscode.EventEmitter<Room | undefined>();
  /** Fires with a room that has come, or with nothing when one has gone. */
  readonly onDidChange = this.changed.event;
  private refused = new Set<string>();
  private asked = false;

  constructor(private readonly memory: vscode.Memento, private readonly warn: (message: string) => void) {
    this.system = this.open(systemPlace);
    this.readSetting();
  }

  /** In the order in which they are shown. */
  get all(): readonly Room[] {
    const hosts = hostsSet().flatMap((host) => [`ssh:${host}`, `ssh-user:${host}`]);
    const order = (room: Room): number => ['system', 'user', ...hosts].indexOf(room.place.id);
    const rooms = [...this.opened.values()].sort((a, b) => order(a) - order(b));
    // Where there is no systemd, other computers may still have one.
    return rooms.length > 1 && isNotLinux(this.system) ? rooms.slice(1) : rooms;
  }

  /** Whether there is nothing but the system scope of this computer, so that nobody has to be told which room is meant. */
  get single(): boolean {
    return this.all.length === 1 && this.all[0] === this.system;
  }

  of({ room = 'system' }: Pick<Row, 'room'>): Room | undefined {
    return this.opened.get(room);
  }

  /**
   * The room that a command is for which got no row: the one there is, or one that the user picks.
   * @param needsSome whether it is for machines that are there, so that a room without any does not come into question
   */
  async pick(title: string, needsSome = true): Promise<Room | undefined> {
    const rooms = this.all.filter((room) => !needsSome || room === this.all[0] || !room.isEmpty), [first] = rooms;
    if (rooms.length === 1) return first;
    const items = rooms.map((room) => {
      const { state } = room.host;
      const description = state.kind === 'unavailable' ? 'not connected' : state.kind === 'connecting' ? '' : `${room.snapshot.machines.size} machines`;
      return { label: room.place.label, description, value: room };
    });
    return pickOne(items, { title, placeHolder: 'Where?' });
  }

  /** Looks for the user's own machined, unless there is one already. */
  findUser(): void {
    if (this.asked || this.opened.has(userPlace.id)) return;
    this.asked = true;
    hasUserPlace().then((there) => {
      this.asked = false;
      if (there && !this.opened.has(userPlace.id)) this.open(userPlace);
    }).catch(log);
  }

  /** Opens the rooms of hosts that have come into the setting, and closes those that have gone. */
  readSetting(): void {
    const hosts = hostsSet();
    const wrong = hosts.filter((host) => !isDestination(host));
    for (const host of wrong) {
      if (this.refused.has(host)) continue;
      complain(`${JSON.stringify(host.slice(0, 80))} of the setting "nspawn.hosts" is not a host that ssh could go to: write HOST, USER@HOST or ssh://USER@HOST:PORT.`);
    }
    this.refused = new Set(wrong);
    for (const [id, room] of this.opened) {
      if (room.place.host === undefined || hosts.includes(room.place.host)) continue;
      this.opened.delete(id);
      room.dispose();
      this.changed.fire(undefined);
    }
    for (const host of hosts) if (isDestination(host) && !this.opened.has(`ssh:${host}`)) this.followUser(this.open(sshPlace(host)));
  }

  /** Opens a room for who logs in to another computer, once that is connected and says that they have one. */
  private followUser(room: Room): void {
    const { place, host } = room;
    const listener = host.onDidChangeState(({ kind }) => {
      if (kind !== 'ready' || place.ofUser === undefined) return;
      listener.dispose();
      place.ofUser().then((user) => {
        if (user !== undefined && this.opened.get(place.id) === room) this.open(user);
      }).catch(log);
    });
  }

  dispose(): void {
    for (const room of this.opened.values()) room.dispose();
    this.opened.clear();
    this.changed.dispose();
  }

  private open(place: Place): Room {
    const room = new Room(place, this.memory, this.warn);
    this.opened.set(place.id, room);
    this.changed.fire(room);
    return room;
  }
}

function isNotLinux({ host: { state } }: Room): boolean {
  return state.kind === 'unavailable' && state.reason === 'not-linux';
}
