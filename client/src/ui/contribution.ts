/**
 * What package.json says about commands, views and their empty states. It is data: `npm run generate` loads it outside VS Code and
 * writes it to package.json, so files that hold it import no `vscode`.
 */

export interface Contribution {
  /** `nspawn.` and a name; other extensions and key bindings use it, so it never changes. */
  readonly id: string;
  /** Title Case; the only one, in menus, pickers, terminals and messages. Ends with … where it asks for more. */
  readonly title: string;
  /** Stands before the title in the command palette. */
  readonly category: 'Machines' | 'mkosi' | 'nspawn';
  /** A codicon. */
  readonly icon?: string;
  /** When the command palette offers it: a `when` clause, or `false`. Always unless told. */
  readonly palette?: string;
  readonly menus?: readonly MenuItem[];
  readonly keys?: readonly Key[];
}

export interface MenuItem {
  readonly menu: 'view/title' | 'view/item/context' | 'editor/title' | 'explorer/context';
  /** A `when` clause. */
  readonly when: string;
  /** Group and order: `1_state@1`. */
  readonly group: string;
}

export interface Key {
  readonly key: string;
  readonly mac?: string;
  readonly when: string;
  /** What the command is called with. */
  readonly args: string;
}

/** What an empty view shows. */
export interface Welcome {
  readonly view: string;
  readonly when: string;
  /** Markdown; a link on a line of its own is a button. */
  readonly contents: string;
}

/** A title before other words: "Clone…" becomes "Clone", as in "Clone web". */
export const nameOf = ({ title }: Pick<Contribution, 'title'>): string => title.replace(/[…?]$/, '');
