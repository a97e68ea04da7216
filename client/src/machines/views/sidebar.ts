import * as vscode from 'vscode';
import { type Change, type HostState, type Machine, type Snapshot } from '../../host';
import { nameOf } from '../../ui/contribution';
import { log, setContext } from '../../ui/notifications';
import { askText } from '../../ui/prompts';
import { describeView, setViewMessage } from '../../ui/rows';
import { viewContributions } from '../commands/contributions';
import type { HostSession } from '../host-session';
import type { Hosts } from '../hosts';
import { ContextKeys } from './context-keys';
import { CopyByDragAndDrop } from './drag-and-drop';
import { hostRow } from './host-row';
import { RunningItem } from './running-item';
import { TransfersView } from './transfers-view';
import { type Branch, type Row, Tree } from './tree';
import { type Filter, imagesShown, machinesShown } from './view-contents';

/** What is drawn of a host. */
interface Drawn {
  readonly machines: Branch;
  readonly images: Branch;
  readonly listeners: readonly { dispose(): void }[];
}

/** The views: what they show of the hosts there are, and what they say when all is not well. */
export class Sidebar implements vscode.Disposable {
  private readonly filter: Filter = { text: '' };
  private readonly drawn = new Map<HostSession, Drawn>();
  private readonly flat = (): boolean => this.hosts.single;
  private readonly machineTree = new Tree(() => this.branches('machines'), this.flat);
  private readonly imageTree = new Tree(() => this.branches('images'), this.flat);
  private readonly machineView: vscode.TreeView<Row>;
  private readonly imageView: vscode.TreeView<Row>;
  private readonly views: readonly vscode.TreeView<Row>[];
  private readonly running = new RunningItem();
  private readonly flags = new ContextKeys();
  private readonly subscriptions: readonly { dispose(): void }[];

  constructor(private readonly hosts: Hosts) {
    for (const session of hosts.all) this.follow(session);
    this.machineView = this.view('nspawn.machines', this.machineTree, new CopyByDragAndDrop((row) => hosts.of(row)));
    this.imageView = this.view('nspawn.images', this.imageTree);
    this.views = [this.machineView, this.imageView];
    this.subscriptions = [
      this.machineTree,
      this.imageTree,
      ...this.views,
      this.running,
      new TransfersView(hosts),
      hosts.onDidChange((session) => this.hostsChanged(session)),
      ...this.views.map((view) => view.onDidChangeVisibility(() => this.watch())),
      vscode.commands.registerCommand(viewContributions.refresh.id, () => this.refresh()),
      vscode.commands.registerCommand(viewContributions.filter.id, () => this.askFilter()),
      vscode.commands.registerCommand(viewContributions.clearFilter.id, () => this.setFilter('')),
      vscode.workspace.onDidChangeConfiguration((e) => {
        if (e.affectsConfiguration('nspawn.machines') || e.affectsConfiguration('nspawn.images')) this.relist();
      }),
    ];
    this.tell();
    this.watch();
  }

  /** What is selected in a view, by its id. */
  selection(view: string): readonly Row[] {
    const chosen = view === 'nspawn.images' ? this.imageView.selection : this.machineView.selection;
    return chosen.filter(({ heading }) => heading !== true);
  }

  dispose(): void {
    for (const { listeners } of this.drawn.values()) for (const listener of listeners) listener.dispose();
    for (const s of this.subscriptions) s.dispose();
  }

  private branches(kind: 'machines' | 'images'): readonly Branch[] {
    return this.hosts.all.map((session) => this.drawn.get(session)?.[kind]).filter((branch) => branch !== undefined);
  }

  private follow(session: HostSession): void {
    const { host, spec } = session;
    const branch = { hostId: session.id, label: spec.label, kind: spec.kind, root: () => hostRow(session) };
    const drawn: Drawn = {
      machines: { ...branch, ...machinesShown(host, this.filter) },
      images: { ...branch, ...imagesShown(host, this.filter) },
      listeners: [host.onDidChange((change) => this.draw(drawn, change)), host.onDidChangeState((state) => this.changed(session, state))],
    };
    this.drawn.set(session, drawn);
  }

  private hostsChanged(come: HostSession | undefined): void {
    if (come) this.follow(come);
    const still = new Set(this.hosts.all);
    for (const [session, { listeners }] of this.drawn) {
      if (still.has(session) || session === this.hosts.system) continue;
      for (const listener of listeners) listener.dispose();
      this.drawn.delete(session);
    }
    this.tell();
    this.relist();
    this.count();
    this.watch();
  }

  private refresh(): void {
    this.hosts.findUser();
    for (const session of this.hosts.all) session.refresh();
  }

  private watch(): void {
    const visible = this.views.some((v) => v.visible);
    if (visible) this.hosts.findUser();
    for (const session of this.hosts.all) session.watch(visible);
  }

  private view(id: string, tree: Tree, drop?: CopyByDragAndDrop): vscode.TreeView<Row> {
    return vscode.window.createTreeView(id, {
      treeDataProvider: tree,
      canSelectMany: true,
      ...(drop ? { dragAndDropController: drop } : {}),
    });
  }

  private draw({ machines: machineBranch, images: imageBranch }: Drawn, { machines, images }: Change): void {
    if (machines.added.length > 0 || machines.removed.length > 0) this.machineTree.relist(machineBranch);
    for (const name of machines.changed) this.machineTree.redraw(machineBranch, name);
    if (images.added.length > 0 || images.removed.length > 0) this.imageTree.relist(imageBranch);
    // An image's row says whether its machine runs.
    for (const name of new Set([...images.changed, ...machines.changed])) this.imageTree.redraw(imageBranch, name);
    this.count();
  }

  /** What is said of all machines together. */
  private count(): void {
    const { single, all: hosts } = this.hosts;
    const all = hosts.flatMap((session) =>
      [...session.snapshot.machines.values()].map((m): Machine => (single ? m : { ...m, name: session.titled(m.name) })),
    );
    const failed = all.filter((m) => m.state === 'failed').length;
    this.machineView.badge =
      failed === 0 ? undefined : { value: failed, tooltip: failed === 1 ? '1 machine failed' : `${failed} machines failed` };
    this.running.draw(all);
    this.flags.draw(together(hosts));
  }

  private changed(session: HostSession, state: HostState): void {
    this.tell();
    if (state.kind === 'ready') {
      this.count();
      session.spec
        .systemd()
        .then((version) => {
          if (session === this.hosts.system) this.flags.say('nspawn.systemd', version ?? 0);
        })
        .catch(log);
      session.transfers.start();
    }
    const drawn = this.drawn.get(session);
    if (state.kind === 'ready' || !this.flat()) {
      this.machineTree.relist(drawn?.machines);
      this.imageTree.relist(drawn?.images);
    }
  }

  /**
   * Context keys select the welcome text of an empty view; rows that are kept get a line above them. Where hosts
   * have roots, these say it.
   */
  private tell(): void {
    const {
        system: {
          host: { state },
          snapshot,
        },
      } = this.hosts,
      flat = this.flat();
    const key = !flat ? 'ready' : state.kind === 'unavailable' ? state.reason : state.kind;
    setContext('nspawn.host', key);
    setContext('nspawn.ready', key === 'ready');
    setContext('nspawn.several', !flat);
    setContext(
      'nspawn.hasHosts',
      this.hosts.all.some(({ spec }) => spec.kind === 'ssh'),
    );
    for (const view of this.views)
      setViewMessage(view, flat && state.kind === 'unavailable' && snapshot.machines.size > 0 ? state.detail : '');
  }

  private relist(): void {
    for (const tree of [this.machineTree, this.imageTree]) tree.relist();
  }

  private async askFilter(): Promise<void> {
    const text = await askText({
      title: nameOf(viewContributions.filter),
      prompt: 'Part of a name; leave empty to show all',
      value: this.filter.text,
      closes: true,
    });
    if (text !== undefined) this.setFilter(text.trim());
  }

  private setFilter(text: string): void {
    this.filter.text = text;
    setContext('nspawn.filtered', text !== '');
    for (const view of this.views) describeView(view, text === '' ? '' : `Filtered: ${text}`);
    this.relist();
  }
}

/** The machines and images of all hosts, by the id of the host and their name. */
function together(hosts: readonly HostSession[]): Snapshot {
  const of = <T>(rows: (snapshot: Snapshot) => ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map(hosts.flatMap((session) => [...rows(session.snapshot)].map(([name, row]) => [`${session.spec.id}/${name}`, row] as const)));
  return { machines: of(({ machines }) => machines), images: of(({ images }) => images) };
}
