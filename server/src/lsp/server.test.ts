import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DiagnosticSeverity } from 'vscode-languageserver/node';
import { newest } from '../schema';
import { Editor } from './testing/editor';

describe('server', () => {
  let folder: string, editor: Editor;
  const uri = (name: string): string => pathToFileURL(path.join(folder, name)).href;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-server-'));
    editor = new Editor();
  });
  afterEach(() => {
    editor.connection.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers every kind of request that it says it answers', async () => {
    const { capabilities } = (await editor.start(folder)) as { capabilities: Record<string, unknown> };
    writeFileSync(path.join(folder, 'script'), '');
    const textDocument = { uri: uri('web.nspawn') },
      position = { line: 2, character: 6 };
    const range = { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } };
    await editor.open(textDocument.uri, '[Network]\nPrivate = yes\nZone=lab\n');
    const ask = (method: string, more: object = {}): Promise<unknown> =>
      editor.ask(`textDocument/${method}`, { textDocument, position, range, ...more });
    const answers: [string, Promise<unknown>][] = [
      ['completionProvider', ask('completion')],
      ['hoverProvider', ask('hover')],
      ['codeActionProvider', ask('codeAction', { context: { diagnostics: [], only: ['refactor'] } })],
      ['documentFormattingProvider', ask('formatting', { options: { tabSize: 4, insertSpaces: true } })],
      ['documentRangeFormattingProvider', ask('rangeFormatting', { options: { tabSize: 4, insertSpaces: true } })],
      ['documentOnTypeFormattingProvider', ask('onTypeFormatting', { ch: '\n', options: { tabSize: 4, insertSpaces: true } })],
      ['documentSymbolProvider', ask('documentSymbol')],
      ['documentHighlightProvider', ask('documentHighlight')],
      ['documentLinkProvider', ask('documentLink')],
      ['definitionProvider', ask('definition')],
      ['referencesProvider', ask('references', { context: { includeDeclaration: true } })],
      ['renameProvider', ask('prepareRename')],
      ['foldingRangeProvider', ask('foldingRange')],
      ['selectionRangeProvider', ask('selectionRange', { positions: [position] })],
      ['semanticTokensProvider', ask('semanticTokens/full')],
      ['inlayHintProvider', ask('inlayHint')],
      ['workspaceSymbolProvider', editor.ask('workspace/symbol', { query: 'lab' })],
      ['signatureHelpProvider', ask('signatureHelp')],
      [
        'executeCommandProvider',
        editor.ask('workspace/executeCommand', { command: 'nspawn.server.makeExecutable', arguments: [path.join(folder, 'script')] }),
      ],
    ];
    assert.deepEqual(
      answers.map(([name]) => name).sort(),
      Object.keys(capabilities)
        .filter((c) => c.endsWith('Provider'))
        .sort(),
    );
    for (const [name, answer] of answers) {
      if (!['signatureHelpProvider', 'executeCommandProvider'].includes(name)) assert.ok(JSON.stringify(await answer) !== 'null', name);
      else assert.equal(await answer, null);
    }
  });

  it('finds names in files of the workspace that are not open, and follows what happens to them', async () => {
    mkdirSync(path.join(folder, 'deep'));
    writeFileSync(path.join(folder, 'deep', 'db.nspawn'), '[Network]\nZone=lab\n');
    await editor.start(folder);
    const web = uri('web.nspawn');
    await editor.open(web, '[Network]\nZone=lab\n');
    const references = async (): Promise<string[]> =>
      (
        (await editor.ask('textDocument/references', {
          textDocument: { uri: web },
          position: { line: 1, character: 6 },
          context: { includeDeclaration: true },
        })) as { uri: string }[]
      )
        .map((l) => l.uri)
        .filter((u) => u.startsWith(pathToFileURL(folder).href));
    const changed = (name: string, type: number): Promise<void> =>
      editor.tell('workspace/didChangeWatchedFiles', { changes: [{ uri: uri(name), type }] });
    // The first answers may come before the folder has been searched.
    while ((await references()).length < 2);
    writeFileSync(path.join(folder, 'deep', 'db.nspawn'), '[Network]\nZone=other\n');
    await changed('deep/db.nspawn', 2);
    assert.deepEqual(await references(), [web]);
    writeFileSync(path.join(folder, 'new.nspawn'), '[Network]\nZone=lab\n');
    await changed('new.nspawn', 1);
    assert.deepEqual(await references(), [web, uri('new.nspawn')]);
    rmSync(path.join(folder, 'new.nspawn'));
    await changed('new.nspawn', 3);
    assert.deepEqual(await references(), [web]);
  });

  it('judges by the settings, by the host and else by the newest releases', async () => {
    editor.settings = { systemdVersion: 'auto' };
    await editor.start(folder, { host: { systemd: 247 } });
    const x = uri('x.nspawn');
    await editor.open(x, '[Exec]\nSuppressSync=yes\n');
    await editor.diagnostics(x, (codes) => codes.includes('unknown-setting'));
    assert.deepEqual(await editor.ask('nspawn/target'), {
      systemd: { version: 247, from: 'host' },
      mkosi: { version: newest.mkosi, from: 'newest' },
    });
    editor.settings = { systemdVersion: '257' };
    await editor.tell('workspace/didChangeConfiguration', { settings: null });
    await editor.diagnostics(x, (codes) => codes.length === 0);
    assert.deepEqual(await editor.ask('nspawn/target'), {
      systemd: { version: 257, from: 'setting' },
      mkosi: { version: newest.mkosi, from: 'newest' },
    });
    editor.settings = {};
    await editor.tell('workspace/didChangeConfiguration', { settings: null });
    await editor.tell('nspawn/host', { systemd: 240, mkosi: '25.3' });
    await editor.diagnostics(x, (codes) => codes.length === 1);
    assert.deepEqual(await editor.ask('nspawn/target'), {
      systemd: { version: 240, from: 'host' },
      mkosi: { version: 25.3, from: 'host' },
    });
    await editor.tell('nspawn/host', { systemd: 241 });
    assert.deepEqual(await editor.ask('nspawn/target'), {
      systemd: { version: 241, from: 'host' },
      mkosi: { version: newest.mkosi, from: 'newest' },
    });
  });

  it('takes severities of rules, and judges again after every edit', async () => {
    editor.settings = { rules: { 'unknown-setting': 'hint', 'bad-value': 'nonsense' } };
    await editor.start(folder, { host: {} });
    const x = uri('x.nspawn');
    await editor.open(x, '[Exec]\nBoots=yes\n');
    await editor.diagnostics(x, (codes, shown) => codes.length === 1 && shown[0]?.severity === DiagnosticSeverity.Hint);
    await editor.tell('textDocument/didChange', {
      textDocument: { uri: x, version: 2 },
      contentChanges: [{ range: { start: { line: 1, character: 4 }, end: { line: 1, character: 5 } }, text: '' }],
    });
    await editor.diagnostics(x, (codes) => codes.length === 0);
    await editor.tell('textDocument/didClose', { textDocument: { uri: x } });
    assert.equal(await editor.ask('textDocument/hover', { textDocument: { uri: x }, position: { line: 0, character: 1 } }), null);
  });

  it('shows nothing before it knows the settings', async () => {
    let tell = (): void => undefined;
    editor.ready = new Promise((resolve) => {
      tell = resolve;
    });
    editor.settings = { rules: { 'unknown-setting': 'hint' } };
    await editor.start(folder, { host: {} });
    const x = uri('x.nspawn');
    await editor.open(x, '[Exec]\nBoots=yes\n');
    for (let i = 0; i < 3; i++) await editor.ask('textDocument/hover', { textDocument: { uri: x }, position: { line: 0, character: 1 } });
    assert.deepEqual(editor.told, []);
    tell();
    assert.deepEqual(
      (await editor.diagnostics(x, () => true)).map((d) => d.severity),
      [DiagnosticSeverity.Hint],
    );
  });

  it('says why a name cannot be taken', async () => {
    await editor.start(folder);
    await editor.open(uri('x.nspawn'), '[Network]\nZone=lab\n');
    await assert.rejects(
      editor.ask('textDocument/rename', {
        textDocument: { uri: uri('x.nspawn') },
        position: { line: 1, character: 6 },
        newName: 'much-too-long-a-name',
      }),
      /12 characters/,
    );
  });

  it('takes no document that is of no kind of ours, whatever the editor calls it', async () => {
    editor.settings = {};
    await editor.start(folder, { host: {} });
    const text = '[Network]\nBoots=yes\nZone=lab\n',
      range = { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } },
      position = { line: 1, character: 2 };
    const others = ['a.service', 'x.network', 'a.netdev', 'web.service.d/override.conf', 'mkosi.repart/00-root.conf'].flatMap((name) =>
      ['systemd', 'ini', 'plaintext', 'nspawn', 'mkosi'].map((languageId) => [name, languageId] as const),
    );
    for (const [name, languageId] of [...others, ['notes.txt', 'plaintext'] as const]) {
      const textDocument = { uri: uri(name) };
      await editor.open(textDocument.uri, text, languageId);
      const ask = (method: string, more: object = {}): Promise<unknown> =>
        editor.ask(`textDocument/${method}`, { textDocument, position, range, ...more });
      for (const method of ['completion', 'hover', 'signatureHelp', 'documentSymbol', 'documentHighlight', 'documentLink', 'definition'])
        assert.equal(await ask(method), null, `${method} of ${name}`);
      for (const method of ['foldingRange', 'inlayHint', 'prepareRename']) assert.equal(await ask(method), null, `${method} of ${name}`);
      assert.equal(await ask('formatting', { options: { tabSize: 4, insertSpaces: true } }), null);
      assert.equal(await ask('codeAction', { context: { diagnostics: [] } }), null);
      assert.equal(await ask('references', { context: { includeDeclaration: true } }), null);
      assert.equal(await ask('selectionRange', { positions: [position] }), null);
      assert.deepEqual(((await ask('semanticTokens/full')) as { data: number[] }).data, []);
      await editor.change(textDocument.uri, 2, `${text}Zone=other\n`);
      await editor.tell('textDocument/didClose', { textDocument });
    }
    assert.deepEqual(await editor.ask('workspace/symbol', { query: 'other' }), []);
    // What is ours is checked after all of these.
    const untitled = 'untitled:Untitled-1';
    await editor.open(untitled, '[Exec]\nBoots=yes\n', 'nspawn');
    await editor.diagnostics(untitled, (codes) => codes.includes('unknown-setting'));
    assert.deepEqual(
      [...editor.shown].filter(([, shown]) => shown.length > 0).map(([shown]) => shown),
      [untitled],
    );
  });

  it('sends only the tokens that changed', async () => {
    await editor.start(folder);
    const textDocument = { uri: uri('x.nspawn') };
    await editor.open(textDocument.uri, '[Exec]\nBoot=yes\n');
    const full = (await editor.ask('textDocument/semanticTokens/full', { textDocument })) as { resultId: string };
    assert.deepEqual(
      (
        (await editor.ask('textDocument/semanticTokens/full/delta', { textDocument, previousResultId: full.resultId })) as {
          edits: unknown;
        }
      ).edits,
      [],
    );
  });
});
