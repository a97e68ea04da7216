import * as vscode from 'vscode';
import { messageOf, showError, showInfo } from '../../ui/notifications';
import type { HostSession } from '../host-session';
import { askInside, pathOf } from '../prompts/prompts';
import type { Row } from './tree';

const files = 'text/uri-list';

/** Files of the explorer that are dropped on a running machine are copied into it. */
export class CopyByDragAndDrop implements vscode.TreeDragAndDropController<Row> {
  readonly dropMimeTypes = [files];
  readonly dragMimeTypes = [];

  constructor(private readonly sessionOf: (row: Row) => HostSession | undefined) {}

  /** What goes wrong is said here: VS Code would show it as it is. */
  async handleDrop(row: Row | undefined, dropped: vscode.DataTransfer): Promise<void> {
    try {
      await this.copy(row, dropped);
    } catch (error) {
      showError(`Copy to ${row?.name ?? 'a machine'}: ${messageOf(error)}`);
    }
  }

  private async copy(row: Row | undefined, dropped: vscode.DataTransfer): Promise<void> {
    const list = await dropped.get(files)?.asString();
    if (row === undefined || row.heading === true || list === undefined) return;
    const place = this.sessionOf(row)?.spec;
    if (place?.local !== true) {
      showInfo(
        `${row.name} runs on ${place?.label ?? 'another computer'}, and only files of that computer can be copied into it. Copy the file there first, for example with scp.`,
      );
      return;
    }
    const sources = list
      .split(/\r?\n/)
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => pathOf(vscode.Uri.parse(line)));
    for (const source of sources) {
      if (source === undefined) {
        showInfo('Only files of the computer that the machine runs on can be copied into it.');
        continue;
      }
      const target = await askInside(
        `Copy to ${row.name}`,
        `Destination path of ${source} inside the machine`,
        `/root/${source.split('/').at(-1) ?? ''}`,
      );
      if (target === undefined) return;
      await vscode.commands.executeCommand('nspawn.copyTo', row, undefined, { options: { source, target }, confirmed: () => true });
    }
  }
}
