import * as vscode from 'vscode';
import { capture, type HostSpec, type HostState, type Machine, type MachineStore, type Output, type Snapshot, Transfers } from '../host';
import { log, notify, showError } from '../ui/notifications';
import type { CommandContext } from './commands/machine-command';
import type { Row } from './views/tree';

/** One place in the sidebar: its connection, its machines, and what commands may know of them. */
export class HostSession implements CommandContext, vscode.Disposable {
  readonly host: MachineStore;
  readonly transfers: Transfers;
  /** As rows have it: the system scope of this computer goes without saying. */
  readonly id: string | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();
  private started = false;

  constructor(
    readonly spec: HostSpec,
    private readonly memory: vscode.Memento,
    warn: (message: string) => void,
  ) {
    const say = (message: string): void => warn(spec.kind === 'system' ? message : `${spec.label}: ${message}`);
    this.id = spec.kind === 'system' ? undefined : spec.id;
    this.host = spec.open(say);
    this.transfers = new Transfers(() => spec.connect(), say);
  }

  get snapshot(): Snapshot {
    return this.host.snapshot;
  }

  /** Whether it is known that there is nothing in it. */
  get isEmpty(): boolean {
    const { machines, images } = this.snapshot;
    return this.host.state.kind === 'ready' && machines.size + images.size === 0;
  }

  /**
   * Everything a command could be for, once the host has answered: machines, and hidden images as if they were
   * machines that do not run. Undefined when the host cannot be reached, and the user knows why.
   */
  async candidates(): Promise<readonly Machine[] | undefined> {
    this.start();
    const state = await this.settled();
    if (state.kind !== 'ready') {
      this.complain(state.kind === 'unavailable' ? this.trouble(state) : 'systemd-machined does not answer.');
      return undefined;
    }
    const { images, machines } = this.host.snapshot;
    return [...new Set([...machines.keys(), ...images.keys()])].map((name) => this.machine(name)).filter((m) => m !== undefined);
  }

  machine(name: string): Machine | undefined {
    const { images, machines } = this.host.snapshot;
    const image = images.get(name);
    return machines.get(name) ?? (image && { name, class: 'container', state: 'stopped', addresses: [], image });
  }

  hasImage(name: string): boolean {
    return this.host.snapshot.images.has(name);
  }

  async pathOf(image: string): Promise<string | undefined> {
    return (await this.host.resolveImage(image))?.path;
  }

  async hasOsRelease(image: string): Promise<boolean | undefined> {
    return this.host.hasOsRelease(image);
  }

  remembered(key: string): unknown {
    return this.memory.get(this.keyOf(key));
  }

  async remember(key: string, value: unknown): Promise<void> {
    await this.memory.update(this.keyOf(key), value);
  }

  later(delay: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, delay);
    this.timers.add(timer);
  }

  row(name: string): Row {
    return { name, ...(this.id === undefined ? {} : { hostId: this.id }) };
  }

  /** Something said about a machine, with where it is, unless that goes without saying. */
  titled(text: string): string {
    return this.id === undefined ? text : `${text} (${this.spec.label})`;
  }

  /** Runs a program that only reads, where the machines are. @throws MissingProgram */
  async capture(argv: readonly string[]): Promise<Output> {
    return capture(this.spec.argv({ rights: 'anyone' }, argv, 'polkit', 'silent'));
  }

  /** After a command of ours: what it changed may come without a signal, as with images. */
  async settle(names: readonly string[]): Promise<void> {
    await Promise.all([...names.map((n) => this.host.refresh(n)), this.host.refreshImages()]);
  }

  /**
   * A command of ours was cut off, and what it began may go on out of sight. machined says nothing when an image is done, and folders of
   * another computer cannot be watched: its images are read again for some minutes, ever more rarely, when it can be reached.
   */
  loseSight(): void {
    const look = (): void => {
      for (let seconds = 1; seconds < 300; seconds *= 2)
        this.later(seconds * 1000, () => {
          this.host.refreshImages().catch(log);
        });
    };
    if (this.host.state.kind === 'ready') look();
    const listener = this.host.onDidChangeState(({ kind }) => {
      if (kind !== 'ready') return;
      listener.dispose();
      look();
    });
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    this.host.start();
  }

  /** Tries at once what would be tried later, and reads what comes without signals. */
  refresh(): void {
    this.start();
    this.host.tryAgain();
    this.host.refreshImages().catch(log);
  }

  /** Follows the host while a view is visible, and costs nothing while none is. */
  watch(visible: boolean): void {
    if (visible) this.start();
    if (!this.started) return;
    this.host.setActive(visible);
    // Folders that this user may not read cannot be watched: images are listed again when the view is shown.
    if (visible) this.host.refreshImages().catch(log);
    if (visible && this.host.state.kind === 'ready') this.transfers.start();
  }

  /** What is wrong, as a sentence that names the host where that does not go without saying, and the next step. */
  trouble({ reason, detail }: Extract<HostState, { kind: 'unavailable' }>): string {
    const { kind, scope, label } = this.spec;
    if (scope === 'user' && reason === 'masked') return detail.replace('sudo systemctl', 'systemctl --user');
    if (reason === 'no-machined') return `${label} has no systemd-machined. Install the package systemd-container there (${detail}).`;
    if (kind === 'system') return detail;
    return detail.includes(label) ? detail : `${label}: ${detail}`;
  }

  dispose(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.host.dispose();
    this.transfers.dispose();
  }

  /** What is wrong, with what helps where that is a login. */
  private complain(text: string): void {
    if (this.spec.kind !== 'ssh') {
      showError(text);
      return;
    }
    const login = 'Connect in Terminal',
      again = 'Reconnect';
    notify('error', text, again, login)
      .then((button) =>
        button === undefined
          ? undefined
          : vscode.commands.executeCommand(button === login ? 'nspawn.connectInTerminal' : 'nspawn.reconnect', this.row('')),
      )
      .then(undefined, log);
  }

  private keyOf(key: string): string {
    return this.id === undefined ? key : `${this.id}/${key}`;
  }

  private settled(): Promise<HostState> {
    const { host } = this;
    if (host.state.kind !== 'connecting') return Promise.resolve(host.state);
    return new Promise((resolve) => {
      const listener = host.onDidChangeState((state) => {
        if (state.kind === 'connecting') return;
        listener.dispose();
        resolve(state);
      });
    });
  }
}
