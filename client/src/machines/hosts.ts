import * as vscode from 'vscode';
import { type HostSpec, hasUserHost, isDestination, sshHost, systemHost, userHost } from '../host';
import { log, showError } from '../ui/notifications';
import { pickOne } from '../ui/prompts';
import { HostSession } from './host-session';
import type { Row } from './views/tree';

/** The destinations of the setting, as far as they can be any. */
export function configuredHosts(): readonly string[] {
  const set: unknown = vscode.workspace.getConfiguration('nspawn').get('hosts', []);
  return Array.isArray(set) ? [...new Set(set.filter((host): host is string => typeof host === 'string'))] : [];
}

/** The hosts there are: this computer and the hosts of the setting, and of each the user's own where there is a machined for that. */
export class Hosts implements vscode.Disposable {
  /** The system scope of this computer. */
  readonly system: HostSession;
  private readonly opened = new Map<string, HostSession>();
  private readonly changed = new vscode.EventEmitter<HostSession | undefined>();
  /** Fires with a host that has come, or with nothing when one has gone. */
  readonly onDidChange = this.changed.event;
  private refused = new Set<string>();
  private asked = false;

  constructor(
    private readonly memory: vscode.Memento,
    private readonly warn: (message: string) => void,
  ) {
    this.system = this.open(systemHost);
    this.readSetting();
  }

  /** In the order in which they are shown. */
  get all(): readonly HostSession[] {
    const addresses = configuredHosts().flatMap((host) => [`ssh:${host}`, `ssh-user:${host}`]);
    const order = (session: HostSession): number => ['system', 'user', ...addresses].indexOf(session.spec.id);
    const hosts = [...this.opened.values()].sort((a, b) => order(a) - order(b));
    // Where there is no systemd, other computers may still have one.
    return hosts.length > 1 && isNotLinux(this.system) ? hosts.slice(1) : hosts;
  }

  /** Whether the system scope of this computer is the only host, so that texts need not name the host. */
  get single(): boolean {
    return this.all.length === 1 && this.all[0] === this.system;
  }

  of({ hostId = 'system' }: Pick<Row, 'hostId'>): HostSession | undefined {
    return this.opened.get(hostId);
  }

  /**
   * The host that a command is for which got no row: the one there is, or one that the user picks.
   * @param needsSome whether it is for machines that are there, so that a host without any does not come into question
   */
  async pick(title: string, needsSome = true): Promise<HostSession | undefined> {
    const hosts = this.all.filter((session) => !needsSome || session === this.all[0] || !session.isEmpty),
      [first] = hosts;
    if (hosts.length === 1) return first;
    const items = hosts.map((session) => {
      const { state } = session.host;
      const description =
        state.kind === 'unavailable' ? 'not connected' : state.kind === 'connecting' ? '' : `${session.snapshot.machines.size} machines`;
      return { label: session.spec.label, description, value: session };
    });
    return pickOne(items, { title, placeHolder: 'Where?' });
  }

  /** Looks for the user's own machined, unless there is one already. */
  findUser(): void {
    if (this.asked || this.opened.has(userHost.id)) return;
    this.asked = true;
    hasUserHost()
      .then((there) => {
        this.asked = false;
        if (there && !this.opened.has(userHost.id)) this.open(userHost);
      })
      .catch(log);
  }

  /** Opens the hosts of hosts that have come into the setting, and closes those that have gone. */
  readSetting(): void {
    const hosts = configuredHosts();
    const wrong = hosts.filter((host) => !isDestination(host));
    for (const host of wrong) {
      if (this.refused.has(host)) continue;
      showError(
        `${JSON.stringify(host.slice(0, 80))} in the setting "nspawn.hosts" is not an SSH host. Write HOST, USER@HOST or ssh://USER@HOST:PORT.`,
      );
    }
    this.refused = new Set(wrong);
    for (const [id, session] of this.opened) {
      if (session.spec.host === undefined || hosts.includes(session.spec.host)) continue;
      this.opened.delete(id);
      session.dispose();
      this.changed.fire(undefined);
    }
    for (const host of hosts) if (isDestination(host) && !this.opened.has(`ssh:${host}`)) this.followUser(this.open(sshHost(host)));
  }

  /** Opens a host for who logs in to another computer, once that is connected and says that they have one. */
  private followUser(session: HostSession): void {
    const { spec, host } = session;
    const listener = host.onDidChangeState(({ kind }) => {
      if (kind !== 'ready' || spec.ofUser === undefined) return;
      listener.dispose();
      spec
        .ofUser()
        .then((user) => {
          if (user !== undefined && this.opened.get(spec.id) === session) this.open(user);
        })
        .catch(log);
    });
  }

  dispose(): void {
    for (const session of this.opened.values()) session.dispose();
    this.opened.clear();
    this.changed.dispose();
  }

  private open(place: HostSpec): HostSession {
    const session = new HostSession(place, this.memory, this.warn);
    this.opened.set(place.id, session);
    this.changed.fire(session);
    return session;
  }
}

function isNotLinux({ host: { state } }: HostSession): boolean {
  return state.kind === 'unavailable' && state.reason === 'not-linux';
}
