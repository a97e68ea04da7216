import * as vscode from 'vscode';
import { isMain } from './projects';

const shown = [
  ['$(package) Build', 'nspawn.mkosi.build'],
  ['Summary', 'nspawn.mkosi.summary'],
  ['Shell', 'nspawn.mkosi.shell'],
  ['Boot', 'nspawn.mkosi.boot'],
  ['VM', 'nspawn.mkosi.vm'],
  ['Check', 'nspawn.mkosi.check'],
] as const;

/** What can be done with a project, above its main configuration file. Nothing in a workspace that is not trusted. */
export function openLens(): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses({ uri }) {
      if (!vscode.workspace.isTrusted || !isMain(uri)) return [];
      return shown.map(([title, command]) => new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: [uri] }));
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.languages.registerCodeLensProvider({ language: 'mkosi', scheme: 'file' }, provider),
  );
}
