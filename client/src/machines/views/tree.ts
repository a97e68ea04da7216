import * as vscode from 'vscode';
import { log } from '../../ui/notifications';
import { alsoSpoken, setTooltip, treeItem, withFacts } from '../../ui/rows';

/** A row of a tree: the same object for as long as the thing that it shows exists. */
export interface Row {
  readonly name: string;
  /** The id of the place it belongs to; absent for the system scope of this computer. */
  readonly hostId?: string;
  /** Not a thing itself: a heading above rows, or the root of a host. */
  readonly heading?: boolean;
}

/** A row, if that is what a command was handed: other extensions, links and key bindings hand over anything. What is none counts as nothing. */
export function asRow(value: unknown): Row | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, hostId, heading } = value as Partial<Record<keyof Row, unknown>>;
  const isRow =
    typeof name === 'string' &&
    (hostId === undefined || typeof hostId === 'string') &&
    (heading === undefined || typeof heading === 'boolean');
  return isRow ? (value as Row) : undefined;
}

/** The rows of a selection; undefined where a command was handed none. */
export const asRows = (value: unknown): readonly Row[] | undefined =>
  Array.isArray(value) ? value.map(asRow).filter((row) => row !== undefined) : undefined;

/** What a tree shows of one host: the names in order, and for each how it looks and what its tooltip says. */
export interface Shown {
  names(): readonly string[];
  row(name: string): vscode.TreeItem | undefined;
  tooltip(name: string): Promise<vscode.MarkdownString | undefined>;
  /** The heading of a name; undefined for a flat list. */
  heading?(name: string): string | undefined;
}

/** The rows of one host. */
export interface Branch extends Shown {
  /** Of the place; absent for the system scope of this computer. */
  readonly hostId: string | undefined;
  /** What its rows are told apart by, for people. */
  readonly label: string;
  /** A word for the menus, see package.json. */
  readonly kind: string;
  /** The row above its rows. */
  root(): vscode.TreeItem;
}

/**
 * The lists of some hosts as a tree, each flat or below headings. A branch has a root, unless it is the only one and
 * wants none. `redraw` draws single rows again; only a row that comes, goes or changes its heading makes VS Code read
 * the list.
 */
export class Tree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly grown = new Map<Branch, BranchRows>();
  private readonly changed = new vscode.EventEmitter<Row | undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  /** @param branches in their order @param flat whether there is only one, which is shown without a root */
  constructor(
    private readonly branches: () => readonly Branch[],
    private readonly flat: () => boolean = () => true,
  ) {}

  /** Draws one row again. */
  redraw(branch: Branch, name: string): void {
    const grown = this.of(branch),
      row = grown.rows.get(name);
    if (row === undefined) return;
    if (grown.below.get(name) === branch.heading?.(name)) this.changed.fire(row);
    else this.relist(branch);
  }

  /** Reads the list of a host again, or what hosts there are. */
  relist(branch?: Branch): void {
    if (branch === undefined) {
      const still = new Set(this.branches());
      for (const gone of this.grown.keys()) if (!still.has(gone)) this.grown.delete(gone);
    }
    this.changed.fire(branch === undefined || this.flat() ? undefined : this.of(branch).root);
  }

  getChildren(parent?: Row): Row[] {
    const branches = this.branches();
    if (parent === undefined && !this.flat()) return branches.map((branch) => this.of(branch).root);
    const grown = parent === undefined ? branches[0] && this.of(branches[0]) : this.rowsOf(parent);
    if (grown === undefined) return [];
    return parent === undefined || parent === grown.root ? grown.list() : grown.listBelow(parent);
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const grown = this.rowsOf(row);
    if (grown === undefined) return treeItem({ label: row.name });
    const { branch } = grown;
    if (row === grown.root) return branch.root();
    const item = row.heading === true ? headingItem(row.name) : (branch.row(row.name) ?? treeItem({ label: row.name }));
    if (this.flat()) return item;
    item.id = `${branch.hostId ?? 'system'}/${item.id ?? row.name}`;
    alsoSpoken(item, branch.label);
    if (row.heading !== true && item.contextValue !== undefined) item.contextValue += `${branch.kind};`;
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, row: Row): Promise<vscode.TreeItem> {
    const branch = row.heading === true ? undefined : this.rowsOf(row)?.branch;
    const tooltip = await branch?.tooltip(row.name).catch(log);
    if (tooltip !== undefined) setTooltip(item, branch && !this.flat() ? withFacts(tooltip, [['Host', branch.label]]) : tooltip);
    return item;
  }

  getParent(row: Row): Row | undefined {
    const grown = this.rowsOf(row);
    if (grown === undefined || row === grown.root) return undefined;
    const above = row.heading === true ? undefined : grown.below.get(row.name);
    return above === undefined ? (this.flat() ? undefined : grown.root) : grown.headings.get(above);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private of(branch: Branch): BranchRows {
    let grown = this.grown.get(branch);
    if (grown === undefined) this.grown.set(branch, (grown = new BranchRows(branch)));
    return grown;
  }

  private rowsOf({ hostId }: Row): BranchRows | undefined {
    const branch = this.branches().find((one) => one.hostId === hostId);
    return branch && this.of(branch);
  }
}

/** The rows of a branch as they were read last. */
class BranchRows {
  readonly rows = new Map<string, Row>();
  readonly headings = new Map<string, Row>();
  /** The parent of every row. */
  readonly below = new Map<string, string | undefined>();
  readonly root: Row;

  constructor(readonly branch: Branch) {
    this.root = this.make(branch.label, true);
  }

  list(): Row[] {
    const { branch } = this;
    const names = branch.names(),
      still = new Set(names);
    for (const name of this.rows.keys()) if (!still.has(name)) this.rows.delete(name);
    this.below.clear();
    // In the order of the names, whatever the order in which they came.
    const rows = names.map((name) => this.rows.get(name) ?? this.make(name));
    this.rows.clear();
    for (const row of rows) {
      this.rows.set(row.name, row);
      this.below.set(row.name, branch.heading?.(row.name));
    }
    const headings = [...new Set(this.below.values())].filter((heading) => heading !== undefined).sort();
    if (headings.length === 0) return rows;
    return headings.map((name) => {
      let heading = this.headings.get(name);
      if (heading === undefined) this.headings.set(name, (heading = this.make(name, true)));
      return heading;
    });
  }

  listBelow(heading: Row): Row[] {
    return heading.heading === true ? [...this.rows.values()].filter(({ name }) => this.below.get(name) === heading.name) : [];
  }

  private make(name: string, heading = false): Row {
    const { hostId: hostId } = this.branch;
    return { name, ...(hostId === undefined ? {} : { hostId }), ...(heading ? { heading } : {}) };
  }
}

function headingItem(name: string): vscode.TreeItem {
  const item = treeItem({ label: name, collapsible: vscode.TreeItemCollapsibleState.Expanded });
  item.id = `heading/${name}`;
  item.contextValue = 'heading';
  return item;
}
