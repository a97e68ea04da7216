import * as vscode from 'vscode';
import { commands, type Elevation, type Ended, notVerified, type Transfer } from '../../host';
import { log, messageOf, notify, setContext, showError } from '../../ui/notifications';
import { type Choice, pickMany } from '../../ui/prompts';
import { table, treeItem } from '../../ui/rows';
import { viewContributions } from '../commands/contributions';
import { showPolkitRule } from '../commands/report-failure';
import type { HostSession } from '../host-session';
import type { Hosts } from '../hosts';
import { runInTerminal } from '../terminal';
import { hostRow } from './host-row';
import { asRow, asRows, type Branch, type Row, Tree } from './tree';
import { showText } from './virtual-documents';

/** The view Transfers, which is there while there are any. */
export class TransfersView implements vscode.Disposable {
  private readonly lists = new Map<HostSession, TransferList>();
  private readonly tree: Tree;
  private readonly subscriptions: readonly { dispose(): void }[];

  constructor(private readonly hosts: Hosts) {
    this.tree = new Tree(
      () => [...this.lists.values()].filter(({ size }) => size > 0),
      () => hosts.single,
    );
    this.subscriptions = [
      this.tree,
      vscode.window.createTreeView('nspawn.transfers', { treeDataProvider: this.tree, canSelectMany: true }),
      hosts.onDidChange(() => this.hostsChanged()),
      vscode.commands.registerCommand(cancelTransfer.id, (row?: unknown, rows?: unknown) => this.cancel(asRow(row), asRows(rows))),
    ];
    this.hostsChanged();
  }

  dispose(): void {
    for (const list of this.lists.values()) list.dispose();
    for (const s of this.subscriptions) s.dispose();
  }

  private hostsChanged(): void {
    const { all } = this.hosts;
    for (const session of all) {
      if (!this.lists.has(session)) this.lists.set(session, new TransferList(session, this.tree, () => this.relist()));
    }
    for (const [session, list] of this.lists) {
      if (all.includes(session)) continue;
      list.dispose();
      this.lists.delete(session);
    }
    this.relist();
  }

  private relist(): void {
    setContext(
      'nspawn.transferring',
      [...this.lists.values()].some(({ size }) => size > 0),
    );
    this.tree.relist();
  }

  private async cancel(row?: Row, rows?: readonly Row[]): Promise<void> {
    try {
      const wanted = row === undefined ? await this.choose() : rows?.includes(row) === true ? rows : [row];
      await Promise.all(
        [...this.lists.values()].map((list) =>
          list.cancel(wanted.filter(({ hostId, heading }) => hostId === list.hostId && heading !== true).map(({ name }) => Number(name))),
        ),
      );
    } catch (error) {
      showError(`${cancelTransfer.title}: ${messageOf(error)}`);
    }
  }

  private async choose(): Promise<readonly Row[]> {
    const items = [...this.lists.values()].flatMap((list) => list.rows());
    if (items.length === 0) return [];
    return (await pickMany(items, { title: cancelTransfer.title, placeHolder: 'Transfers to cancel' })) ?? [];
  }
}

const { cancelTransfer } = viewContributions;

/** The transfers of one host. */
class TransferList implements Branch {
  readonly hostId: string | undefined;
  readonly label: string;
  readonly kind: string;
  private readonly listeners: readonly { dispose(): void }[];
  private shown = '';
  private due: NodeJS.Timeout | undefined;
  /** What each row says. */
  private readonly drawn = new Map<number, string>();
  private readonly cancelled = new Set<number>();
  private readonly worried = new Set<number>();
  private readonly late: NodeJS.Timeout[] = [];

  constructor(
    private readonly of: HostSession,
    private readonly tree: Tree,
    private readonly relist: () => void,
  ) {
    const {
      id,
      spec: { label, kind },
      transfers,
    } = of;
    this.hostId = id;
    this.label = label;
    this.kind = kind;
    this.listeners = [transfers.onDidChange(() => this.draw()), transfers.onDidEnd((ended) => tellEnd(of, ended))];
  }

  get size(): number {
    return this.of.transfers.all.size;
  }

  root(): vscode.TreeItem {
    return hostRow(this.of);
  }

  names(): readonly string[] {
    return [...this.of.transfers.all.keys()].sort((a, b) => a - b).map(String);
  }

  row(name: string): vscode.TreeItem | undefined {
    const transfer = this.of.transfers.all.get(Number(name));
    if (transfer === undefined) return undefined;
    const description = this.describe(transfer);
    this.drawn.set(transfer.id, description);
    return transferRow(transfer, description);
  }

  tooltip(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** For a picker. */
  rows(): readonly Choice<Row>[] {
    return [...this.of.transfers.all.values()].map((t) => ({
      label: this.of.titled(t.local),
      description: `${t.type} ${t.remote}`,
      value: this.of.row(String(t.id)),
    }));
  }

  async cancel(ids: readonly number[]): Promise<void> {
    if (ids.length === 0 || !(await this.ask(ids))) return;
    for (const id of ids) this.cancelled.add(id);
    this.relist();
    this.late.push(
      setTimeout(() => {
        const deaf = ids.filter((id) => this.of.transfers.all.has(id));
        if (deaf.length > 0) this.ask(deaf.flatMap((id) => [id, id, id])).catch(log);
      }, 3000),
    );
  }

  dispose(): void {
    for (const timer of [this.due, ...this.late]) clearTimeout(timer);
    for (const listener of this.listeners) listener.dispose();
  }

  /**
   * Asks importd to cancel transfers. It sends SIGTERM three times and SIGKILL from the fourth time on (systemd v252
   * importd.c transfer_cancel); a systemd-export of 252 that compresses does not hear the first ones.
   * @returns whether it will
   */
  private async ask(ids: readonly number[]): Promise<boolean> {
    const command = commands.cancelTransfer,
      { spec, transfers } = this.of;
    const argv = command.argv([], { ids }, await spec.systemd());
    const elevation = vscode.workspace.getConfiguration('nspawn').get<Elevation>('elevation', 'auto');
    const status = await runInTerminal({
      title: this.of.titled(`${cancelTransfer.title} ${[...new Set(ids)].join(', ')}`),
      icon: cancelTransfer.icon,
      interactive: false,
      stays: false,
      asks: spec.asks(command) || !spec.local,
      argv: spec.argv(command, argv, elevation),
    });
    if (status === undefined || status === 0) return true;
    if (!ids.some((id) => transfers.all.has(id))) return false; // it has ended meanwhile
    const rule = 'Show polkit Rule';
    notify('error', 'The transfer could not be cancelled; see its terminal.', ...(spec.asks(command) ? [rule] : []))
      .then((button) => (button === rule ? showPolkitRule(command, spec) : undefined))
      .then(undefined, log);
    return false;
  }

  private draw(): void {
    const { all } = this.of.transfers;
    for (const id of this.cancelled) if (!all.has(id)) this.cancelled.delete(id);
    for (const transfer of all.values()) this.worry(transfer);
    const ids = this.names().join();
    if (ids !== this.shown) {
      this.shown = ids;
      this.relist();
      return;
    }
    // News come several times a second, and the button of a row that is drawn anew under the mouse loses the click.
    this.due ??= setTimeout(() => {
      this.due = undefined;
      for (const transfer of all.values())
        if (this.drawn.get(transfer.id) !== this.describe(transfer)) this.tree.redraw(this, String(transfer.id));
    }, 1000);
  }

  private describe({ id, progress, message }: Transfer): string {
    if (this.cancelled.has(id)) return 'cancelling';
    const percent = progress === undefined ? message : `${Math.floor(progress * 100)} %`;
    return [percent, this.of.transfers.silent.has(id) ? 'no progress for a minute' : undefined]
      .filter((text) => text !== undefined)
      .join(' · ');
  }

  /** A download that hangs is said once. */
  private worry({ id, type, local }: Transfer): void {
    if (!this.of.transfers.silent.has(id) || this.worried.has(id) || !type.startsWith('pull-')) return;
    this.worried.add(id);
    const cancel = cancelTransfer.title;
    notify(
      'warning',
      `${this.of.titled(`The download of ${local}`)} has made no progress for a minute. The server may be slow, or systemd ` +
        '(252 in particular) may wait forever. Cancel it and download again.',
      cancel,
    )
      .then((button) => (button === cancel ? this.cancel([id]) : undefined))
      .then(undefined, log);
  }
}

const verbs: Readonly<Partial<Record<string, string>>> = { pull: 'Downloading', import: 'Importing', export: 'Exporting' };
const icons: Readonly<Partial<Record<string, string>>> = { pull: 'cloud-download', import: 'cloud-upload', export: 'package' };

function transferRow({ id, type, local, remote, message }: Transfer, description: string): vscode.TreeItem {
  const kind = type.split('-')[0] ?? '';
  const row = treeItem({
    label: local === '' ? type : local,
    description,
    tooltip: table(`${type} ${local}`, [
      [kind === 'export' ? 'To' : 'From', remote],
      ['Message', message],
    ]),
    spoken: [`${verbs[kind] ?? type} ${local}`, description === '' ? 'progress unknown' : description],
  });
  row.id = `transfer/${id}`;
  row.iconPath = new vscode.ThemeIcon(icons[kind] ?? 'sync');
  row.contextValue = `transfer;${type}`;
  return row;
}

/** Reports failures: the terminal that began the transfer may be closed, or belong to another program. */
function tellEnd(session: HostSession, { transfer: { type, local }, result, messages }: Ended): void {
  if (result === 'lost')
    showError(
      `${session.titled(type === '' ? 'A transfer' : `${type} of ${local}`)} did not finish because systemd-importd ended. Start it again.`,
    );
  if (result !== 'failed') return;
  const why = messages.filter((line) => /fail|error|denied|unable|not |invalid/i.test(line)).at(-1) ?? messages.at(-1);
  const pulls = type.startsWith('pull-') && messages.some((line) => /signature|SHA256SUMS/i.test(line));
  const hint = pulls ? notVerified({}) : undefined;
  const show = 'Show Messages';
  notify('error', [`${session.titled(`${type} of ${local}`)} failed.`, why, hint].filter((text) => text !== undefined).join(' '), show)
    .then((button) => (button === show ? showText(`${type} ${local}.log`, `${messages.join('\n')}\n`) : undefined))
    .then(undefined, log);
}
