import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type {
  CodeAction,
  CompletionItem,
  Hover,
  InlayHint,
  Location,
  SignatureHelp,
  TextEdit,
  WorkspaceEdit,
  WorkspaceSymbol,
} from 'vscode-languageserver-types';
import { Editor } from '../../server/src/lsp/testing/editor';

/** The built server as an editor starts it, asked for everything that it can do with a `.nspawn` file. */
describe('.nspawn files over standard streams', () => {
  let folder: string,
    server: ChildProcess,
    editor: Editor,
    version = 1;
  const uri = (name: string): string => pathToFileURL(path.join(folder, name)).href;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-language-'));
    writeFileSync(path.join(folder, 'db.nspawn'), '[Network]\nZone=lab\nPort=5432\n');
    server = spawn(process.execPath, ['server/dist/cli.js', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    assert.ok(server.stdin !== null && server.stdout !== null);
    editor = new Editor({ from: server.stdout, to: server.stdin });
    editor.settings = { systemdVersion: 262, rules: { 'host-network': 'off', overridden: 'error' } };
    await editor.start(folder);
    await editor.open(uri('web.nspawn'), '');
  });
  after(async () => {
    await editor.ask('shutdown');
    await editor.tell('exit');
    await once(server, 'close');
    editor.connection.dispose();
    rmSync(folder, { recursive: true });
  });

  /** Puts a text into the editor; its bar is the cursor. */
  async function write(
    marked: string,
  ): Promise<{ textDocument: { uri: string }; position: { line: number; character: number }; document: TextDocument }> {
    const offset = Math.max(marked.indexOf('|'), 0),
      document = TextDocument.create(uri('web.nspawn'), 'nspawn', ++version, marked.replace('|', ''));
    await editor.change(document.uri, version, document.getText());
    return { textDocument: { uri: document.uri }, position: document.positionAt(offset), document };
  }
  const whole = ({ document }: { document: TextDocument }) => ({
    start: { line: 0, character: 0 },
    end: document.positionAt(document.getText().length),
  });

  it('shows findings with their page, by the severities that the user has chosen', async () => {
    const at = await write('[Exec]\nHostname=a\nHostname=b\nBoot=maybe\n# nspawn-ignore: bad-value\nBoot=perhaps\n[Network]\nPrivate=no\n');
    const found = await editor.diagnostics(at.textDocument.uri, (codes) => codes.length > 0);
    assert.deepEqual(
      found.map((d) => [d.code, d.severity, d.range.start.line]),
      [
        ['overridden', 1, 1],
        ['bad-value', 2, 3],
      ],
    );
    for (const { code, codeDescription } of found)
      assert.match(codeDescription?.href ?? '', new RegExp(`/docs/rules/${String(code)}\\.md$`));
  });

  it('mends one thing, all things on request, and silences a line', async () => {
    const at = await write('[Exec]\nKillSignal=sigterm\nCapability=NET_ADMIN\n[Files]\nBind=/a:/b:ro\n');
    const [first] = await editor.diagnostics(at.textDocument.uri, (codes) => codes.length === 3);
    const actions = async (range: unknown, only?: string[]): Promise<CodeAction[]> =>
      (await editor.ask('textDocument/codeAction', {
        textDocument: at.textDocument,
        range,
        context: { diagnostics: [], only },
      })) as CodeAction[];
    const after = ({ edit }: CodeAction): string => TextDocument.applyEdits(at.document, edit?.changes?.[at.textDocument.uri] ?? []);
    const quick = await actions(first?.range, ['quickfix']);
    assert.deepEqual(
      quick.map((a) => [a.title, after(a).split('\n').slice(1, -4).join(' | ')]),
      [
        ['Change to SIGTERM', 'KillSignal=SIGTERM'],
        ['Silence bad-value on this line', '# nspawn-ignore: bad-value | KillSignal=sigterm'],
      ],
    );
    const [all] = await actions(whole(at), ['source.fixAll']);
    assert.ok(all);
    assert.equal(after(all), '[Exec]\nKillSignal=SIGTERM\nCapability=CAP_NET_ADMIN\n[Files]\nBindReadOnly=/a:/b\n');
  });

  it('completes with the page of an item, names of other files, and goes on by itself', async () => {
    const items = async (marked: string): Promise<CompletionItem[]> =>
      (await editor.ask('textDocument/completion', await write(marked))) as CompletionItem[];
    assert.deepEqual(
      (await items('[Network]\nZone=|\n')).map((i) => i.label),
      ['lab'],
    );
    const boot = (await items('[Exec]\nB|')).find((i) => i.label === 'Boot');
    assert.equal(boot?.command?.command, 'editor.action.triggerSuggest');
    assert.match(
      JSON.stringify(((await editor.ask('completionItem/resolve', boot)) as CompletionItem).documentation),
      /systemd\.nspawn\.html#Boot=/,
    );
  });

  it('explains names and pieces of values, and shows their form', async () => {
    const page = async (marked: string): Promise<string> =>
      JSON.stringify(((await editor.ask('textDocument/hover', await write(marked))) as Hover).contents);
    assert.match(await page('[Exec]\nPrivate|Users=pick\n'), /Default.*Command line.*Known.*Trust.*Repeated/);
    assert.match(await page('[Exec]\nPrivateUsers=5242|88:1000\n'), /0 to 999 of the machine are 524288 to 525287/);
    const help = (await editor.ask('textDocument/signatureHelp', await write('[Files]\nBind=/a:|\n'))) as SignatureHelp;
    assert.deepEqual([help.signatures[0]?.label, help.activeParameter], ['Bind=source:destination:options', 1]);
  });

  it('brings all, or some lines, into form', async () => {
    const at = await write('[Exec]\n Boot = yes\n User = web\n'),
      options = { tabSize: 2, insertSpaces: true };
    const formatted = async (more: object): Promise<string> =>
      TextDocument.applyEdits(
        at.document,
        (await editor.ask(`textDocument/${'range' in more ? 'rangeF' : 'f'}ormatting`, {
          textDocument: at.textDocument,
          options,
          ...more,
        })) as TextEdit[],
      );
    assert.equal(await formatted({}), '[Exec]\nBoot=yes\nUser=web\n');
    assert.equal(
      await formatted({ range: { start: { line: 2, character: 0 }, end: { line: 2, character: 11 } } }),
      '[Exec]\n Boot = yes\nUser=web\n',
    );
  });

  it('knows a zone in all files: references, renaming, search, highlights', async () => {
    const at = await write('[Network]\nZone=la|b\n[Exec]\nHostname=lab\n');
    const places = (await editor.ask('textDocument/references', { ...at, context: { includeDeclaration: true } })) as Location[];
    assert.deepEqual(places.map((l) => path.basename(l.uri)).sort(), ['db.nspawn', 'web.nspawn']);
    const edit = (await editor.ask('textDocument/rename', { ...at, newName: 'dev' })) as WorkspaceEdit;
    assert.deepEqual(
      Object.keys(edit.changes ?? {})
        .map((u) => path.basename(u))
        .sort(),
      ['db.nspawn', 'web.nspawn'],
    );
    await assert.rejects(editor.ask('textDocument/rename', { ...at, newName: 'much-too-long-a-name' }), /12 characters/);
    const symbols = (await editor.ask('workspace/symbol', { query: 'lab' })) as WorkspaceSymbol[];
    assert.deepEqual(symbols.map((s) => s.containerName).sort(), ['zone of db', 'zone of web']);
    assert.equal(((await editor.ask('textDocument/definition', at)) as Location).uri, uri('db.nspawn'));
  });

  it('gives the rest of what an editor shows: outline, folds, colours, hints, selections, links, the next line', async () => {
    const text = '# see systemd.nspawn(5)\n[Exec]\nParameters=a \\\n  b\n\n[Network]\nZone=lab\n[Files]\nBindUserShell=yes\n';
    const at = await write(text),
      { textDocument } = at,
      range = whole(at);
    const asked = async <T>(method: string, more: object = {}): Promise<T> =>
      (await editor.ask(`textDocument/${method}`, { textDocument, ...more })) as T;
    assert.deepEqual(
      (await asked<{ name: string }[]>('documentSymbol')).map((s) => s.name),
      ['[Exec]', '[Network]', '[Files]'],
    );
    assert.deepEqual((await asked<{ startLine: number; endLine: number }[]>('foldingRange')).map((f) => [f.startLine, f.endLine]).sort(), [
      [1, 3],
      [2, 3],
      [5, 6],
      [7, 8],
    ]);
    assert.ok((await asked<{ data: number[] }>('semanticTokens/full')).data.length > 0);
    assert.deepEqual(
      (await asked<InlayHint[]>('inlayHint', { range })).map((h) => h.label),
      ['implies Private=yes VirtualEthernet=yes', 'since 258'],
    );
    assert.equal((await asked<object[]>('selectionRange', { positions: [{ line: 6, character: 6 }] })).length, 1);
    assert.deepEqual(
      (await asked<{ target: string }[]>('documentLink')).map((l) => l.target),
      ['https://www.freedesktop.org/software/systemd/man/latest/systemd.nspawn.html'],
    );
    assert.equal((await asked<object[]>('documentHighlight', { position: { line: 6, character: 1 } })).length, 1);
    const broken = await write('[Exec]\nParameters=a\n|b\n');
    const edits = (await editor.ask('textDocument/onTypeFormatting', {
      ...broken,
      ch: '\n',
      options: { tabSize: 2, insertSpaces: true },
    })) as TextEdit[];
    assert.equal(TextDocument.applyEdits(broken.document, edits), '[Exec]\nParameters=a \\\n    b\n');
  });

  it('judges by another release as soon as the user chooses one', async () => {
    const at = await write('[Files]\nBindUserShell=yes\nBindUser=lena\n');
    await editor.diagnostics(at.textDocument.uri, (codes) => codes.length === 0);
    editor.settings = { systemdVersion: 252 };
    await editor.tell('workspace/didChangeConfiguration', { settings: null });
    await editor.diagnostics(at.textDocument.uri, (codes) => codes.includes('unknown-setting'));
    assert.deepEqual(((await editor.ask('nspawn/target')) as { systemd: unknown }).systemd, { version: 252, from: 'setting' });
  });
});
