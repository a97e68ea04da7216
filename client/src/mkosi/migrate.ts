import * as vscode from 'vscode';
import { changeMode } from '../../../server/src/node/shared/replace-file';
import type { Migration } from '../../../server/src/protocol';
import { inertLine, say } from '../ui/text';
import type { LanguageServer } from './language-server';
import { nameOf, type Project } from './projects';

const words = { lost: 'Lost', check: 'Needs review', moved: 'Moved or not needed' };

/**
 * Rewrites a project for a newer mkosi, as a refactoring that is previewed before anything changes. Runs no file of the
 * workspace.
 * @param target the release to write for; undefined: the newest known
 * @returns whether it was applied; undefined: there was nothing to do
 * @throws Error when the project cannot be read, or the language server does not run
 */
export async function migrate(server: LanguageServer, project: Project, target: number | undefined): Promise<boolean | undefined> {
  const result = await server.ask('nspawn/mkosi/migrate', {
    uri: project.uri.toString(),
    ...(target === undefined ? {} : { release: target }),
  });
  const edit = await editFor(project.uri, result);
  const notes = [...result.actions.filter((a) => a.kind === 'by-hand'), ...result.losses];
  if (edit.size === 0 && notes.length === 0) return undefined;
  if (notes.length > 0) await showNotes(project, result);
  const applied = edit.size === 0 || (await vscode.workspace.applyEdit(edit, { isRefactoring: true }));
  if (applied) await finish(project.uri, result);
  return applied;
}

/** Files that came or went are on the disk already; texts follow, so that mkosi does not find half a migration. */
async function finish(folder: vscode.Uri, { files }: Migration): Promise<void> {
  for (const { path: file, mode } of files) {
    const uri = vscode.Uri.joinPath(folder, file);
    await vscode.workspace.textDocuments.find((d) => d.isDirty && d.uri.toString() === uri.toString())?.save();
    if (mode !== undefined) {
      try {
        changeMode(uri.fsPath, () => mode, folder.fsPath);
      } catch (error) {
        throw new Error(`${uri.fsPath} is readable by other users: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
  }
}

/** Text first, under the old name, then the rename: so the preview compares a file with itself. */
async function editFor(folder: vscode.Uri, { files, actions }: Migration): Promise<vscode.WorkspaceEdit> {
  const edit = new vscode.WorkspaceEdit(),
    at = (below: string): vscode.Uri => vscode.Uri.joinPath(folder, below);
  const renames = actions.flatMap(({ kind, path: from, to, message }) =>
    kind === 'rename' && to !== undefined ? [{ from, to, message }] : [],
  );
  const metadata = (label: string, description?: string): vscode.WorkspaceEditEntryMetadata => ({
    needsConfirmation: false,
    label,
    ...(description === undefined ? {} : { description: inertLine(description) }),
  });
  for (const { path: file, text } of files) {
    const uri = at(renames.find((r) => r.to === file)?.from ?? file);
    const exists = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (!exists) {
      edit.createFile(uri, { contents: new TextEncoder().encode(text), overwrite: false }, metadata('Create a file'));
      continue;
    }
    const document = await vscode.workspace.openTextDocument(uri),
      all = document.getText();
    if (all === text) continue;
    edit.replace(uri, new vscode.Range(document.positionAt(0), document.positionAt(all.length)), text, metadata('Rewrite settings'));
  }
  for (const { from, to, message } of renames) edit.renameFile(at(from), at(to), { overwrite: false }, metadata('Rename a file', message));
  // One entry that wants to be confirmed opens the preview. VS Code does not tick such an entry, and half a migration is
  // none: so it is one that changes nothing, and all others are ticked.
  const first = edit.entries()[0]?.[0] ?? renames.map((r) => at(r.from))[0];
  if (first !== undefined) {
    edit.insert(first, new vscode.Position(0, 0), '', { needsConfirmation: true, label: 'Apply performs all of the changes above' });
  }
  return edit;
}

async function showNotes(project: Project, { actions, losses }: Migration): Promise<void> {
  const byHand = actions.filter((a) => a.kind === 'by-hand').map((a) => say`- ${a.path}: ${a.message}`);
  const lists = (['lost', 'check', 'moved'] as const).map((kind) => ({
    title: words[kind],
    items: losses.filter((l) => l.kind === kind).map((l) => say`- ${l.path}, line ${l.line + 1}: ${l.message}`),
  }));
  const content = [{ title: 'To do by hand', items: byHand }, ...lists]
    .filter((l) => l.items.length > 0)
    .map((l) => `## ${l.title}\n\n${l.items.join('\n')}\n`)
    .join('\n');
  const intro = say`# Migration of ${nameOf(project)}\n\nLine numbers refer to the files before the migration.\n\n`;
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: intro + content });
  await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
}
