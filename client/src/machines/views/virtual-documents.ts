import * as vscode from 'vscode';
import { fileReferencesIn } from '../../host';
import { documentLink } from '../../ui/rows';
import { inertLine } from '../../ui/text';
import { openSettingsLine } from '../commands/settings-editor';

const scheme = 'nspawn-text';
const texts = new Map<string, string>();
/** Texts of other computers: the files that they name are not those here. */
const foreign = new Set<string>();
let opened = 0;

/** Texts of ours in read-only editors; lines of settings files that are named in them are links. */
export function registerVirtualDocuments(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) =>
        texts.get(uri.toString()) ?? 'This text was not kept. Run the command again to see the current state.\n',
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      texts.delete(document.uri.toString());
      foreign.delete(document.uri.toString());
    }),
    vscode.languages.registerDocumentLinkProvider(
      { scheme },
      {
        provideDocumentLinks: (document) =>
          foreign.has(document.uri.toString())
            ? []
            : fileReferencesIn(document.getText()).map(({ file, line, at, length }) => {
                const range = new vscode.Range(document.positionAt(at), document.positionAt(at + length));
                return documentLink(
                  range,
                  vscode.Uri.from({ scheme: 'command', path: openSettingsLine, query: JSON.stringify([file, line]) }),
                  `Open line ${line}`,
                );
              }),
      },
    ),
  );
}

/** Shows a text; the ending of its name chooses the colours. @param local whether the files that it names are files here */
export async function showText(name: string, text: string, local = true): Promise<vscode.TextEditor> {
  const uri = vscode.Uri.from({ scheme, path: `/${inertLine(name).replaceAll('/', '_')}`, query: String(++opened) });
  texts.set(uri.toString(), text);
  if (!local) foreign.add(uri.toString());
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}
