import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type Diagnostic,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';

/** The server as another editor starts it: a program on its standard streams, and a project of mkosi on disk. */
describe('server on standard streams', () => {
  let folder: string, server: ChildProcess, connection: ProtocolConnection;
  const shown = new Map<string, readonly Diagnostic[]>();
  let wake = (): void => undefined;
  const uri = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const put = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-stdio-'));
    put('.git/HEAD', '');
    server = spawn(process.execPath, ['server/dist/cli.js', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    assert.ok(server.stdin !== null && server.stdout !== null);
    connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
    connection.onNotification('textDocument/publishDiagnostics', ({ uri: about, diagnostics }: PublishDiagnosticsParams) => {
      shown.set(about, diagnostics);
      wake();
    });
    connection.listen();
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'x' }],
    });
    await connection.sendNotification('initialized', {});
  });
  after(async () => {
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    await once(server, 'close');
    connection.dispose();
    rmSync(folder, { recursive: true });
  });

  /** Waits until a file shows findings of these rules and no others. */
  async function until(name: string, ...codes: string[]): Promise<void> {
    while (JSON.stringify(shown.get(uri(name))?.map((d) => d.code)) !== JSON.stringify(codes))
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }

  it('judges a project as a whole, and again after an edit of a file that another one includes', async () => {
    put('mkosi.conf', '[Include]\nInclude=shared.conf\n');
    put('shared.conf', '[Distribution]\nDistribution=debian\n');
    put('mkosi.conf.d/10-debian.conf', '[Match]\nDistribution=debian\n\n[Content]\nPackages=vim\nNoSuch=1\n');
    put('mkosi.images/base/mkosi.conf', '[Distribution]\nDistribution=debian\n');
    const open = (name: string, text: string): Promise<void> =>
      connection.sendNotification('textDocument/didOpen', { textDocument: { uri: uri(name), languageId: 'mkosi', version: 1, text } });
    await open('mkosi.conf', '[Include]\nInclude=shared.conf\n');
    await until('mkosi.conf');
    // Neither of them is open.
    await until('mkosi.conf.d/10-debian.conf', 'unknown-setting');
    await until('mkosi.images/base/mkosi.conf', 'wrong-image');
    await open('shared.conf', '[Distribution]\nDistribution=debian\n');
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: uri('shared.conf'), version: 2 },
      contentChanges: [{ text: '[Distribution]\nDistribution=debian\n[Content]\nExtraTrees=a:b\n' }],
    });
    await until('shared.conf', 'bad-value');
  });

  it('completes inside a list, and images by their names', async () => {
    const labels = async (line: number, character: number): Promise<string[]> =>
      (
        await connection.sendRequest<{ label: string }[]>('textDocument/completion', {
          textDocument: { uri: uri('mkosi.conf') },
          position: { line, character },
        })
      ).map((i) => i.label);
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: uri('mkosi.conf'), version: 2 },
      contentChanges: [{ text: '[Config]\nDependencies=base,\n[Output]\nManifestFormat=json,\nOutput=%\n' }],
    });
    assert.deepEqual(await labels(1, 13), ['base']);
    assert.deepEqual(await labels(3, 20), ['changelog']);
    assert.ok((await labels(4, 8)).includes('%v'));
  });

  it('knows an image from its own file: where it is named, and that it is one', async () => {
    const image = { textDocument: { uri: uri('mkosi.images/base/mkosi.conf') }, position: { line: 0, character: 3 } };
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { ...image.textDocument, languageId: 'mkosi', version: 1, text: '[Content]\nPackages=vim\n' },
    });
    const places = (found: unknown): string[] =>
      [found].flat().map((l) => {
        const { uri: at, range } = l as { uri: string; range: { start: { line: number } } };
        return `${path.relative(folder, new URL(at).pathname)}:${range.start.line + 1}`;
      });
    const named = await connection.sendRequest('textDocument/references', { ...image, context: { includeDeclaration: true } });
    assert.deepEqual(places(named), ['mkosi.conf:2']);
    assert.deepEqual(places(await connection.sendRequest('textDocument/definition', image)), ['mkosi.images/base/mkosi.conf:1']);
    assert.equal((await connection.sendRequest<{ placeholder: string }>('textDocument/prepareRename', image)).placeholder, 'base');
  });
});
