import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './until';

const id = 'nspawn-tools.nspawn';

async function open(content: string, language: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ content, language });
  await vscode.window.showTextDocument(document);
  return document;
}

const labels = async (document: vscode.TextDocument, line: number, character: number): Promise<string[]> => {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    new vscode.Position(line, character),
  );
  return list.items.map((i) => (typeof i.label === 'string' ? i.label : i.label.label));
};

describe('in VS Code, the language', () => {
  before(async () => {
    await open('[Exec]\n', 'nspawn');
    await until('the extension to be active', () => vscode.extensions.getExtension(id)?.isActive);
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is told by the names of files', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const files: Record<string, string> = {
      'web.nspawn': 'nspawn',
      'mistakes.nspawn': 'nspawn',
      'image/mkosi.conf': 'mkosi',
      'legacy/mkosi.default': 'mkosi',
    };
    for (const [file, language] of Object.entries(files)) {
      const document: vscode.TextDocument = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, file));
      assert.equal(document.languageId, language, file);
    }
  });

  it('completes sections, settings and values', async () => {
    const document = await open('[Exec]\n\nResolvConf=\n[', 'nspawn');
    assert.ok((await until('settings', () => labels(document, 1, 0))).includes('PrivateUsers'));
    assert.ok((await until('values', () => labels(document, 2, 11))).includes('copy-host'));
    assert.ok((await until('sections', () => labels(document, 3, 1))).includes('[Network]'));
    const mkosi = await open('[Output]\nFormat=\n', 'mkosi');
    assert.ok((await until('formats', () => labels(mkosi, 1, 7))).includes('disk'));
  });

  it('explains a setting', async () => {
    const document = await open('[Network]\nVirtualEthernet=yes\n', 'nspawn');
    const hovers = await until('a hover', () =>
      vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, new vscode.Position(1, 3)),
    );
    const text = hovers
      .flatMap((h) => h.contents)
      .map((c) => (c instanceof vscode.MarkdownString ? c.value : ''))
      .join('\n');
    assert.match(text, /VirtualEthernet=/);
    assert.match(text, /--network-veth/);
    for (const one of hovers.flatMap((h) => h.contents)) {
      if (one instanceof vscode.MarkdownString)
        assert.deepEqual([one.isTrusted ?? false, one.supportHtml ?? false], [false, false], 'it may quote files');
    }
  });

  it('finds mistakes, forgets them when they are mended, and fixes what has one answer', async () => {
    const document = await open('[Exec]\nBoots=yes\n', 'nspawn');
    const codes = (): unknown[] =>
      vscode.languages.getDiagnostics(document.uri).map((d) => (typeof d.code === 'object' ? d.code.value : d.code));
    await until('a diagnostic', () => codes().includes('unknown-setting'));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(1, 0, 1, 5),
    );
    const fix = actions.find((a) => a.title === 'Change to Boot=');
    assert.ok(fix?.edit);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.equal(document.getText(), '[Exec]\nBoot=yes\n');
    await until('no diagnostic', () => codes().length === 0);
  });

  it('judges by the release that is set', async () => {
    const document = await open('[Exec]\nSuppressSync=yes\n', 'nspawn');
    const unknown = (): boolean => vscode.languages.getDiagnostics(document.uri).some((d) => /250/.test(d.message));
    const settings = vscode.workspace.getConfiguration('nspawn');
    await settings.update('systemdVersion', 240, vscode.ConfigurationTarget.Global);
    try {
      await until('SuppressSync= to be too new', unknown);
    } finally {
      await settings.update('systemdVersion', undefined, vscode.ConfigurationTarget.Global);
    }
    await until('SuppressSync= to be known again', () => !unknown());
  });

  it('formats, outlines and colours a file', async () => {
    const document = await open('[Exec]\n  Boot = yes\n', 'nspawn');
    const options = { tabSize: 4, insertSpaces: true };
    const edits = await until('formatting', () =>
      vscode.commands.executeCommand<vscode.TextEdit[]>('vscode.executeFormatDocumentProvider', document.uri, options),
    );
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, edits);
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(document.getText(), '[Exec]\nBoot=yes\n');
    const symbols = await until('symbols', () =>
      vscode.commands.executeCommand<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri),
    );
    assert.deepEqual(
      symbols.map((s) => [s.name, s.children.map((c) => c.name)]),
      [['[Exec]', ['Boot']]],
    );
    const legend = await vscode.commands.executeCommand<vscode.SemanticTokensLegend>(
      'vscode.provideDocumentSemanticTokensLegend',
      document.uri,
    );
    assert.ok(legend.tokenTypes.length > 3);
  });
});
