import * as vscode from 'vscode';
import { mkosiContributions } from './contributions';
import { isMain } from './projects';

const { build, summary, shell, boot, vm, check } = mkosiContributions;
const shown = [build, summary, shell, boot, vm, check];

/** What can be done with a project, above its main configuration file. Nothing in a workspace that is not trusted. */
export function openLens(): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses({ uri }) {
      if (!vscode.workspace.isTrusted || !isMain(uri)) return [];
      return shown.map(({ id, title }) => new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command: id, arguments: [uri] }));
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.languages.registerCodeLensProvider({ language: 'mkosi', scheme: 'file' }, provider),
  );
}
