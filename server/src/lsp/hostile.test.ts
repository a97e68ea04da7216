import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Diagnostic, FileChangeType, type LogMessageParams } from 'vscode-languageserver/node';
import { host } from '../node/host';
import { rules } from '../rules';
import { type DiagnosticsDependencies, DiagnosticsService } from './diagnostics/service';
import { Editor } from './testing/editor';
import { Workspace } from './workspace';

describe('server and files that somebody else has made', () => {
  let folder: string, editor: Editor, log: string[];
  const at = (name: string): string => path.join(folder, name);
  const uri = (name: string): string => pathToFileURL(at(name)).href;
  const put = (name: string, text: string): string => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
    return text;
  };
  const open = (name: string, text: string): Promise<void> => editor.open(uri(name), text, name.endsWith('.nspawn') ? 'nspawn' : 'mkosi');
  const says = (name: string, wanted: RegExp): Promise<readonly Diagnostic[]> =>
    editor.diagnostics(uri(name), (_, found) => found.some((d) => wanted.test(JSON.stringify(d.message))));
  /** The server has done what it was asked before. */
  const answers = (): Promise<unknown> => editor.ask('nspawn/target');
  const logged = async (wanted: RegExp): Promise<void> => {
    while (!log.some((line) => wanted.test(line))) await answers();
  };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-hostile-'));
    mkdirSync(at('.git'));
    editor = new Editor();
    log = [];
    editor.connection.onNotification('window/logMessage', ({ message }: LogMessageParams) => {
      log.push(message);
    });
    await editor.start(folder);
  });
  afterEach(() => {
    editor.connection.dispose();
    execFileSync('rm', ['-rf', folder]);
  });

  it('judges a good file beside one whose folder cannot be looked into', async () => {
    symlinkSync('loop', at('loop'));
    for (const odd of ['loop/mkosi.conf', `${'n'.repeat(300)}/mkosi.conf`, `${'d/'.repeat(5000)}mkosi.conf`])
      await open(odd, '[Distribution]\nDistribution=nonsense\n');
    await open('ok/mkosi.conf', '[Distribution]\nDistribution=nonsense\n');
    await says('ok/mkosi.conf', /nonsense/);
    await says('loop/mkosi.conf', /nonsense/);
    assert.deepEqual(log, []);
  });

  it('goes on when FIFOs, devices and giant files come, are named and change', async () => {
    put('mkosi.conf', '');
    await open('ok.nspawn', '[Exec]\nBoot=maybe\n');
    await open('mkosi.conf', '[Distribution]\nDistribution=debian\n[Include]\nInclude=fifo.conf\n');
    mkdirSync(at('mkosi.conf.d'));
    for (const name of ['fifo.conf', 'fifo.nspawn', 'mkosi.conf.d/fifo.conf', 'mkosi.version']) execFileSync('mkfifo', [at(name)]);
    symlinkSync('/dev/zero', at('mkosi.conf.d/zero.conf'));
    symlinkSync('/dev/zero', at('zero.nspawn'));
    put('giant.nspawn', '');
    truncateSync(at('giant.nspawn'), 2 ** 32);
    const changes = [
      'fifo.conf',
      'fifo.nspawn',
      'mkosi.conf.d',
      'mkosi.conf.d/fifo.conf',
      'mkosi.version',
      'mkosi.conf.d/zero.conf',
      'zero.nspawn',
      'giant.nspawn',
      'fifo.conf/mkosi.conf',
    ].flatMap((name) => [FileChangeType.Created, FileChangeType.Changed].map((type) => ({ uri: uri(name), type })));
    await editor.tell('workspace/didChangeWatchedFiles', { changes });
    const shown = await says('mkosi.conf', /fifo\.conf: This is a FIFO/);
    assert.equal(shown.filter((d) => /is a (FIFO|device)/.test(JSON.stringify(d.message))).length, 4, JSON.stringify(shown));
    const textDocument = { uri: uri('ok.nspawn') },
      position = { line: 1, character: 2 };
    assert.deepEqual(await editor.ask('workspace/symbol', { query: 'zero' }), []);
    assert.ok(await editor.ask('textDocument/hover', { textDocument, position }));
  });

  it('answers about URIs of every kind', async () => {
    const odd = [
      'file:///a%00b/mkosi.conf',
      'file:///a%2F..%2Fb/mkosi.conf',
      `file:///${'x'.repeat(5000)}/mkosi.conf`,
      'file:///%FF/mkosi.conf',
      'file:///mkosi.conf',
      'file://host/mkosi.conf',
      'file:mkosi.conf',
      'file://',
      'untitled:Untitled-1',
      'git:/a/mkosi.conf?x',
      'vscode-remote://ssh+x/mkosi.conf',
      '',
      'not a uri',
      'file:///%',
      'a:%00',
      'file:///dev/stdin/mkosi.conf',
      'file:///proc/self/fd/0',
      'file:///x.nspawn%0A',
    ];
    for (const each of odd) await editor.open(each, '[Distribution]\nDistribution=nonsense\n[Content]\nExtraTrees=a\n', 'mkosi');
    for (const each of odd) {
      const textDocument = { uri: each },
        position = { line: 1, character: 16 };
      for (const method of ['hover', 'completion', 'definition', 'documentLink', 'references', 'documentSymbol', 'semanticTokens/full']) {
        await editor.ask(`textDocument/${method}`, { textDocument, position, context: { includeDeclaration: true } });
      }
      await editor.diagnostics(each, (codes) => codes.includes('bad-value'));
      await editor.tell('workspace/didChangeWatchedFiles', {
        changes: [
          { uri: each, type: 1 },
          { uri: each, type: 2 },
          { uri: each, type: 3 },
        ],
      });
      await editor.tell('textDocument/didClose', { textDocument });
    }
    await open('ok.nspawn', '[Exec]\nBoot=maybe\n');
    await says('ok.nspawn', /maybe/);
    assert.deepEqual(log, []);
  });

  it('knows a file as open as long as one of its URIs is', async () => {
    put('mkosi.conf', '[Distribution]\nDistribution=debian\n');
    const one = uri('mkosi.conf'),
      other = one.replace('mkosi.conf', 'mkosi%2Econf'),
      text = '[Distribution]\nDistribution=nonsense\n';
    await editor.open(one, text, 'mkosi');
    await editor.open(other, text, 'mkosi');
    await editor.diagnostics(other, (codes) => codes.includes('bad-value'));
    await editor.tell('textDocument/didClose', { textDocument: { uri: other } });
    await editor.diagnostics(other, (codes) => codes.length === 0);
    await open('mkosi.conf.d/a.conf', '[Match]\nDistribution=nonsense\n[Content]\nBogus=1\n');
    await editor.diagnostics(one, (codes) => codes.includes('bad-value'));
  });

  it('goes without a rule that fails, and says so in the log', async () => {
    const rule = rules.find(({ id }) => id === 'invalid-utf8');
    assert.ok(rule);
    const { check } = { check: rule.check.bind(rule) };
    Object.assign(rule, {
      check: () => {
        throw new Error('no such luck');
      },
    });
    try {
      await open('a.nspawn', '[Exec]\nBoot=maybe\n');
      await says('a.nspawn', /maybe/);
      put('mkosi.conf.d/b.conf', '[Content]\nBogus=1\n');
      await open('mkosi.conf', '[Content]\nBogus=1\n');
      await editor.diagnostics(uri('mkosi.conf.d/b.conf'), (codes) => codes.includes('unknown-setting'));
      await logged(/The rule invalid-utf8 in file:.*b\.conf failed: .*no such luck/);
    } finally {
      Object.assign(rule, { check });
    }
  });

  it('offers the first of very many names in a folder', async () => {
    mkdirSync(at('many'));
    for (let i = 0; i < 10_010; i++) writeFileSync(at(`many/${i}`), '');
    assert.equal(host.entries(at('many')).length, 10_000);
    await open('mkosi.conf', '[Output]\nOutputDirectory=many/\n');
    const items = (await editor.ask('textDocument/completion', {
      textDocument: { uri: uri('mkosi.conf') },
      position: { line: 1, character: 21 },
    })) as { items?: unknown[] } | unknown[];
    assert.equal((Array.isArray(items) ? items : (items.items ?? [])).length, 1000);
  });
});

describe('what the diagnostics service holds', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-held-'));
    mkdirSync(path.join(folder, '.git'));
  });
  after(() => {
    execFileSync('rm', ['-rf', folder]);
  });

  /** A diagnostics service without a server. */
  function alone(more: Partial<DiagnosticsDependencies> = {}): {
    service: DiagnosticsService;
    workspace: Workspace;
    shown: Map<string, unknown[]>;
    failed: string[];
  } {
    const workspace = new Workspace(),
      shown = new Map<string, unknown[]>(),
      failed: string[] = [];
    const service = new DiagnosticsService({
      workspace,
      rules: () => ({}),
      configured: Promise.resolve(),
      send: ({ uri, diagnostics }) => {
        shown.set(uri, diagnostics);
        return Promise.resolve();
      },
      targetChanged: () => Promise.resolve(),
      report: (work) => {
        work.catch((error: unknown) => {
          failed.push(String(error));
        });
      },
      failed: (what, error) => {
        failed.push(`${what}: ${String(error)}`);
      },
      ...more,
    });
    return { service, workspace, shown, failed };
  }
  const until = async (wanted: () => boolean): Promise<void> => {
    while (!wanted())
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
  };

  it('does not count when the settings change while it is said', async () => {
    let level: 'off' | 'error' = 'off';
    const one = alone({
      rules: () => ({ 'unknown-setting': level }),
      send: ({ uri, diagnostics }) => {
        one.shown.set(uri, diagnostics);
        if (level === 'off') {
          level = 'error';
          one.service.retarget(false, false);
        }
        return Promise.resolve();
      },
    });
    const uri = pathToFileURL(path.join(folder, 'said/mkosi.conf')).href;
    one.workspace.didOpen({ uri, languageId: 'mkosi', version: 1, text: '[Content]\nBogus=1\n' });
    one.service.opened(uri);
    await until(() => (one.shown.get(uri)?.length ?? 0) > 0);
    assert.deepEqual(one.failed, []);
  });

  it('is nothing when five hundred projects have been opened and closed', async () => {
    const { service, workspace, shown, failed } = alone(),
      uris: string[] = [];
    for (let i = 0; i < 500; i++) {
      const project = path.join(folder, String(i));
      mkdirSync(path.join(project, 'mkosi.conf.d'), { recursive: true });
      writeFileSync(path.join(project, 'mkosi.conf'), '');
      writeFileSync(path.join(project, 'mkosi.conf.d/x.conf'), '[Content]\nBogus=1\n');
      uris.push(pathToFileURL(path.join(project, 'mkosi.conf')).href);
    }
    let most = 0;
    for (let i = 0; i < uris.length; i += 50) {
      const some = uris.slice(i, i + 50);
      for (const uri of some) {
        workspace.didOpen({ uri, languageId: 'mkosi', version: 1, text: '[Content]\nBogus=1\n' });
        service.opened(uri);
      }
      await until(() => some.every((uri) => (shown.get(uri.replace('mkosi.conf', 'mkosi.conf.d/x.conf'))?.length ?? 0) > 0));
      most = Math.max(most, service.size);
      for (const uri of some) {
        workspace.didClose(uri);
        service.closed(uri);
      }
      await until(() => service.size === 0);
      assert.ok(some.every((uri) => shown.get(uri.replace('mkosi.conf', 'mkosi.conf.d/x.conf'))?.length === 0));
    }
    assert.ok(most >= 50 * 5, String(most));
    assert.deepEqual(failed, []);
  });

  it('is a project that an open file of another folder belongs to', async () => {
    const { service, workspace, shown } = alone();
    const put = (name: string, text: string): string => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
      return pathToFileURL(path.join(folder, name)).href;
    };
    put('including/.git/HEAD', '');
    const main = put('including/mkosi.conf', '[Include]\nInclude=../shared.conf\n'),
      shared = put('shared.conf', '[Match]\nImageId=x\n[Content]\nBogus=1\n');
    for (const uri of [main, shared]) {
      workspace.didOpen({
        uri,
        languageId: 'mkosi',
        version: 1,
        text: uri === main ? '[Include]\nInclude=../shared.conf\n' : '[Match]\nImageId=x\n[Content]\nBogus=1\n',
      });
      service.opened(uri);
    }
    await until(() => JSON.stringify(shown.get(shared) ?? '').includes('Not in effect here'));
    workspace.didClose(main);
    service.closed(main);
    await until(() => !service.isWaiting);
    assert.equal(service.inputOf(workspace.get(shared)!).project?.root, path.join(folder, 'including'));
  });

  it('does not depend on one project that cannot be checked', async () => {
    let failing = true;
    const { service, workspace, shown, failed } = alone({
      targetChanged: () => (failing ? Promise.reject(new Error('no editor')) : Promise.resolve()),
    });
    for (const name of ['r1', 'r2']) {
      mkdirSync(path.join(folder, name, '.git'), { recursive: true });
      const uri = pathToFileURL(path.join(folder, name, 'mkosi.conf')).href;
      workspace.didOpen({ uri, languageId: 'mkosi', version: 1, text: '[Content]\nBogus=1\n' });
      service.opened(uri);
      await until(() => (name === 'r1' ? failed.length > 0 : (shown.get(uri)?.length ?? 0) > 0));
      failing = false;
    }
    assert.match(failed[0] ?? '', /^Checking .*r1: Error: no editor$/);
  });
});

describe('the search of the workspace', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-search-'));
  });
  afterEach(() => {
    execFileSync('rm', ['-rf', folder]);
  });

  const put = (name: string, text = '[Exec]\nBoot=yes\n'): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const limits = { folders: 100, entries: 1000, files: 100, text: 1 << 20 };
  const known = (workspace: Workspace): number => [...workspace.documents()].length;

  it('follows no links, and reads only files', async () => {
    put('a/x.nspawn');
    symlinkSync('..', path.join(folder, 'a/up'));
    symlinkSync('/', path.join(folder, 'root'));
    symlinkSync('/dev/zero', path.join(folder, 'zero.nspawn'));
    execFileSync('mkfifo', [path.join(folder, 'fifo.nspawn')]);
    const workspace = new Workspace(limits);
    assert.equal(await workspace.search([folder, path.join(folder, 'absent')]), true);
    assert.equal(known(workspace), 1);
    for (const name of ['fifo.nspawn', 'zero.nspawn']) workspace.didWrite(pathToFileURL(path.join(folder, name)).href);
    assert.equal(known(workspace), 1);
  });

  it('ends at its limits, and when it is over', async () => {
    for (let i = 0; i < 50; i++) put(`${i}/x.nspawn`);
    for (const some of [{ folders: 10 }, { entries: 60 }, { files: 10 }]) {
      const workspace = new Workspace({ ...limits, ...some });
      assert.equal(await workspace.search([folder]), false, JSON.stringify(some));
      assert.ok(known(workspace) <= 10, JSON.stringify(some));
    }
    const over = new AbortController(),
      workspace = new Workspace(limits);
    over.abort();
    assert.equal(await workspace.search([folder], over.signal), false);
    assert.equal(known(workspace), 0);
  });

  it('holds no more text than it may, also when files are read again', async () => {
    for (let i = 0; i < 20; i++) put(`${i}.nspawn`, `[Exec]\n# ${'x'.repeat(1000)}\n`);
    const workspace = new Workspace({ ...limits, text: 5000 });
    await workspace.search([folder]);
    for (let again = 0; again < 5; again++) {
      assert.equal(known(workspace), 5);
      for (let i = 0; i < 20; i++) workspace.didWrite(pathToFileURL(path.join(folder, `${i}.nspawn`)).href);
    }
  });
});
