// The checker and the language server on a workspace that wants to hurt them: they end, judge the good files beside the bad ones, stay
// small, execute nothing, and tell no secrets.
//   node test/hostile/run.mjs      after npm run build
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vscode from 'vscode-languageserver/node';
import { add, finish, nothing } from '../counts.mjs';
import { root } from '../../tools/setup.mjs';
import { good, make, mark, remove, secret } from './workspace.mjs';

const cli = path.join(root, 'server/dist/cli.js');
const room = mkdtempSync(path.join(tmpdir(), 'nspawn-hostile-')), folder = path.join(room, 'workspace');
/** A program that takes longer never ends. */
const patience = 120_000;
/** MiB that each may have at its peak. */
const most = { checker: 500, server: 300 };
const counts = nothing();

/** @param {string} name @param {() => Promise<string | undefined>} body gives what to tell of it */
async function test(name, body) {
  const started = Date.now();
  try {
    const told = await body();
    counts.passed++;
    console.log(`  ok ${name} (${Date.now() - started} ms${told === undefined ? '' : `, ${told}`})`);
  } catch (error) {
    counts.failed++;
    console.log(`  not ok ${name}\n${error.stack.slice(0, 4000)}`);
  }
}

/** The greatest resident memory of a process so far, in MiB. @param {number} pid @returns {number | undefined} nothing when it has ended */
function peak(pid) {
  try {
    const found = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Math.round(Number(found[1]) / 1024) : undefined;
  } catch { return undefined; }
}
/** Reads the peak now and then until a process ends. @param {import('node:child_process').ChildProcess} child @returns {() => number} */
function watchMemory(child) {
  let seen = 0;
  const look = () => { seen = peak(child.pid) ?? seen; };
  const timer = setInterval(look, 20);
  child.on('exit', () => { clearInterval(timer); });
  return () => { look(); return seen; };
}

/** Runs the checker to its end. @param {readonly string[]} args */
async function run(args) {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder, env: { ...process.env, NSPAWN_SECRET: `\n${secret}=1`, PATH: `${folder}/scripts:${process.env.PATH}` }, stdio: ['ignore', 'pipe', 'pipe'], timeout: patience, killSignal: 'SIGKILL',
  });
  const memory = watchMemory(child), text = { stdout: '', stderr: '' };
  for (const stream of /** @type {const} */ (['stdout', 'stderr'])) child[stream].setEncoding('utf8').on('data', (piece) => { text[stream] += piece; });
  const [status, signal] = await once(child, 'close');
  assert.equal(signal, null, `${args.join(' ')} does not end`);
  return { ...text, status, MiB: memory() };
}

/** Nothing was executed, and nothing says what stands outside. @param {...string} said */
function harmless(...said) {
  assert.deepEqual(readdirSync(room).filter((name) => name.endsWith(mark)), []);
  for (const text of said) assert.ok(!text.includes(secret), `a secret is told: ${text.slice(Math.max(0, text.indexOf(secret) - 300), text.indexOf(secret) + 50)}`);
}
/** What is printed for people and for continuous integration. @param {string} text */
function printable(text) {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  const found = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|^::error/m.exec(text);
  assert.equal(found, null, JSON.stringify(found && text.slice(Math.max(0, found.index - 100), found.index + 100)));
}

async function checker() {
  await test('check, for people', async () => {
    const { stdout, stderr, status, MiB } = await run(['check', '.']);
    assert.equal(status, 2, stderr.slice(-2000));
    for (const [name, { findings }] of Object.entries(good)) {
      const said = stdout.split('\n').filter((line) => line.startsWith(`${name}:`)).map((line) => /\[([a-z-]+)\]$/.exec(line)?.[1]);
      assert.deepEqual(said, findings, name);
    }
    assert.ok(stderr.trimEnd().split('\n').length > 3, stderr);
    harmless(stdout, stderr);
    printable(stdout);
    printable(stderr);
    assert.ok(MiB < most.checker, `${MiB} MiB`);
    return `${MiB} MiB, ${stdout.split('\n').length} findings, ${stderr.split('\n').length} troubles`;
  });
  for (const format of ['json', 'sarif']) {
    await test(`check --format ${format}`, async () => {
      const { stdout, stderr, status, MiB } = await run(['check', '--format', format, '.']);
      assert.equal(status, 2, stderr.slice(-2000));
      JSON.parse(stdout);
      for (const name of Object.keys(good)) assert.ok(stdout.includes(name), name);
      harmless(stdout, stderr);
      assert.ok(MiB < most.checker, `${MiB} MiB`);
      return `${MiB} MiB`;
    });
  }
  for (const args of [['format', '--check', '.'], ['migrate', '.'], ['migrate', 'hungry'], ['migrate', 'loops'], ['migrate', 'good']]) {
    await test(args.join(' '), async () => {
      const { stdout, stderr, status, MiB } = await run(args);
      assert.ok([0, 1, 2].includes(status), `${status} ${stderr.slice(-2000)}`);
      assert.doesNotMatch(stderr, /^\s+at .*:\d+:\d+\)?$/m, 'it threw');
      harmless(stdout, stderr);
      printable(stderr);
      assert.ok(MiB < most.checker, `${MiB} MiB`);
      return `${MiB} MiB, status ${status}`;
    });
  }
}

/** Files of ours that an editor would open: regular ones that fit into it. @param {string} below @returns {Generator<string>} */
function* files(below) {
  for (const entry of readdirSync(path.join(folder, below), { withFileTypes: true })) {
    const name = path.join(below, entry.name);
    if (entry.isDirectory() && !['many', 'mounts'].includes(name)) yield* files(name);
    // Editors name files by URIs, which a name that is not UTF-8 does not fit into.
    else if (entry.isFile() && /\.nspawn$|\.conf$/.test(name) && !name.includes('\ufffd') && statSync(path.join(folder, name)).size < 50 << 20) yield name;
  }
}
/** Everything that could be said to have changed: without files of others. @param {string} below @returns {Generator<string>} */
function* everything(below) {
  for (const entry of readdirSync(path.join(folder, below), { withFileTypes: true })) {
    const name = path.join(below, entry.name);
    yield name;
    if (entry.isDirectory() && !['many', 'mounts'].includes(name)) yield* everything(name);
  }
}
const uri = (/** @type {string} */ name) => pathToFileURL(path.join(folder, name)).href;

async function server() {
  const child = spawn(process.execPath, [cli, '--stdio'], {
    cwd: folder, env: { ...process.env, NSPAWN_SECRET: `\n${secret}=1`, PATH: `${folder}/scripts:${process.env.PATH}` }, stdio: ['pipe', 'pipe', 'pipe'],
  });
  const memory = watchMemory(child), ended = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => { if (piece.includes(secret)) said += String(piece); });
  const connection = vscode.createProtocolConnection(new vscode.StreamMessageReader(child.stdout), new vscode.StreamMessageWriter(child.stdin));
  /** @type {Map<string, { at: number, codes: unknown[] }>} */
  const shown = new Map();
  let wake = () => {};
  connection.onNotification('textDocument/publishDiagnostics', ({ uri: about, diagnostics }) => {
    shown.set(about, { at: Date.now(), codes: diagnostics.map((/** @type {{ code: unknown }} */ d) => d.code) });
    wake();
  });
  connection.onRequest('workspace/configuration', ({ items }) => items.map(() => ({})));
  for (const asked of ['client/registerCapability', 'window/workDoneProgress/create']) connection.onRequest(asked, () => null);
  for (const request of ['codeLens', 'semanticTokens', 'inlayHint', 'foldingRange', 'diagnostics']) connection.onRequest(`workspace/${request}/refresh`, () => null);
  connection.onError(() => {});
  connection.listen();
  /** @template T @param {Promise<T>} work @param {number} ms @param {string} what @returns {Promise<T>} */
  const within = async (work, ms, what) => {
    let timer;
    try {
      return await Promise.race([work, ended.then(([status, signal]) => { throw new Error(`${what}: the server ended: ${status ?? signal}`); }),
        new Promise((_, reject) => { timer = setTimeout(() => { reject(new Error(`${what}: nothing after ${ms} ms`)); }, ms); })]);
    } finally { clearTimeout(timer); }
  };
  const open = (/** @type {string} */ name, /** @type {string} */ text) => connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri: uri(name), languageId: name.endsWith('.nspawn') ? 'nspawn' : 'mkosi', version: 1, text },
  });
  /** Waits until a good file shows what it should. @param {string} name */
  const judged = (name) => within((async () => {
    while (JSON.stringify(shown.get(uri(name))?.codes) !== JSON.stringify(good[name].findings)) await new Promise((resolve) => { wake = () => { resolve(undefined); }; });
  })(), 20_000, `the findings of ${name}`);
  try {
    await test('the server starts, and judges the good files', async () => {
      await within(connection.sendRequest('initialize', {
        processId: process.pid, rootUri: null, workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'x' }],
        capabilities: { workspace: { configuration: true, didChangeWatchedFiles: { dynamicRegistration: true } } },
      }), 20_000, 'initialize');
      await connection.sendNotification('initialized', {});
      const took = [];
      for (const [name, { text }] of Object.entries(good)) {
        const started = Date.now();
        await open(name, text);
        await judged(name);
        took.push(`${name} after ${Date.now() - started} ms`);
      }
      return took.join(', ');
    });
    await test('the server answers every request on every bad file', async () => {
      let asked = 0, opened = 0;
      const slow = [];
      for (const name of files('')) {
        if (name in good) continue;
        opened++;
        const text = readFileSync(path.join(folder, name), 'utf8'), textDocument = { uri: uri(name) }, lines = text.split('\n');
        const position = { line: Math.min(1, lines.length - 1), character: Math.min(20, lines[Math.min(1, lines.length - 1)].length) };
        const range = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
        const options = { tabSize: 2, insertSpaces: true };
        const started = Date.now();
        await open(name, text);
        for (const [method, params] of /** @type {[string, object][]} */ ([
          ['completion', { position }], ['hover', { position }], ['documentSymbol', {}], ['foldingRange', {}], ['formatting', { options }],
          ['codeAction', { range: { start: position, end: position }, context: { diagnostics: [] } }], ['definition', { position }], ['documentLink', {}],
          ['semanticTokens/full', {}], ['selectionRange', { positions: [position] }], ['rangeFormatting', { range, options }], ['references', { position, context: { includeDeclaration: true } }],
          ['codeLens', {}], ['inlayHint', { range }], ['onTypeFormatting', { position, ch: '\n', options }], ['signatureHelp', { position }], ['documentHighlight', { position }],
        ])) {
          // What the server does not have is refused, which is an answer.
          await within(connection.sendRequest(`textDocument/${method}`, { textDocument, ...params }).catch((error) => {
            if (error instanceof vscode.ResponseError && error.code === -32601) return;
            throw new Error(`${method} of ${JSON.stringify(name)}: ${error.message}`);
          }), 60_000, `${method} of ${JSON.stringify(name)}`);
          asked++;
        }
        await connection.sendNotification('textDocument/didClose', { textDocument });
        if (Date.now() - started > 1000) slow.push(`${JSON.stringify(name)} ${Date.now() - started} ms ${memory()} MiB`);
      }
      assert.ok(opened > 30, `${opened} files`);
      return `${asked} requests on ${opened} files, the slow ones: ${slow.join(', ') || 'none'}, ${memory()} MiB`;
    });
    await test('the server hears that everything has changed, and still judges', async () => {
      const changes = [...everything('')].flatMap((name) => [{ uri: uri(name), type: 2 }]);
      await connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
      const about = { uri: uri('good/web.nspawn') };
      const change = (/** @type {number} */ version, /** @type {string} */ text) => connection.sendNotification('textDocument/didChange', { textDocument: { ...about, version }, contentChanges: [{ text }] });
      shown.delete(about.uri);
      const started = Date.now();
      await change(2, '[Exec]\n');
      await change(3, good['good/web.nspawn'].text);
      await judged('good/web.nspawn');
      return `${changes.length} changes, judged after ${Date.now() - started} ms`;
    });
    await test('the server has stayed small, executed nothing, and told nothing', async () => {
      harmless(said);
      assert.equal(child.exitCode, null);
      assert.ok(memory() < most.server, `${memory()} MiB`);
      return `${memory()} MiB`;
    });
    await test('the server ends when it is asked to', async () => {
      await within(connection.sendRequest('shutdown'), 20_000, 'shutdown');
      await connection.sendNotification('exit');
      let timer;
      const late = new Promise((_, reject) => { timer = setTimeout(() => { reject(new Error('it does not end')); }, 20_000); });
      const [status] = await Promise.race([ended, late]).finally(() => { clearTimeout(timer); });
      assert.equal(status, 0);
    });
  } finally {
    connection.dispose();
    child.kill('SIGKILL');
  }
}

const clear = () => {
  remove(folder);
  rmSync(room, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { clear(); process.exit(1); });
try {
  mkdirSync(folder);
  for (const reason of make(folder).left) {
    add(counts, { ...nothing(), skipped: 1, reason });
    console.log(`  skipped: ${reason}`);
  }
  await checker();
  await server();
} catch (error) {
  counts.failed++;
  console.log(error.stack);
} finally {
  clear();
}
finish(counts);
