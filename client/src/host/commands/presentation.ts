/** How people meet a command. package.json, pickers, terminals and messages are made from it, see `npm run generate`. */
export interface Presentation {
  /** Of the VS Code command, without `nspawn.`; the id of the command unless told. */
  readonly id?: string;
  /** Title Case, as in menus. Ends with … where it asks for more than the machine. */
  readonly title: string;
  /** A codicon: of the terminal, and of the button on a row. */
  readonly icon: string;
  /** In the picker, when no row was selected: "Machines to start". */
  readonly ask?: string;
  /** Said when no machine fits. */
  readonly none?: string;
  /** In the context menu of rows; which rows follows from what the command needs. */
  readonly row?: RowMenu;
  /** Group and order in the menu "…" of the view Images. */
  readonly imagesView?: string;
  /** Of the keyboard, where a view with such rows has the focus. */
  readonly key?: { readonly key: string; readonly mac?: string };
}

export interface RowMenu {
  /** Group and order: `1_state@1`. */
  readonly group: string;
  /** The order of its button on the row itself; no button unless told. A command for running machines has none while one starts or stops. */
  readonly inline?: number;
  /** The views with such rows; unless told, Images for a command about images and Machines for others. */
  readonly views?: readonly ('machines' | 'images')[];
  /** A flag that the row has to have, or with `!` must not have. */
  readonly flag?: RowFlag | `!${RowFlag}`;
}

export type RowFlag = 'autostart' | 'readonly';
